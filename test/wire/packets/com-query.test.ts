import { describe, expect, it } from 'vitest';
import { readComQueryText } from '../../../src/wire/packets/com-query.js';
import { bytes, int, text } from '../../support/packets.js';

const plain = { common: 0, mariadb: 0 };
const attributed = { common: 0x08000000, mariadb: 0 };
const SQL = 'SELECT 1';
const read = (payload: Buffer): string => readComQueryText(payload, attributed).toString();

const values: readonly (readonly [string, number, Buffer])[] = [
  ['TINY', 1, Buffer.alloc(1)],
  ['SHORT', 2, Buffer.alloc(2)],
  ['LONG', 3, Buffer.alloc(4)],
  ['FLOAT', 4, Buffer.alloc(4)],
  ['DOUBLE', 5, Buffer.alloc(8)],
  ['DATETIME', 12, bytes(4, 1, 2, 3, 4)],
  ['TIME', 11, bytes(0)],
  ['LONGLONG, unsigned', 8 | 0x8000, Buffer.alloc(8)],
  ['STRING', 0xfe, text('x'.repeat(300))],
  ['JSON', 0xf5, text('{}')],
];

describe('COM_QUERY', () => {
  it('is all text without query attributes', () => {
    expect(readComQueryText(bytes(3, SQL), plain).toString()).toBe(SQL);
  });

  it('has its text behind two counts when there are no attributes', () => {
    expect(read(bytes(3, 0, 1, SQL))).toBe(SQL);
  });

  it.each(values)('finds its text behind an attribute of type %s', (_name, type, value) => {
    expect(read(bytes(3, 1, 1, 0, 1, int(type, 2), text('a'), value, SQL))).toBe(SQL);
  });

  it('finds its text behind a NULL of a type that it would not read', () => {
    expect(read(bytes(3, 1, 1, 1, 1, int(0x06, 2), text('a'), SQL))).toBe(SQL);
  });

  it('finds its text behind many attributes, some of them NULL', () => {
    const types = Array.from({ length: 9 }, () => bytes(int(0xfe, 2), text('')));
    const nulls = bytes(0b11111110, 0b1);
    expect(read(bytes(3, 9, 1, nulls, 1, ...types, text('only'), SQL))).toBe(SQL);
  });

  it.each([
    ['two sets', bytes(3, 1, 2, 0, 1, int(1, 2), text(''), 0, SQL)],
    ['no types', bytes(3, 1, 1, 0, 0, SQL)],
    ['an unknown type', bytes(3, 1, 1, 0, 1, int(0x20, 2), text(''), SQL)],
    // The server takes these for strings, whatever the documents say of their length.
    ['YEAR', bytes(3, 1, 1, 0, 1, int(0x0d, 2), text(''), text('SELECT '), SQL)],
    ['INT24', bytes(3, 1, 1, 0, 1, int(0x09, 2), text(''), text('SELECT '), SQL)],
    ['NULL that is not null', bytes(3, 1, 1, 0, 1, int(0x06, 2), text(''), text(''), SQL)],
    [
      'SHORT in the lower half of its type',
      bytes(3, 1, 1, 0, 1, int(0x102, 2), text(''), 1, 1, SQL),
    ],
    ['more attributes than bytes', bytes(3, 0xfe, int(2 ** 40, 8), 1, SQL)],
    ['no counts', bytes(3)],
  ])('is malformed with %s', (_name, payload) => {
    expect(() => read(payload)).toThrow(expect.objectContaining({ code: 'MALFORMED_PACKET' }));
  });
});
