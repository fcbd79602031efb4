// Every field of a rule, both ways, as a match and as an exception.
import { describe, expect, it } from 'vitest';
import { fitRule } from '../../src/policy/match.js';
import type { Facts } from '../../src/policy/verdict.js';
import type { StatementEffect } from '../../src/sql/effect.js';
import { effectOf, factsOf, NOW_MS, oneRule, reachOf } from './facts.js';

function fitOf(rules: ReturnType<typeof oneRule>, effect: StatementEffect, facts: Facts) {
  const rule = rules.rules[0];
  if (rule === undefined) throw new Error('no rule');
  return fitRule(rule, { effect, facts });
}

const matches = (match: string, effect: StatementEffect, facts: Facts): boolean =>
  fitOf(oneRule(match), effect, facts).kind === 'matches';

const lifts = (fields: string, effect: StatementEffect, facts: Facts): boolean => {
  const result = fitOf(oneRule('', `except: [{ name: x, ${fields} }]`), effect, facts);
  return result.kind === 'matches' && result.exception === 'x';
};

const sized = (size: { rows?: number; bytes?: number }) =>
  effectOf({ objects: [{ schema: 'app', name: 't', ...size }] });
const users = effectOf({ objects: [{ schema: 'app', name: 'users' }] });
const local = factsOf({ requester: { address: '' } });
const mapped = factsOf({ requester: { address: '::ffff:10.1.2.3' } });

describe('a match and an exception', () => {
  it.each<[string, boolean, StatementEffect?, Facts?]>([
    ['effect: [drop-table]', true],
    ['effect: [drop-view, drop-table]', true],
    ['effect: [drop-view]', false],
    ['server: [db2]', true],
    ['server: ["db?"]', true],
    ['server: [DB2]', false],
    ['server: [db1]', false],
    ['schema: [app]', true],
    ['schema: ["a*"]', true],
    ['schema: [ap]', false],
    ['table: [t]', true],
    ['table: [T]', false],
    ['table: ["?"]', true],
    ['table: ["??"]', false],
    ['schema: [app], table: [x]', false],
    ['user: [app]', true],
    ['user: [APP]', false],
    ['user: [other, app]', true],
    ['user: [ap]', false],
    ['client: [10.1.0.0/16]', true],
    ['client: [10.1.2.3]', true],
    ['client: [10.2.0.0/16]', false],
    ['client: ["2001:db8::/32"]', false],
    ['client: [10.1.0.0/16]', true, effectOf(), mapped],
    ['client: [0.0.0.0/0]', false, effectOf(), local],
    ['deferred: true', false],
    ['deferred: false', true],
    ['deferred: true', true, effectOf({ deferred: true })],
    ['logged: true', true],
    ['logged: false', false],
    ['logged: false', true, effectOf(), factsOf({ logged: false })],
    ['logged: true', false, effectOf(), factsOf({ logged: false })],
    ['rows: ">10"', true, sized({ rows: 11 })],
    ['rows: ">10"', false, sized({ rows: 10 })],
    ['rows: "<=10"', true, sized({ rows: 10 })],
    ['bytes: ">=1KiB"', true, sized({ bytes: 1024 })],
    ['bytes: "<1KiB"', false, sized({ bytes: 1024 })],
  ])('agree that %s is %s when everything is known', (fields, wanted, effect, facts) => {
    expect(matches(fields, effect ?? effectOf(), facts ?? factsOf())).toBe(wanted);
    expect(lifts(fields, effect ?? effectOf(), facts ?? factsOf())).toBe(wanted);
  });

  it('looks for the size of the very object that has the name', () => {
    const some = effectOf({
      objects: [
        { schema: 'app', name: 'small', rows: 5 },
        { schema: 'app', name: 'large', rows: 5_000 },
      ],
    });
    expect(matches('table: large, rows: ">1000"', some, factsOf())).toBe(true);
    expect(matches('table: small, rows: ">1000"', some, factsOf())).toBe(false);
    expect(lifts('rows: "<1000"', some, factsOf())).toBe(false);
    expect(lifts('rows: "<10000"', some, factsOf())).toBe(true);
  });

  it.each(['unknown', undefined] as const)('counts a size that is %s for a match', (rows) => {
    const object = { schema: 'app', name: 't', ...(rows === undefined ? {} : { rows }) };
    const effect = effectOf({ objects: [object] });
    expect(matches('rows: ">1000"', effect, factsOf())).toBe(true);
    expect(lifts('rows: "<1000"', effect, factsOf())).toBe(false);
  });

  const two = effectOf({ objects: [...users.objects, { schema: 'app', name: '_x_gho' }] });
  const bare = effectOf({ objects: [{ name: 't' }] });
  const unknownCase = { ...factsOf() };
  Reflect.deleteProperty(unknownCase, 'lowerCaseTableNames');

  it.each<[string, string, StatementEffect, Facts]>([
    ['one object of two', 'table: ["_*_gho"]', two, factsOf()],
    ['a schema that is not known', 'schema: [app]', bare, factsOf()],
    [
      'a table within a whole schema',
      'table: [t]',
      effectOf({ objects: [{ schema: 'app' }] }),
      factsOf(),
    ],
    ['objects that are not known', 'schema: ["*"]', effectOf({ objects: [] }), factsOf()],
    ['a name in another case, where case is not known', 'table: [T]', effectOf(), unknownCase],
    ['a routine in another case', 'table: [T]', effectOf({ effect: 'drop-routine' }), factsOf()],
    ['logging that is not known', 'logged: true', effectOf(), factsOf({ logged: 'unknown' })],
    ['rows that are not known', 'rows: ">10"', effectOf(), factsOf()],
    ['the rows of nothing', 'rows: ">10"', effectOf({ objects: [] }), factsOf()],
    ['bytes that are not known', 'bytes: "<10B"', effectOf(), factsOf()],
    [
      'an address that cannot be read',
      'client: [10.0.0.0/8]',
      effectOf(),
      factsOf({ requester: { address: 'x' } }),
    ],
  ])('differ on %s: it matches and never lifts', (_, fields, effect, facts) => {
    expect(matches(fields, effect, facts)).toBe(true);
    expect(lifts(fields, effect, facts)).toBe(false);
  });

  it('compare names as the server does', () => {
    const folding = factsOf({ lowerCaseTableNames: 1 });
    expect(matches('schema: [APP], table: [T]', effectOf(), folding)).toBe(true);
    expect(lifts('schema: [APP], table: [T]', effectOf(), folding)).toBe(true);
    const user = effectOf({ effect: 'drop-user', objects: [{ name: 'bob' }] });
    expect(matches('table: [BOB]', user, folding)).toBe(false);
  });

  it('need schema and table of one and the same object', () => {
    const crossed = effectOf({
      objects: [
        { schema: 'a', name: 'y' },
        { schema: 'b', name: 'x' },
      ],
    });
    expect(matches('schema: [a], table: [x]', crossed, factsOf())).toBe(false);
    expect(matches('schema: [a], table: [y]', crossed, factsOf())).toBe(true);
  });

  it('unlogged needs certainty either way', () => {
    const unknown = factsOf({ logged: 'unknown' });
    expect(matches('logged: false', effectOf(), unknown)).toBe(false);
    expect(lifts('logged: false', effectOf(), unknown)).toBe(false);
  });
});

