// Combining: strictest wins, order never matters, shadow only records. And random rule sets
// against a plain evaluator that shares no code with the real one.

import { describe, expect, it } from 'vitest';
import { decide } from '../../src/policy/decide.js';
import type { Decision, Facts } from '../../src/policy/verdict.js';
import type { EffectObject } from '../../src/sql/effect.js';
import { fc } from '../support/properties.js';
import { effectOf, factsOf, NOW_MS, reachOf, ruleSetOf } from './facts.js';
import { type PlainRule, plainVerdict } from './reference.js';

const set = (...rules: readonly string[]) =>
  ruleSetOf(`rules: [${rules.map((rule) => `{ ${rule} }`).join(', ')}]`);
const rule = (id: string, verdict: string, more = '') =>
  `id: ${id}, match: { effect: drop-table }, verdict: ${verdict}${more && `, ${more}`}`;
const brief = ({ verdict, rule: id, wouldBe, mode }: Decision) => [verdict, id, wouldBe, mode];

describe('decide', () => {
  it('permits by name what no rule matches', () => {
    expect(brief(decide(factsOf(), set(), 'enforce'))).toEqual([
      'permit',
      'none',
      'permit',
      'enforce',
    ]);
  });

  it('refuses everything guarded while no rules could ever be loaded, but in shadow', () => {
    const id = 'built-in-no-rules';
    expect(brief(decide(factsOf(), undefined, 'enforce'))).toEqual(['deny', id, 'deny', 'enforce']);
    expect(brief(decide(factsOf(), undefined, 'shadow'))).toEqual(['permit', id, 'deny', 'shadow']);
  });

  it('lets the strictest enforced verdict win, in any order', () => {
    const rules = [rule('p', 'permit'), rule('a', 'require-approval'), rule('d', 'deny')];
    for (const order of [rules, rules.toReversed()]) {
      const decision = decide(factsOf(), set(...order), 'enforce');
      expect(brief(decision)).toEqual(['deny', 'd', 'deny', 'enforce']);
      expect(decision.matches.map((match) => match.rule)).toEqual(['a', 'd', 'p']);
    }
  });

  it('does to a program’s sessions what a permit says, once another rule refuses', () => {
    const latch = 'id: z, match: { program: mysql }, verdict: permit, then: latch';
    const facts = factsOf({ requester: { program: 'mysql' } });
    const refused = decide(facts, set(rule('d', 'deny'), latch), 'enforce');
    expect(refused).toMatchObject({ verdict: 'deny', rule: 'd', afterwards: 'latch' });
    expect(decide(factsOf(), set(rule('d', 'deny'), latch), 'enforce').afterwards).toBeUndefined();
    expect(decide(facts, set(latch), 'enforce').afterwards).toBeUndefined();
    expect(decide(facts, set(rule('d', 'deny'), `${latch}, mode: off`), 'enforce')).toMatchObject({
      verdict: 'deny',
    });
  });

  it('names the first id among equals', () => {
    expect(decide(factsOf(), set(rule('b', 'deny'), rule('a', 'deny')), 'enforce').rule).toBe('a');
  });

  it('reports a shadow rule and does not enforce it', () => {
    const rules = set(rule('d', 'deny', 'mode: shadow'), rule('a', 'require-approval'));
    const decision = decide(factsOf(), rules, 'enforce');
    expect(brief(decision)).toEqual(['require-approval', 'a', 'require-approval', 'enforce']);
    expect(decision.matches.map(({ rule: id, mode }) => [id, mode])).toEqual([
      ['a', 'enforce'],
      ['d', 'shadow'],
    ]);
  });

  it('says what a shadow rule would have done, past an enforced permit', () => {
    const rules = set(rule('d', 'deny', 'mode: shadow'), rule('p', 'permit'));
    expect(brief(decide(factsOf(), rules, 'enforce'))).toEqual(['permit', 'd', 'deny', 'shadow']);
  });

  it('refuses nothing in shadow mode, and says what it would have', () => {
    const decision = decide(factsOf(), set(rule('d', 'deny', 'then: close')), 'shadow');
    expect(brief(decision)).toEqual(['permit', 'd', 'deny', 'shadow']);
    expect(decision.afterwards).toBeUndefined();
  });

  it('never asks a rule that is off', () => {
    expect(decide(factsOf(), set(rule('d', 'deny', 'mode: off')), 'enforce').matches).toEqual([]);
  });

  it('ends a session as the harshest refusing rule says, whichever decides', () => {
    const rules = set(
      rule('a', 'deny', 'then: latch'),
      rule('b', 'require-approval', 'then: close'),
    );
    expect(decide(factsOf(), rules, 'enforce').afterwards).toBe('close');
    const shadow = set(rule('a', 'deny'), rule('b', 'deny', 'then: close, mode: shadow'));
    expect(decide(factsOf(), shadow, 'enforce').afterwards).toBeUndefined();
  });

  it('lifts only the rule whose exception holds, and reports it', () => {
    const rules = set(
      rule('a', 'deny', 'except: [{ name: x, user: app }]'),
      rule('b', 'require-approval'),
    );
    const decision = decide(factsOf(), rules, 'enforce');
    expect(decision.rule).toBe('b');
    expect(decision.matches[0]).toMatchObject({ rule: 'a', exception: 'x' });
  });

  it('never lets a real table ride the gh-ost exception', () => {
    const ghost = 'except: [{ name: ghost, table: ["_*_gho", "_*_ghc", "_*_del"], user: [ghost] }]';
    const rules = set(rule('a', 'deny', ghost));
    const drop = (user: string, ...names: readonly string[]) =>
      decide(
        factsOf({
          requester: { user },
          effects: [effectOf({ objects: names.map((name) => ({ schema: 'app', name })) })],
        }),
        rules,
        'enforce',
      ).verdict;
    expect(drop('ghost', '_x_gho', '_y_del')).toBe('permit');
    expect(drop('ghost', 'users', '_x_gho')).toBe('deny');
    expect(drop('ghost', '_x_gho', 'users')).toBe('deny');
    expect(drop('app', '_x_gho')).toBe('deny');
  });

  it('judges several effects one by one', () => {
    const effects = [effectOf({ effect: 'drop-view' }), effectOf()];
    const decision = decide(factsOf({ effects }), set(rule('a', 'deny')), 'enforce');
    expect(decision.effect?.effect).toBe('drop-table');
    expect(decision.rule).toBe('a');
  });

  it('takes the case of names from what the server said', () => {
    const picture = {
      askedAtMs: 0,
      askedAtMonotonicMs: 0,
      entries: [],
      links: [],
      views: new Map([['db2', { kind: 'answered', lowerCaseTableNames: 1 }]]),
    } as unknown as NonNullable<Facts['picture']>;
    const { lowerCaseTableNames: _, ...facts } = factsOf({ picture });
    const rules = set(rule('a', 'deny', 'except: [{ name: x, table: [T] }]'));
    expect(decide(facts, rules, 'enforce').verdict).toBe('permit');
    expect(decide({ ...facts, lowerCaseTableNames: 0 }, rules, 'enforce').verdict).toBe('deny');
  });
});

