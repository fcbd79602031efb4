import { describe, expect, it } from 'vitest';
import { readTextResultset } from '../../../src/wire/packets/text-resultset.js';
import {
  bytes,
  COMMON,
  definition,
  errPayload,
  lenenc,
  okPayload,
  packet,
  packets,
  resultSet,
} from '../../support/packets.js';

const NEW = { common: COMMON, mariadb: 0 };
const OLD = { common: COMMON & ~0x01000000, mariadb: 0 };
const CACHING = { common: COMMON, mariadb: 0x10 };

describe('readTextResultset', () => {
  it('gives the rows of a result set, with EOF packets and without', () => {
    const rows = [
      ['1', null, ''],
      ['x'.repeat(300), '2', '3'],
    ];
    for (const [capabilities, deprecateEof] of [
      [NEW, true],
      [OLD, false],
    ] as const) {
      const read = readTextResultset(resultSet(rows, { deprecateEof }), capabilities);
      expect(read).toEqual({
        kind: 'rows',
        rows: rows.map((row) => row.map((value) => (value === null ? null : Buffer.from(value)))),
      });
    }
    expect(readTextResultset(resultSet([], { columns: 2 }), NEW)).toEqual({
      kind: 'rows',
      rows: [],
    });
  });

  it('counts on the definitions that MariaDB says it sends', () => {
    const end = [bytes(1, '1'), okPayload(2, 0xfe)];
    const whole = packets(1, bytes(lenenc(1), 1), definition('a'), ...end);
    const left = packets(1, bytes(lenenc(1), 0), ...end);
    for (const response of [whole, left]) {
      expect(readTextResultset(response, CACHING)).toEqual({
        kind: 'rows',
        rows: [[Buffer.from('1')]],
      });
    }
  });

  it('gives the error, before rows or among them', () => {
    expect(readTextResultset(packet(1, errPayload(1820)), NEW)).toEqual({
      kind: 'error',
      errorCode: 1820,
    });
    const late = packets(1, lenenc(1), definition('a'), bytes(1, '1'), errPayload(1317));
    expect(readTextResultset(late, NEW)).toEqual({ kind: 'error', errorCode: 1317 });
  });

  it('throws on anything else, cut at any place', () => {
    const response = resultSet([['1', '2']]);
    for (let end = 0; end < response.length; end += 1) {
      expect(() => readTextResultset(response.subarray(0, end), NEW), `${end}`).toThrow();
    }
    expect(() => readTextResultset(packet(1, okPayload()), NEW)).toThrow();
    expect(() => readTextResultset(packet(1, bytes(0xfb, 'file')), NEW)).toThrow();
    const odd = packets(1, lenenc(1), definition('a'), bytes(1, '1', 1, '2'), okPayload(2, 0xfe));
    expect(() => readTextResultset(odd, NEW)).toThrow();
  });
});
