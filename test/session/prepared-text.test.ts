import { expect, it } from 'vitest';
import { PreparedText } from '../../src/session/prepared-text.js';
import type { Effect } from '../../src/sql/effect.js';
import type { TextFacts } from '../../src/sql/statement-facts.js';

const facts = (...effects: Effect[]): TextFacts => ({
  effects: effects.map((effect) => ({ effect, verb: effect, objects: [], deferred: false })),
  statements: [],
});
const names = ({ effects }: TextFacts): string[] => effects.map(({ effect }) => effect);
const worst = facts('drop-table', 'truncate-table', 'drop-view');

it('does what it was parsed as, whatever it reads to now', () => {
  const text = new PreparedText(Buffer.from('x'), { worst, asked: facts('drop-view') });
  expect(names(text.united(facts()))).toEqual(['drop-view']);
  expect(names(text.united(facts('drop-table', 'drop-view')))).toEqual(['drop-view', 'drop-table']);
  text.runs(facts('truncate-table'));
  expect(names(text.united(facts()))).toEqual(['drop-view', 'truncate-table']);
});

it('may do anything once it ran, or was prepared, unasked', () => {
  const unasked = new PreparedText(Buffer.from('x'), { worst });
  expect(unasked.united(facts())).toBe(worst);
  unasked.runs(facts());
  expect(unasked.united(facts())).toBe(worst);
  const asked = new PreparedText(Buffer.from('x'), { worst, asked: facts() });
  asked.runs(undefined);
  expect(asked.united(facts())).toBe(worst);
});
