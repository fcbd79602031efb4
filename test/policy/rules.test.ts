// What rule files mean together: ids, overrides, the revision; and how long a large set takes.
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/policy/decide.js';
import { buildRuleSet } from '../../src/policy/rules.js';
import { cpuMs } from '../support/cpu-time.js';
import { effectOf, factsOf, ruleErrors, ruleFile, ruleSetOf } from './facts.js';

const DROP = 'rules: [{ id: no-drop, title: T, match: { effect: drop-table }, verdict: deny }]';

describe('buildRuleSet', () => {
  it('has the same revision for the same rules, however they are written', () => {
    const spaced = `# a comment
rules:
  - verdict: deny
    match:
      effect: [drop-table]
    title: T
    id: no-drop
`;
    const { revision } = ruleSetOf(DROP);
    expect(revision).toMatch(/^[0-9a-f]{64}$/);
    expect(ruleSetOf(spaced).revision).toBe(revision);
    const other = 'rules: [{ id: other, match: {}, verdict: permit }]';
    expect(ruleSetOf(DROP, other).revision).toBe(ruleSetOf(other, DROP).revision);
    expect(ruleSetOf(DROP.replace('deny', 'permit')).revision).not.toBe(revision);
  });

  it('lays an override over a rule of another file, field by field', () => {
    const override = 'rules: [{ override: no-drop, mode: shadow, except: [{ name: x, user: a }] }]';
    for (const files of [
      [DROP, override],
      [override, DROP],
    ]) {
      const rule = ruleSetOf(...files).rules[0];
      expect(rule).toMatchObject({ id: 'no-drop', title: 'T', verdict: 'deny', mode: 'shadow' });
      expect(rule?.exceptions).toHaveLength(1);
      expect(rule?.conditions.effect).toEqual(new Set(['drop-table']));
    }
  });

  it.each<[readonly string[], string, string?]>([
    [
      [DROP, DROP],
      'there are two rules with the id "no-drop": also in rules-0.yaml',
      'to change a rule of another file, write override: no-drop',
    ],
    [
      [DROP, 'rules: [{ override: no-drpo, mode: off }]'],
      'no rule with the id "no-drpo"',
      'did you mean "no-drop"?',
    ],
    [
      [
        DROP,
        'rules: [{ override: no-drop, mode: off }]',
        'rules: [{ override: no-drop, mode: off }]',
      ],
      'there are two overrides of "no-drop": also in rules-1.yaml',
    ],
    [
      [`${DROP.slice(0, -1)}, { override: no-drop, mode: off }]`],
      '"no-drop" is in this very file: change it there',
    ],
    [
      [DROP, 'tests: [{ sql: "DROP TABLE t", expect: deny, rule: no-dorp }]'],
      'no rule with the id "no-dorp"',
      'did you mean "no-drop"?',
    ],
  ])('reports what does not fit together in case %#', (files, message, hint) => {
    expect(ruleErrors(...files)).toMatchObject([{ message, ...(hint && { hint }) }]);
  });

  it('asks a shipped set its own tests without the overrides', () => {
    const shipped = ruleFile(
      `${DROP}\ntests: [{ sql: x, expect: deny, rule: no-drop }]`,
      'd.yaml',
      true,
    );
    const own = ruleFile('rules: [{ override: no-drop, mode: off }]', 'own.yaml');
    const built = buildRuleSet([shipped, own]);
    if (built.kind === 'broken') throw new Error('broken');
    expect(built.value.rules[0]?.mode).toBe('off');
    expect(built.value.suites[0]?.rules[0]?.mode).toBe('enforce');
  });

  it('indexes 10,000 rules so that a verdict hardly notices them', () => {
    const body = Array.from(
      { length: 10_000 },
      (_, n) =>
        `  - { id: r${n}, match: { effect: drop-table, schema: a${n % 50}, table: t${n} }, verdict: deny }`,
    );
    const file = ruleFile(`rules:\n${body.join('\n')}\n`);
    const startedMs = cpuMs();
    const built = buildRuleSet([file]);
    const builtMs = cpuMs() - startedMs;
    if (built.kind === 'broken') throw new Error('broken');
    const facts = factsOf({ effects: [effectOf({ objects: [{ schema: 'a7', name: 't9957' }] })] });
    const rounds = 200;
    const askedMs = cpuMs();
    for (let round = 0; round < rounds; round += 1) decide(facts, built.value, 'enforce');
    const verdictMs = (cpuMs() - askedMs) / rounds;
    expect(decide(facts, built.value, 'enforce').rule).toBe('r9957');
    // Generous, for a busy machine: the index makes it some hundredths of this.
    expect(builtMs).toBeLessThan(2000);
    expect(verdictMs).toBeLessThan(0.5);
  });
});