// --- the reference -------------------------------------------------------------------------

const EFFECT_WORDS = ['drop-table', 'drop-view', 'drop-routine', 'relink'] as const;
const NAMES = ['t', 'T', 'tt', '_x_gho'];
const GLOBS = ['t', 'T', 't*', '?', '_*_gho', '*', '*x*', '*o'];

const some = <Word extends string>(...words: readonly Word[]) =>
  fc.uniqueArray(fc.constantFrom(...words), { minLength: 1, maxLength: 3 });
const conditions = fc.record(
  {
    effect: some(...EFFECT_WORDS),
    schema: some('app', 'a*', 'APP'),
    table: some(...GLOBS),
    user: some('app', 'ghost'),
    server: some('db1', 'db2', 'db*'),
    client: some('10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '0.0.0.0/0'),
    deferred: fc.boolean(),
    logged: fc.boolean(),
    rows: fc.constantFrom('>5', '<=5'),
  },
  { requiredKeys: [] },
);
/** A claim of the client's own is no field of exceptions. */
const match = fc
  .tuple(conditions, fc.option(some('batch', 'b*', '*'), { nil: undefined }))
  .map(([given, program]) => ({ ...given, ...(program === undefined ? {} : { program }) }));
const links = some('live', 'armed', 'unknown', 'linked', 'any');
const residue = some('any', 'none', 'unknown');
const plainRule: fc.Arbitrary<Omit<PlainRule, 'id'>> = fc.record({
  match,
  // What is severed reaches nobody: a rule that wants both is an error.
  when: fc.oneof(
    fc.record({ links, reaches: some('db1', 'r*'), residue }, { requiredKeys: [] }),
    fc.record({ links, reaches: fc.constant<string[]>(['writable']) }),
    fc.record({ links: some('severed', 'live', 'unknown') }),
  ),
  verdict: fc.constantFrom('permit', 'deny', 'require-approval'),
  mode: fc.constantFrom('enforce', 'shadow', 'off'),
  except: fc.array(
    fc.tuple(conditions, fc.constantFrom('app', 'ghost')).map(([given, user]) => ({
      name: 'x',
      ...given,
      user: [user],
    })),
    { maxLength: 1 },
  ),
});
const anObject: fc.Arbitrary<EffectObject> = fc.record(
  {
    schema: fc.constantFrom('app', 'App', 'b'),
    name: fc.constantFrom(...NAMES),
    rows: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.constant('unknown' as const)),
  },
  { requiredKeys: [] },
);
const someFacts = fc
  .record({
    effects: fc.array(
      fc.record({
        effect: fc.constantFrom(...EFFECT_WORDS),
        verb: fc.constant('X'),
        objects: fc.array(anObject, { maxLength: 3 }),
        deferred: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    requester: fc.record({
      user: fc.constantFrom('app', 'ghost', 'other'),
      server: fc.constantFrom('db1', 'db2'),
      address: fc.constantFrom('10.1.2.3', '10.9.9.9', '192.0.2.7', ''),
      program: fc.constantFrom('batch', 'mysql', ''),
    }),
    residue: fc.record({
      state: fc.constantFrom('some', 'none', 'unknown'),
      pairs: fc.constant([]),
    }),
    logged: fc.constantFrom<boolean | 'unknown'>(true, false, 'unknown'),
    lowerCaseTableNames: fc.constantFrom(0, 1),
    travels: fc.constantFrom('all', 'none', 'unasked'),
    reach: fc.array(
      fc.record({
        server: fc.constantFrom('db1', 'replica1'),
        state: fc.constantFrom('live', 'armed', 'unknown'),
        writable: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ reach, travels, ...others }) =>
    factsOf({
      ...others,
      reach: reach.map((entry) => reachOf(entry)),
      ...(travels === 'unasked'
        ? {}
        : { travelsTo: travels === 'none' ? [] : reach.map((entry) => reachOf(entry)) }),
      nowMs: NOW_MS,
    }),
  );

describe('decide, against a plain reference', () => {
  it('gives the same verdicts for random rules and facts, in any order of rules', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(plainRule, { maxLength: 5 }), someFacts, (bodies, facts) => {
        const rules = bodies.map((body, index) => ({ id: `r${index}`, ...body }));
        const text = (all: readonly PlainRule[]) => JSON.stringify({ rules: all });
        const decision = decide(facts, ruleSetOf(text(rules)), 'enforce');
        const wanted = plainVerdict(rules, facts);
        seen.add(wanted.join());
        expect([decision.verdict, decision.wouldBe]).toEqual(wanted);
        expect(decide(facts, ruleSetOf(text(rules.toReversed())), 'enforce')).toEqual(decision);
      }),
      { numRuns: 600 },
    );
    expect(seen.size).toBeGreaterThanOrEqual(5);
  });
});
