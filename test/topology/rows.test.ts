import { describe, expect, it } from 'vitest';
import { isOn, numberOf, rowsOf, someTextOf, textOf } from '../../src/topology/rows.js';

describe('rows', () => {
  it('are only what is a row', () => {
    expect(rowsOf([{ a: 1 }, null, 3, []])).toEqual([{ a: 1 }]);
    expect(rowsOf({ affectedRows: 0 })).toEqual([]);
    expect(rowsOf(undefined)).toEqual([]);
  });

  it('give the first column they have that is not NULL', () => {
    const row = { New: null, Old: Buffer.from('x'), Number: 3 };
    expect(textOf(row, ['New', 'Old'])).toBe('x');
    expect(textOf(row, ['Number'])).toBe('3');
    expect(textOf(row, ['Missing'])).toBeUndefined();
    expect(textOf(undefined, ['Old'])).toBeUndefined();
  });

  it('give numbers only where the whole text is one', () => {
    expect(numberOf({ a: '0012' }, ['a'])).toBe(12);
    expect(numberOf({ a: '12 apples' }, ['a'])).toBeUndefined();
    expect(numberOf({ a: '' }, ['a'])).toBeUndefined();
  });

  it('take an empty text for nothing learned', () => {
    expect(someTextOf({ a: '' }, ['a'])).toBeUndefined();
    expect(someTextOf({ a: 'b' }, ['a'])).toBe('b');
  });

  it('are on only when they say so', () => {
    expect(['1', 'ON', 'Yes', 'true'].map(isOn)).toEqual([true, true, true, true]);
    expect(['0', 'OFF', 'Connecting', '', undefined].map(isOn)).toEqual(Array(5).fill(false));
  });
});
