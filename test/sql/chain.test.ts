import { describe, expect, it } from 'vitest';
import { readText } from '../../src/sql/statement-facts.js';
import { KNOWN, MYSQL9, onLine } from './read-as.js';

const read = (sql: string) => readText(Buffer.from(sql, 'latin1'), onLine(MYSQL9));

describe('a text that changes its own reading', () => {
  it.each([
    ['SET sql_mode=\'ANSI_QUOTES\'; DROP TABLE "t"', 'ANSI_QUOTES on from byte 27'],
    [
      "SET NAMES gbk; SELECT '\xb3\\'; DROP TABLE t; -- '",
      'character_set_client like gbk from byte 14',
    ],
  ])('is told to do so: %s', (sql, change) => {
    expect(read(sql).ambiguity).toBe(`it changes its own reading: ${change}`);
  });

  it('names no more changes than people read', () => {
    const sql = "SET NAMES gbk; SELECT '\xb3\\'; SET NAMES utf8; ".repeat(9);
    expect(read(`${sql}DROP TABLE t`).ambiguity).toMatch(/(from byte \d+.*){4} and more$/);
  });

  it('is told nothing when nothing changes', () => {
    expect(read("SET sql_mode=''; DROP TABLE t").ambiguity).toBeUndefined();
    expect(readText(Buffer.from('CALL p(); DROP TABLE t'), KNOWN).statements).toHaveLength(2);
  });
});
