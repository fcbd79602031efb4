// Which series of decisions_total can ever move: these exist at 0 from the start, so that a first
// denial is an increase and not a new series. Pure.
import type { EnforcementMode } from '../config/config.js';
import { BUILT_IN_RULES, NO_RULE, type VerdictKind } from '../policy/verdict.js';

export interface LoadedRule {
  readonly id: string;
  /** `enforce`, `shadow` or `off`, as its file says. */
  readonly mode: string;
  /** Absent: either refusal is expected of it. */
  readonly verdict?: VerdictKind;
}

/** The labels of one series of decisions_total. */
export type DecisionLabels = Record<'server' | 'rule' | 'verdict' | 'mode', string>;

/**
 * Per guarded server: `none`, the built-in denials, and each rule with its own verdict in the laxer
 * of its own mode and the server's, and with `permit` where people may let it pass. A rule that is
 * off decides nothing.
 */
export function possibleDecisions(
  servers: readonly { readonly name: string; readonly mode: EnforcementMode }[],
  rules: readonly LoadedRule[],
): DecisionLabels[] {
  return servers.flatMap(({ name, mode }) => [
    { server: name, rule: NO_RULE, verdict: 'permit', mode },
    ...BUILT_IN_RULES.flatMap((rule) => builtIn(name, rule, mode)),
    ...rules
      .filter((rule) => rule.mode !== 'off')
      .flatMap((rule) => ofRule(name, rule, laxer(rule.mode, mode))),
  ]);
}

/** What cannot be carried is refused in shadow mode too. */
function builtIn(server: string, rule: string, mode: EnforcementMode): DecisionLabels[] {
  const enforced = { server, rule, verdict: 'deny', mode: 'enforce' };
  return mode === 'enforce' ? [enforced] : [enforced, { ...enforced, mode }];
}

function ofRule(server: string, rule: LoadedRule, mode: EnforcementMode): DecisionLabels[] {
  const own = rule.verdict === undefined ? ['deny', 'require-approval'] : [rule.verdict];
  const isApprovable = rule.verdict === 'require-approval' && mode === 'enforce';
  const verdicts = isApprovable ? [...own, 'permit'] : own;
  return verdicts.map((verdict) => ({ server, rule: rule.id, verdict, mode }));
}

function laxer(rule: string, server: EnforcementMode): EnforcementMode {
  return rule === 'enforce' && server === 'enforce' ? 'enforce' : 'shadow';
}
