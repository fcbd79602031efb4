import { expect, it } from 'vitest';
import { comparePlaces, isBefore, placeText } from '../../src/residue/place.js';

const at = (file: string, position: number) => ({ file, position });

it('compares files by their number, positions within one file', () => {
  expect(isBefore(at('binlog.000009', 900), at('binlog.000010', 4))).toBe(true);
  expect(isBefore(at('binlog.999999', 900), at('binlog.1000000', 4))).toBe(true);
  expect(isBefore(at('binlog.000009', 900), at('binlog.000009', 900))).toBe(false);
  expect(isBefore(at('binlog.000009', 4), at('binlog.000009', 5))).toBe(true);
});

it('finds no order between two logs', () => {
  expect(comparePlaces(at('a.000001', 4), at('b.000002', 4))).toBeUndefined();
  expect(comparePlaces(at('a', 4), at('b', 4))).toBeUndefined();
});

it('shows a place as file and position', () => {
  expect(placeText(at('binlog.000009', 4))).toBe('binlog.000009:4');
});
