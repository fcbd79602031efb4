// When one rule makes another pointless. What is claimed of random rules is held against what they
// say of random statements.

import { describe, expect, it } from 'vitest';
import type { CompiledRule } from '../../src/policy/compiled-rule.js';
import { fitRule } from '../../src/policy/match.js';
import { coveredBy, neverMatches } from '../../src/policy/rule-cover.js';
import type { RuleIndex } from '../../src/policy/rule-index.js';
import type { Facts } from '../../src/policy/verdict.js';
import { fc } from '../support/properties.js';
import { effectOf, factsOf, reachOf, ruleSetOf } from './facts.js';

/** Whether the first of two rules covers the second. */
function covers(wide: string, narrow: string): boolean {
  const set = ruleSetOf(
    `rules: [{ id: a, verdict: deny, ${wide} }, { id: b, verdict: deny, ${narrow} }]`,
  );
  const rule = set.rules.find(({ id }) => id === 'b');
  return rule !== undefined && coveredBy(rule, set.index)?.id === 'a';
}

describe('coveredBy', () => {
  it.each([
    ['match: {}', 'match: { effect: drop-table }'],
    ['match: { table: "*" }', 'match: { table: [t] }'],
    ['match: { table: "t*" }', 'match: { table: ["tmp_*", "t?"] }'],
    ['match: { table: "?_*" }', 'match: { table: "x_?" }'],
    ['match: { schema: app }', 'match: { schema: app, table: t }'],
    ['match: { user: [u, v] }', 'match: { user: v }'],
    ['match: { client: 10.0.0.0/8 }', 'match: { client: [10.1.0.0/16, 10.2.3.4] }'],
    ['match: { rows: ">5" }', 'match: { rows: ">=6" }'],
    ['match: { rows: ">=5" }', 'match: { rows: ">5" }'],
    ['match: {}, when: { links: linked }', 'match: {}, when: { links: [live, armed] }'],
    ['match: {}', 'match: {}, when: { reaches: writable }'],
    ['match: {}', 'match: {}, mode: shadow'],
    ['match: { server: "DB*" }', 'match: { server: "DB1" }'],
  ])('finds that %s leaves nothing to %s', (wide, narrow) => {
    expect(covers(wide, narrow)).toBe(true);
  });

  it.each([
    ['match: { effect: drop-table }', 'match: {}'],
    ['match: { table: "t?" }', 'match: { table: "t*" }'],
    ['match: { table: t }', 'match: { table: [t, u] }'],
    ['match: { table: T }', 'match: { table: t }'],
    ['match: { table: t, schema: app }', 'match: { table: t }'],
    ['match: { client: 10.1.0.0/16 }', 'match: { client: 10.0.0.0/8 }'],
    ['match: { rows: ">5" }', 'match: { rows: ">=5" }'],
    ['match: { rows: ">5" }', 'match: { rows: "<9" }'],
    ['match: { deferred: true }', 'match: {}'],
    ['match: {}, when: { links: live }', 'match: {}, when: { links: linked }'],
    ['match: {}, when: { links: linked }', 'match: {}'],
    ['match: {}, when: { reaches: writable }', 'match: {}, when: { reaches: db1 }'],
    ['match: {}, mode: shadow', 'match: {}'],
    ['match: {}, mode: off', 'match: {}'],
    ['match: {}, except: [{ name: x, user: u }]', 'match: {}'],
    ['match: {}', 'match: {}, then: latch'],
  ])('claims nothing of %s and %s', (wide, narrow) => {
    expect(covers(wide, narrow)).toBe(false);
  });

  it('claims nothing of a laxer verdict, or of other signatures', () => {
    const lax = `rules: [{ id: a, match: {}, verdict: require-approval, approvals: { count: 1 } },
      { id: b, match: {}, verdict: require-approval, approvals: { count: 2 } },
      { id: c, match: {}, verdict: deny }]`;
    const set = ruleSetOf(lax);
    const found = set.rules.map((rule) => coveredBy(rule, set.index)?.id);
    expect(found).toEqual(['c', 'c', undefined]);
    const two = ruleSetOf(lax.replace(/,\s*\{ id: c.*\}\]/, ']'));
    expect(two.rules.map((rule) => coveredBy(rule, two.index))).toEqual([undefined, undefined]);
  });
});

const some = <Word extends string>(...words: readonly Word[]) =>
  fc.uniqueArray(fc.constantFrom(...words), { minLength: 1, maxLength: 2 });
