// The rules' answer to one question: every matching rule is reported, the strictest enforced one
// decides, and neither the order of files nor of rules matters. Pure: the same facts and rules
// always give the same decision.
import type { EnforcementMode } from '../config/config.js';
import type { StatementEffect } from '../sql/effect.js';
import { builtInDenial } from './builtin.js';
import type { CompiledRule } from './compiled-rule.js';
import { fitRule } from './match.js';
import { candidates, type RuleIndex } from './rule-index.js';
import { type Decision, type Facts, NO_RULE, type RuleMatch, type VerdictKind } from './verdict.js';

/** From lax to strict. */
const STRICTNESS = ['permit', 'require-approval', 'deny'] as const satisfies VerdictKind[];

const ENDINGS = ['latch', 'close'] as const;

/** As much of a rule set as judging needs. */
export interface JudgingRules {
  readonly revision: string;
  readonly index: RuleIndex;
}

/** One rule that matched, with the effect it matched. */
interface Hit {
  readonly match: RuleMatch;
  readonly effect: StatementEffect;
}

/**
 * Without a rule set nothing guarded passes, unless the mode is shadow, which only records.
 * `mode` is the guarded server's, the process's included: shadow anywhere is shadow.
 */
export function decide(
  facts: Facts,
  rules: JudgingRules | undefined,
  mode: EnforcementMode,
): Decision {
  if (rules === undefined) return withoutRules(mode);
  const known = withNameCase(facts);
  const hits = known.effects.flatMap((effect) => hitsOf(effect, { facts: known, rules, mode }));
  return combine(hits, rules.revision, mode);
}

function withoutRules(mode: EnforcementMode): Decision {
  const denial = builtInDenial('built-in-no-rules', 'no rules could be loaded', 'none');
  return mode === 'shadow' ? { ...denial, verdict: 'permit', mode } : denial;
}

/** How the guarded server compares names, from what it said when it was asked. */
export function withNameCase(facts: Facts): Facts {
  if (facts.lowerCaseTableNames !== undefined) return facts;
  const view = facts.picture?.views.get(facts.requester.server);
  if (view?.kind !== 'answered') return facts;
  return { ...facts, lowerCaseTableNames: view.lowerCaseTableNames };
}

function hitsOf(
  effect: StatementEffect,
  asked: {
    readonly facts: Facts;
    readonly rules: JudgingRules;
    readonly mode: EnforcementMode;
  },
): readonly Hit[] {
  const hits: Hit[] = [];
  for (const rule of candidates(asked.rules.index, effect, asked.facts.requester)) {
    const fit = fitRule(rule, { effect, facts: asked.facts });
    if (fit.kind === 'misses') continue;
    const match = matchOf(rule, { effect, mode: asked.mode, exception: fit.exception });
    hits.push({ match, effect });
  }
  return hits;
}

function matchOf(
  rule: CompiledRule,
  by: {
    readonly effect: StatementEffect;
    readonly mode: EnforcementMode;
    readonly exception: string | undefined;
  },
): RuleMatch {
  return {
    rule: rule.id,
    title: rule.title,
    verdict: rule.verdict,
    mode: rule.mode === 'enforce' ? by.mode : 'shadow',
    effect: by.effect.effect,
    ...(rule.afterwards === undefined ? {} : { afterwards: rule.afterwards }),
    ...(isOfSeveredToo(rule) ? { severedToo: true } : {}),
    ...(by.exception === undefined ? {} : { exception: by.exception }),
  };
}

function isOfSeveredToo({ when: { links, reaches } }: CompiledRule): boolean {
  if (reaches !== undefined) return false;
  return links === undefined || links.includes('any') || links.includes('severed');
}

function combine(hits: readonly Hit[], revision: string, mode: EnforcementMode): Decision {
  const sorted = hits.toSorted(byIdThenEffect);
  const matches = sorted.map(({ match }) => match);
  const standing = sorted.filter(({ match }) => match.exception === undefined);
  const enforced = strictest(standing.filter(({ match }) => match.mode === 'enforce'));
  const shadow = strictest(standing.filter(({ match }) => match.mode === 'shadow'));
  const base = { matches, revision };
  if (enforced !== undefined && enforced.match.verdict !== 'permit') {
    return {
      ...base,
      ...told(enforced, enforced.match.verdict),
      mode: 'enforce',
      ...ending(standing),
    };
  }
  // Nothing enforced refuses. A shadow rule that would have is what this decision is about.
  if (shadow !== undefined && (enforced === undefined || shadow.match.verdict !== 'permit')) {
    return { ...base, ...told(shadow, 'permit'), mode: 'shadow' };
  }
  if (enforced !== undefined) return { ...base, ...told(enforced, 'permit'), mode: 'enforce' };
  return { ...base, verdict: 'permit', rule: NO_RULE, wouldBe: 'permit', mode };
}

function told(hit: Hit, verdict: VerdictKind) {
  return { verdict, rule: hit.match.rule, wouldBe: hit.match.verdict, effect: hit.effect };
}

/** The strictest verdict; among equals the first id, so that the order of files never shows. */
function strictest(sorted: readonly Hit[]): Hit | undefined {
  return sorted.reduce<Hit | undefined>(
    (best, hit) => (best === undefined || strictness(hit) > strictness(best) ? hit : best),
    undefined,
  );
}

function strictness({ match }: Hit): number {
  return STRICTNESS.indexOf(match.verdict);
}

/** What becomes of a refused session: the harshest that any enforced rule asks for, a permit too. */
function ending(standing: readonly Hit[]): { readonly afterwards?: 'latch' | 'close' } {
  const asked = standing
    .filter(({ match }) => match.mode === 'enforce')
    .map(({ match }) => match.afterwards);
  const harshest = ENDINGS.findLast((word) => asked.includes(word));
  return harshest === undefined ? {} : { afterwards: harshest };
}

function byIdThenEffect(a: Hit, b: Hit): number {
  // Sorting is stable, so effects of one rule stay in the statement's order.
  return a.match.rule < b.match.rule ? -1 : Number(a.match.rule > b.match.rule);
}
