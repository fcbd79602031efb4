import { describe, expect, it } from 'vitest';
import { decide } from '../../src/policy/decide.js';
import { effectOf, factsOf, ruleErrors, ruleSetOf } from './facts.js';

const LISTS = 'lists: { ghosts: ["_*_gho", "_*_del"], offices: [10.1.0.0/16] }';
const rule = (fields: string) => `rules: [{ id: a, match: {}, verdict: deny, ${fields} }]`;

describe('lists', () => {
  it('stand for their names, in any file and beside others', () => {
    const set = ruleSetOf(
      LISTS,
      rule('except: [{ name: x, table: [$ghosts, other], client: $offices }]'),
    );
    const verdict = (name: string) =>
      decide(factsOf({ effects: [effectOf({ objects: [{ schema: 'a', name }] })] }), set, 'enforce')
        .verdict;
    expect(['_x_gho', '_x_del', 'other', 'users'].map(verdict)).toEqual([
      'permit',
      'permit',
      'permit',
      'deny',
    ]);
  });

  it('are errors when missing, twice there, or nested', () => {
    expect(ruleErrors(LISTS, rule('except: [{ name: x, table: $gosts }]'))).toMatchObject([
      { message: 'no list named "gosts"', hint: 'did you mean "$ghosts"?' },
    ]);
    expect(ruleErrors(LISTS, 'lists: { ghosts: [a] }')[0]?.message).toMatch(
      /two lists named "ghosts"/,
    );
    expect(ruleErrors('lists: { a: [$b] }')[0]?.message).toMatch(/not other lists/);
  });
});
