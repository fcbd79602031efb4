import { describe, expect, it } from 'vitest';
import { explainDecision } from '../../src/policy/rule-trace.js';
import { effectOf, factsOf, ruleSetOf } from './facts.js';

const set = ruleSetOf(`rules:
  - { id: far, match: { effect: drop-view, user: ghost, rows: ">5" }, verdict: deny }
  - { id: near, match: { effect: drop-table, user: ghost }, verdict: deny }
  - { id: hit, match: { effect: drop-table, schema: app, table: t }, when: { links: live, reaches: writable }, verdict: require-approval, except: [{ name: past, user: app, expires: 2000-01-01 }] }
  - { id: lifted, match: {}, verdict: deny, except: [{ name: x, table: t }] }
  - { id: silent, match: {}, verdict: deny, mode: off }
`);

describe('explainDecision', () => {
  const { decision, traces } = explainDecision(factsOf(), set, 'enforce');
  const trace = (id: string) => traces.find(({ rule }) => rule === id);

  it('gives the decision, and traces with those that matched first', () => {
    expect(decision).toMatchObject({ verdict: 'require-approval', rule: 'hit' });
    expect(traces.map(({ rule, outcome }) => `${rule} ${outcome}`)).toEqual([
      'hit matched',
      'lifted lifted',
      'silent off',
      'near missed',
      'far missed',
    ]);
  });

  it('says which field did not hold, and what was there', () => {
    expect(trace('far')?.fields).toEqual([
      { field: 'effect', wanted: 'drop-view', found: 'drop-table', holds: false },
      { field: 'user', wanted: 'ghost', found: 'app', holds: false },
      { field: 'rows', wanted: '>5', found: 'unknown (app.t)', holds: true },
    ]);
    expect(trace('hit')?.fields.map(({ field, holds }) => [field, holds])).toEqual([
      ['effect', true],
      ['schema', true],
      ['table', true],
      ['schema+table', true],
      ['links', true],
      ['reaches', true],
    ]);
  });

  it('says which exception lifted a rule, and which had ended', () => {
    expect(trace('lifted')?.exceptions).toMatchObject([{ name: 'x', lifts: true, expired: false }]);
    expect(trace('hit')?.exceptions).toMatchObject([
      { name: 'past', lifts: false, expired: true, fields: [{ field: 'user', holds: true }] },
    ]);
  });

  it('says when schema and table hold, but of different objects', () => {
    const effects = [
      effectOf({
        objects: [
          { schema: 'app', name: 'x' },
          { schema: 'b', name: 't' },
        ],
      }),
    ];
    const crossed = explainDecision(factsOf({ effects }), set, 'enforce').traces;
    const fields = crossed.find(({ rule }) => rule === 'hit')?.fields ?? [];
    expect(fields.filter(({ holds }) => !holds)).toEqual([
      { field: 'schema+table', wanted: 'app with t', found: 'app.x, b.t', holds: false },
    ]);
  });

  it('has nothing to trace without rules', () => {
    expect(explainDecision(factsOf(), undefined, 'enforce')).toMatchObject({
      decision: { rule: 'built-in-no-rules' },
      traces: [],
    });
  });
});
