import { expect, it } from 'vitest';
import { KEPT_NAMED_BYTES, KEPT_NAMES, PreparedNames } from '../../src/session/prepared-names.js';
import { PreparedText } from '../../src/session/prepared-text.js';

const make = (text: Buffer): PreparedText =>
  new PreparedText(text, { worst: { effects: [], statements: [] } });
const prepared = (name: string, text: string) => ({ name, text: Buffer.from(text) });

it('knows a name in any case, and what was prepared last', () => {
  const names = new PreparedNames();
  names.note(prepared('S', 'SELECT 1'), true, make);
  names.note(prepared('s', 'SELECT 2'), true, make);
  expect(names.find('S')?.text.toString()).toBe('SELECT 2');
  names.note(undefined, false, make);
  expect(names.find('s')).toBeDefined();
});

it('forgets a name whose PREPARE failed, or whose text a server may have converted', () => {
  const names = new PreparedNames();
  for (const [sql, isOk] of [
    ['SELECT 1', false],
    ["SELECT 'é'", true],
  ] as const) {
    names.note(prepared('s', 'SELECT 1'), true, make);
    names.note(prepared('s', sql), isOk, make);
    expect(names.find('s')).toBeUndefined();
  }
  names.note(prepared('s', 'SELECT 1'), true, make);
  names.note({ name: 's' }, true, make);
  expect(names.find('s')).toBeUndefined();
});

it('forgets all after what may have prepared any', () => {
  const names = new PreparedNames();
  names.note(prepared('s', 'SELECT 1'), true, make);
  names.note('unknown', false, make);
  expect(names.find('s')).toBeUndefined();
});

it('keeps no more names and text than it may', () => {
  const names = new PreparedNames();
  names.note(prepared('long', 'x'.repeat(KEPT_NAMED_BYTES + 1)), true, make);
  expect(names.find('long')).toBeUndefined();
  for (let n = 0; n <= KEPT_NAMES; n += 1) names.note(prepared(`s${n}`, 'x'), true, make);
  expect(names.find('s0')).toBeDefined();
  expect(names.find(`s${KEPT_NAMES}`)).toBeUndefined();
});
