import { describe, expect, it } from 'vitest';
import { lintRules } from '../../src/policy/rule-lint.js';
import { ruleFile, ruleSetOf } from './facts.js';

const SERVERS = [
  { name: 'db1', isGuarded: true },
  { name: 'replica1', isGuarded: false },
];

const found = (text: string, nowMs = Date.UTC(2027, 5, 15)) =>
  lintRules(ruleSetOf(text), { nowMs, servers: SERVERS }).map(({ message, severity, line }) => [
    severity,
    line,
    message,
  ]);

describe('lintRules', () => {
  it('misses an owner and a test', () => {
    expect(found('rules: [{ id: a, match: {}, verdict: deny }]')).toEqual([
      ['warning', 1, 'nobody owns a: who is asked about it?'],
      ['warning', 1, 'no test names a: does it do what it says?'],
    ]);
  });

  it.each([
    ['2027-06-14', 'the exception x has ended: it lifts nothing any more'],
    ['2027-06-15', 'the exception x ends within 30 days'],
    ['2027-12-31', undefined],
  ])('says what an exception until %s is', (day, message) => {
    const rules = `rules:
  - { id: a, owner: o, match: {}, verdict: deny, except: [{ name: x, user: u, expires: ${day} }] }
tests: [{ sql: "DROP TABLE t", expect: deny, rule: a }]`;
    expect(found(rules)).toEqual(message === undefined ? [] : [['warning', 2, message]]);
  });

  it('leaves shipped sets alone', () => {
    const files = [ruleFile('rules: [{ id: a, match: {}, verdict: deny }]', 'd.yaml', true)];
    const { rules, index } = ruleSetOf('rules: []');
    expect(lintRules({ files, rules, index }, { nowMs: 0 })).toEqual([]);
  });

  const sense = (...rules: readonly string[]) => {
    const owned = rules.map((rule) => `  - { owner: o, verdict: deny, ${rule} }`).join('\n');
    const ids = rules.map((rule) => /id: ([\w-]+)/.exec(rule)?.[1] ?? '');
    const tests = ids.map((id) => `  - { effect: relink, expect: permit, rule: ${id} }`);
    return found(`rules:\n${owned}\ntests:\n${tests.join('\n')}`).map((one) => one.join(' '));
  };

  it('points at a rule that another one covers, and at one of two that say the same', () => {
    expect(
      sense(
        'id: all, match: { effect: drop-table }',
        'id: b, match: { effect: drop-table, user: u }',
      ),
    ).toEqual([
      'warning 3 b never decides: all (rules-0.yaml) matches all that it does, and is as strict',
    ]);
    expect(sense('id: b, match: { table: t }', 'id: a, match: { table: t }')).toEqual([
      expect.stringContaining('warning 2 b never decides: a '),
    ]);
  });

  it('points at a rule that can never match', () => {
    expect(sense('id: a, match: { effect: drop-table }, when: { residue: any }')).toEqual([
      'warning 2 a can never match: residue is of relink only, and its effects are others',
    ]);
    expect(sense('id: a, match: { rows: "<0" }')).toEqual([
      'warning 2 a can never match: nothing has fewer rows than 0',
    ]);
    expect(sense('id: a, match: { server: [db2, replica1] }')).toEqual([
      'warning 2 a can never match: no guarded server is called db2 or replica1',
    ]);
    expect(sense('id: a, match: {}, when: { reaches: "repl?" }')).toEqual([
      'warning 2 a can never match: no server is called repl?',
    ]);
    expect(sense('id: a, match: { server: "db*" }, when: { reaches: replica1 }')).toEqual([]);
  });

  it('points at an exception that lifts nothing', () => {
    const except = 'except: [{ name: x, owner: o, effect: drop-view }]';
    expect(sense(`id: a, match: { effect: drop-table }, ${except}`)).toEqual([
      'warning 2 the exception x lifts nothing: a is about other effects',
    ]);
    expect(sense(`id: a, match: {}, ${except}`)).toEqual([]);
  });
});