const body = fc.record(
  {
    effect: some('drop-table', 'drop-view'),
    schema: some('app', 'a*', '*'),
    table: some('t', 't*', '*', '?', 't?', '*_x'),
    user: some('app', 'ghost'),
    client: some('10.0.0.0/8', '10.1.0.0/16', '0.0.0.0/0'),
    server: some('db2', 'db*', 'db1'),
    rows: fc.constantFrom('>5', '>=5', '<5', '>7'),
    deferred: fc.boolean(),
  },
  { requiredKeys: [] },
);
const when = fc.record(
  {
    links: some('live', 'armed', 'severed', 'linked', 'any'),
    reaches: fc.constantFrom('writable', 'db1', 'db*'),
  },
  { requiredKeys: [] },
);
const ruleBody = fc.tuple(body, when);
const someFacts: fc.Arbitrary<Facts> = fc
  .record({
    effect: fc.constantFrom('drop-table', 'drop-view'),
    objects: fc.array(
      fc.record(
        {
          schema: fc.constantFrom('app', 'abc', 'b'),
          name: fc.constantFrom('t', 'T', 'tt', 'a_x', 'u'),
          rows: fc.constantFrom(4, 5, 6, 8),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 2 },
    ),
    deferred: fc.boolean(),
    user: fc.constantFrom('app', 'ghost', 'other'),
    server: fc.constantFrom('db1', 'db2'),
    address: fc.constantFrom('10.1.2.3', '10.9.9.9', '192.0.2.1', ''),
    reach: fc.array(
      fc.record({
        server: fc.constantFrom('db1', 'replica1'),
        state: fc.constantFrom('live', 'armed', 'unknown'),
        writable: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ effect, objects, deferred, user, server, address, reach }) =>
    factsOf({
      effects: [effectOf({ effect, objects, deferred })],
      requester: { user, server, address },
      reach: reach.map((entry) => reachOf(entry)),
    }),
  );

/** Two rules of which the second is often narrower: the first with more fields, or with others. */
const twoRules = fc.tuple(ruleBody, ruleBody, fc.boolean()).map(([a, b, keeps]) => {
  const [first, second] = keeps ? [b, a] : [a, b];
  const narrow = { match: { ...first[0], ...second[0] }, when: { ...first[1], ...second[1] } };
  return [
    { id: 'wide', match: a[0], when: a[1], verdict: 'deny' },
    { id: 'narrow', ...narrow, verdict: 'deny' },
  ];
});

function matchesAny(rule: CompiledRule, facts: Facts): boolean {
  return facts.effects.some((effect) => fitRule(rule, { effect, facts }).kind === 'matches');
}

describe('coveredBy, of random rules', () => {
  it('is right: where the narrow rule matches, so does the wide one', () => {
    let claims = 0;
    let matches = 0;
    const isRight = (rule: CompiledRule, index: RuleIndex, statements: readonly Facts[]): void => {
      const cover = coveredBy(rule, index);
      if (cover === undefined) return;
      claims += 1;
      for (const facts of statements.filter((one) => matchesAny(rule, one))) {
        matches += 1;
        expect(matchesAny(cover, facts)).toBe(true);
      }
    };
    fc.assert(
      fc.property(twoRules, fc.array(someFacts, { minLength: 20 }), (rules, statements) => {
        fc.pre(buildable(rules));
        const set = ruleSetOf(JSON.stringify({ rules }));
        for (const rule of set.rules) isRight(rule, set.index, statements);
      }),
      { numRuns: 250 },
    );
    expect(claims).toBeGreaterThan(20);
    expect(matches).toBeGreaterThan(20);
  });
});

/** What is severed reaches nobody: a rule that wants both is an error. */
function buildable(rules: readonly { readonly when?: Partial<When> | undefined }[]): boolean {
  return rules.every(
    ({ when: given }) => given?.reaches === undefined || given.links?.includes('severed') !== true,
  );
}

interface When {
  readonly links: readonly string[];
  readonly reaches: string;
}

describe('neverMatches', () => {
  it('says nothing of rules that may match', () => {
    const texts = ['{}', '{ rows: "<=0" }', '{ effect: relink }', '{ bytes: ">0B" }'];
    for (const match of texts) {
      const [rule] = ruleSetOf(`rules: [{ id: a, match: ${match}, verdict: deny }]`).rules;
      expect(rule && neverMatches(rule), match).toBeUndefined();
    }
  });
});
