// Facts for the tests of rules: a DROP TABLE app.t by app on db2, which db1 would follow, with
// whatever a test says otherwise. And rules from YAML, which must be right.
import type { Diagnostic } from '../../src/config/config.js';
import { parseRuleFile, type RuleFile } from '../../src/policy/rule-file.js';
import { buildRuleSet, type RuleSet } from '../../src/policy/rules.js';
import type { Facts, Requester } from '../../src/policy/verdict.js';
import type { StatementEffect } from '../../src/sql/effect.js';
import type { ReachEntry } from '../../src/topology/snapshot.js';

export const NOW_MS = 1_790_000_000_000;

export function effectOf(given: Partial<StatementEffect> = {}): StatementEffect {
  return {
    effect: 'drop-table',
    verb: 'DROP TABLE',
    objects: [{ schema: 'app', name: 't' }],
    deferred: false,
    ...given,
  };
}

export function reachOf(given: Partial<ReachEntry> = {}): ReachEntry {
  return {
    server: 'db1',
    path: ['db2', 'db1'],
    state: 'live',
    writable: true,
    reason: 'I/O thread running',
    ...given,
  };
}

export function factsOf(
  given: Partial<Omit<Facts, 'requester'>> & { readonly requester?: Partial<Requester> } = {},
): Facts {
  const { requester, ...others } = given;
  return {
    effects: [effectOf()],
    logged: true,
    reach: [reachOf()],
    lowerCaseTableNames: 0,
    nowMs: NOW_MS,
    ...others,
    requester: {
      server: 'db2',
      session: 1,
      threadId: 2,
      user: 'app',
      address: '10.1.2.3',
      port: 50_000,
      ...requester,
    },
  };
}

export function ruleFile(text: string, name = 'rules.yaml', isShipped = false): RuleFile {
  const read = parseRuleFile({ file: name, text, isShipped });
  if (read.kind === 'broken') throw new Error(JSON.stringify(read.errors, null, 1));
  return read.value;
}

export function ruleSetOf(...texts: readonly string[]): RuleSet {
  const files = texts.map((text, index) => ruleFile(text, `rules-${index}.yaml`));
  const built = buildRuleSet(files);
  if (built.kind === 'broken') throw new Error(JSON.stringify(built.errors, null, 1));
  return built.value;
}

/** What is wrong with files that are well-formed one by one. */
export function ruleErrors(...texts: readonly string[]): readonly Diagnostic[] {
  const built = buildRuleSet(texts.map((text, index) => ruleFile(text, `rules-${index}.yaml`)));
  return built.kind === 'broken' ? built.errors : [];
}

/** One rule with these conditions in flow style: `effect: [drop-table], user: [a]`. */
export function oneRule(match: string, more = ''): RuleSet {
  return ruleSetOf(
    `rules:\n  - { id: it, match: { ${match} }, verdict: deny${more && `, ${more}`} }`,
  );
}
