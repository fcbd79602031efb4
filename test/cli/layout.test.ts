import { expect, it } from 'vitest';
import { columns, indented, wrapped } from '../../src/cli/layout.js';

it('puts cells below each other, and counts no colour', () => {
  const red = '\u001B[31mlive\u001B[0m';
  expect(
    columns([
      ['a', red, 'x'],
      ['long', 'severed', 'y'],
    ]),
  ).toEqual([`  a     ${red}     x`, '  long  severed  y']);
  expect(columns([])).toEqual([]);
});

it('goes on deeper in the next line, and cuts no word', () => {
  expect(wrapped('  one two three', 10)).toEqual(['  one two', '      three']);
  expect(wrapped('short', 10)).toEqual(['short']);
  expect(wrapped('unbreakableword', 10)).toEqual(['unbreakableword']);
});

it('indents', () => {
  expect(indented('x')).toBe('  x');
});
