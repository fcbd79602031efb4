// Records read back: what was judged is what is replayed, and nothing more is taken for granted.

import { describe, expect, it } from 'vitest';
import { decisionRecord } from '../../src/audit/record.js';
import {
  isOutsideRules,
  missingOf,
  readRecordedLine,
  recordedFacts,
} from '../../src/audit/recorded-facts.js';
import { decide } from '../../src/policy/decide.js';
import { replayed } from '../../src/policy/replay.js';
import type { Facts } from '../../src/policy/verdict.js';
import { effectOf, factsOf, reachOf, ruleSetOf } from '../policy/facts.js';
import { fc } from '../support/properties.js';
import { answered, pictureWith } from '../topology/views.js';

const RULES = ruleSetOf(`rules:
  - { id: a, match: { effect: drop-table, table: "t*" }, when: { links: linked }, verdict: deny }
  - { id: b, match: { user: ghost, rows: ">5" }, verdict: require-approval }
  - { id: c, match: { effect: relink }, when: { residue: [any, unknown] }, verdict: deny }
  - { id: d, match: { schema: APP, client: 10.0.0.0/8 }, verdict: deny, mode: shadow }
  - { id: e, match: { program: batch, deferred: true }, verdict: deny, except: [{ name: x, bytes: "<9B" }] }
  - { id: f, match: { logged: false }, when: { reaches: writable }, verdict: deny }
`);

/** The line that the audit file would have of these facts, as this set decides them. */
function lineOf(facts: Facts): string {
  const decision = decide(facts, RULES, 'enforce');
  const question = {
    requester: facts.requester,
    command: 'COM_QUERY' as const,
    payload: new Uint8Array(),
    text: Buffer.from('DROP TABLE t'),
    facts: { effects: facts.effects, statements: [] },
  };
  return JSON.stringify(decisionRecord({ id: 'R1', question, facts, decision }));
}

function read(line: string) {
  const found = readRecordedLine(line);
  if (found.kind !== 'decision') throw new Error(JSON.stringify(found));
  return found.decision;
}

const size = fc.oneof(fc.integer({ min: 0, max: 10 }), fc.constant('unknown' as const));
const object = fc.record(
  {
    schema: fc.constantFrom('app', 'a.b', 'App'),
    name: fc.constantFrom('t', 't.u', 'x'),
  },
  { requiredKeys: [] },
);
const someFacts: fc.Arbitrary<Facts> = fc
  .record({
    effects: fc.array(
      fc
        .record({
          effect: fc.constantFrom('drop-table', 'relink', 'run-opaque'),
          deferred: fc.boolean(),
          isLoggingOpen: fc.constantFrom(true as const, undefined),
          objects: fc.array(
            fc.tuple(object, size, size).map(([one, rows, bytes]) => ({ ...one, rows, bytes })),
            { maxLength: 2 },
          ),
        })
        .map(({ isLoggingOpen, ...given }) =>
          effectOf(isLoggingOpen === undefined ? given : { ...given, isLoggingOpen }),
        ),
      { minLength: 1, maxLength: 2 },
    ),
    requester: fc.record({
      user: fc.constantFrom('app', 'ghost'),
      address: fc.constantFrom('10.1.2.3', '192.0.2.1', ''),
      program: fc.constantFrom('batch', 'mysql'),
    }),
    logged: fc.constantFrom<boolean | 'unknown'>(true, false, 'unknown'),
    reach: fc.array(
      fc
        .record({ state: fc.constantFrom('live', 'armed', 'unknown'), writable: fc.boolean() })
        .map(reachOf),
      { maxLength: 2 },
    ),
    travels: fc.constantFrom('all', 'none', 'unasked'),
    residue: fc.record({
      state: fc.constantFrom('some', 'none', 'unknown'),
      pairs: fc.constant([]),
    }),
  })
  .map(({ travels, ...given }) => {
    // As in a running Interlock: the server itself says how it compares names.
    const picture = pictureWith([], [{ ...answered('db2'), lowerCaseTableNames: 0 }]);
    const { lowerCaseTableNames: _, ...facts } = factsOf({ ...given, picture });
    // What the session logs gets to a part of whom its server is linked to.
    if (travels === 'unasked') return facts;
    return { ...facts, travelsTo: travels === 'all' ? facts.reach : [] };
  });

describe('a decision record', () => {
  it('has every fact that a rule can match: replayed by the same rules it says the same', () => {
    const verdicts = new Set<string>();
    fc.assert(
      fc.property(someFacts, (facts) => {
        const outcome = replayed(recordedFacts(read(lineOf(facts))), RULES, 'enforce');
        const decision = decide(facts, RULES, 'enforce');
        verdicts.add(decision.verdict);
        const { verdict, wouldBe, rule, matches } = decision;
        expect(outcome).toMatchObject({
          kind: 'known',
          decision: { verdict, wouldBe, rule, matches },
        });
      }),
      { numRuns: 300 },
    );
    expect(verdicts.size).toBe(3);
  });

  it('says how the server compared names', () => {
    const picture = pictureWith([], [{ ...answered('db2'), lowerCaseTableNames: 1 }]);
    const { lowerCaseTableNames: _, ...facts } = factsOf({ picture });
    expect(recordedFacts(read(lineOf(facts))).facts.lowerCaseTableNames).toBe(1);
  });

  it('tells no effect’s objects from labels alone', () => {
    const line = lineOf(factsOf());
    const parsed = JSON.parse(line);
    delete parsed.effects[0].names;
    const old = recordedFacts(read(JSON.stringify(parsed)));
    expect(old.unnamed.size).toBe(1);
    expect(recordedFacts(read(line)).unnamed.size).toBe(0);
  });
});

describe('a line of the audit file', () => {
  it.each([
    ['no json', 'it is no JSON'],
    ['7', 'it is no audit record'],
    ['{"kind":"decision","v":2}', 'its v is not as expected: Invalid input: expected 1'],
  ])('that is %s is not read', (line, reason) => {
    expect(readRecordedLine(line)).toEqual({ kind: 'unreadable', reason });
  });

  it('of another kind is no statement', () => {
    expect(readRecordedLine('{"kind":"outcome"}')).toEqual({ kind: 'other' });
  });

  it('of a built-in denial was put to no rule, or lacks what rules ask for', () => {
    const denied = (rule: string) => ({ ...read(lineOf(factsOf())), rule });
    expect(isOutsideRules(denied('built-in-malformed'))).toBe(true);
    expect(isOutsideRules(denied('built-in-no-rules'))).toBe(false);
    expect(isOutsideRules(denied('a'))).toBe(false);
    expect(missingOf(denied('built-in-failure'))).toEqual(['links']);
    expect(missingOf(denied('a'))).toEqual([]);
  });
});