describe('program', () => {
  it('matches what the client calls itself, and nothing when it says nothing', () => {
    const named = factsOf({ requester: { program: 'mysqldump' } });
    expect(matches('program: ["mysql*"]', effectOf(), named)).toBe(true);
    expect(matches('program: [psql]', effectOf(), named)).toBe(false);
    expect(matches('program: [mysqldump]', effectOf(), factsOf())).toBe(false);
  });

  it('is an error in an exception: the client could claim it', () => {
    expect(() => lifts('program: [x]', effectOf(), factsOf())).toThrow(/unknown field \\"program/);
  });
});

describe('exceptions', () => {
  it('hold to the end of their last day, UTC, and no longer', () => {
    const endsMs = 1_814_400_000_000;
    const rule = (day: string) => oneRule('', `except: [{ name: x, user: app, expires: ${day} }]`);
    const at = (day: string, nowMs: number) => fitOf(rule(day), effectOf(), factsOf({ nowMs }));
    expect(at('2027-06-30', endsMs - 1)).toEqual({ kind: 'matches', exception: 'x' });
    expect(at('2027-06-30', endsMs)).toEqual({ kind: 'matches' });
    expect(at('2020-01-01', NOW_MS)).toEqual({ kind: 'matches' });
  });
});

describe('when', () => {
  const on = (when: string, facts: Facts): boolean =>
    fitOf(oneRule('', `when: { ${when} }`), effectOf(), facts).kind === 'matches';
  const severed = factsOf({ reach: [] });
  const armed = factsOf({ reach: [reachOf({ state: 'armed' })] });
  const unknown = factsOf({ reach: [reachOf({ state: 'unknown' })] });

  it.each<[string, boolean, boolean, boolean, boolean]>([
    // links                 live   armed  unknown severed
    ['links: live', true, false, false, false],
    ['links: armed', false, true, false, false],
    ['links: unknown', false, false, true, false],
    ['links: severed', false, false, false, true],
    ['links: linked', true, true, true, false],
    ['links: any', true, true, true, true],
    ['links: [live, severed]', true, false, false, true],
    ['reaches: writable', true, true, true, false],
    ['reaches: [db1]', true, true, true, false],
    ['reaches: ["db*"]', true, true, true, false],
    ['reaches: [replica1]', false, false, false, false],
    ['links: armed, reaches: writable', false, true, false, false],
  ])('%s', (when, ...wanted) => {
    expect([factsOf(), armed, unknown, severed].map((facts) => on(when, facts))).toEqual(wanted);
  });

  it('asks both fields of one server', () => {
    const reach = [
      reachOf({ server: 'db1', state: 'armed', writable: true }),
      reachOf({ server: 'replica1', state: 'live', writable: false }),
    ];
    expect(on('links: live, reaches: writable', factsOf({ reach }))).toBe(false);
    expect(on('links: live, reaches: [replica1]', factsOf({ reach }))).toBe(true);
  });
});
