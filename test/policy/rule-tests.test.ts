import { describe, expect, it } from 'vitest';
import { runRuleTests } from '../../src/policy/rule-tests.js';
import type { ReadContext } from '../../src/sql/dialect.js';
import { readText } from '../../src/sql/statement-facts.js';
import { NOW_MS, ruleSetOf } from './facts.js';

const RULES = `rules:
  - { id: no-drop, match: { effect: drop-table }, when: { links: linked }, verdict: deny, except: [{ name: x, user: ghost }] }
  - { id: watch, match: { effect: drop-view }, verdict: require-approval, mode: shadow }
  - { id: asleep, match: { effect: drop-user }, verdict: deny, mode: off }
`;
const run = (test: string) =>
  runRuleTests(ruleSetOf(`${RULES}tests:\n  - { ${test} }\n`), readText, NOW_MS)[0];

describe('runRuleTests', () => {
  it.each([
    'sql: "DROP TABLE t", links: live, expect: deny, rule: no-drop',
    'sql: "DROP TABLE t", links: severed, expect: permit, rule: no-drop',
    'sql: "DROP TABLE t", expect: permit',
    'sql: "DROP TABLE t", links: [severed, unknown], expect: deny',
    'sql: "DROP TABLE t", links: live, user: ghost, expect: permit, rule: no-drop',
    'sql: "DROP VIEW v", expect: require-approval, rule: watch',
    'sql: "DROP USER u", expect: deny, rule: asleep',
    'effect: drop-table, links: armed, expect: deny, rule: no-drop',
    'sql: "SELECT 1", links: live, expect: permit, rule: none',
  ])('passes %s', (test) => {
    expect(run(test)).toMatchObject({ passed: true });
  });

  it.each<[string, RegExp, RegExp]>([
    [
      'sql: "DROP TABLE t", links: severed, expect: deny',
      /expected deny, got permit by rule none/,
      /effects: drop-table; rules that matched: none/,
    ],
    ['sql: "SELECT 1", links: live, expect: deny', /expected deny, got permit/, /effects: none/],
    [
      'sql: "DROP TABLE t", links: live, expect: deny, rule: watch',
      /expected rule watch, got no-drop/,
      /matched: no-drop/,
    ],
    [
      'sql: "DROP TABLE t", links: live, user: ghost, expect: deny',
      /got permit/,
      /no-drop \(lifted by x\)/,
    ],
  ])('fails %s, and says what came instead', (test, message, hint) => {
    expect(run(test)).toMatchObject({
      passed: false,
      diagnostic: {
        line: 6,
        column: 5,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      },
    });
  });

  it('hands the reader what the test says of server and session', () => {
    const seen: ReadContext[] = [];
    const set = ruleSetOf(`tests:
  - { sql: x, expect: permit, flavour: mysql, version: 5.6, sql_mode: ANSI_QUOTES, charset: gbk, database: app }
  - { sql: x, expect: permit }
  - { sql: x, expect: permit, version: 10.10 }
`);
    const read = (_: Uint8Array, context: ReadContext) => {
      seen.push(context);
      return { effects: [], statements: [] };
    };
    runRuleTests(set, read, NOW_MS);
    expect(seen).toEqual([
      {
        dialect: { flavour: 'mysql', version: 50_600 },
        sqlMode: 'ANSI_QUOTES',
        charset: 'gbk',
        database: 'app',
      },
      { dialect: { flavour: 'mariadb', version: 101_100 }, sqlMode: '', charset: 'utf8mb4' },
      { dialect: { flavour: 'mariadb', version: 101_000 }, sqlMode: '', charset: 'utf8mb4' },
    ]);
  });
});
