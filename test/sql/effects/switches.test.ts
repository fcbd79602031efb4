import { describe, expect, it } from 'vitest';
import { effectsOf } from '../read-as.js';

describe('SET that changes how the rest is read', () => {
  it.each([
    ["SET NAMES gbk; SELECT '\xb3\\'; DROP TABLE t; -- '", 'drop-table app.t'],
    ["SET NAMES 'gbk' COLLATE gbk_bin; SELECT '\xb3\\'; DROP TABLE t; -- '", 'drop-table app.t'],
    ["SET character_set_client = sjis; SELECT '\x83\\'; DROP TABLE t; -- '", 'drop-table app.t'],
    [
      "SET GLOBAL sql_mode='NO_BACKSLASH_ESCAPES'; SELECT '\\'; DROP TABLE t; -- '",
      'drop-table app.t',
    ],
    ["SET sql_mode='ANSI'; SELECT \"'\"; DROP TABLE t; -- '", 'drop-table app.t'],
    ['SET sql_mode=4; SELECT "\'"; DROP TABLE t; -- \'', 'drop-table app.t'],
    [
      "BEGIN NOT ATOMIC SET sql_mode='NO_BACKSLASH_ESCAPES'; END; SELECT '\\'; DROP TABLE t; -- '",
      'drop-table app.t',
    ],
  ])('finds the effect of %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
  });

  it.each([
    "SET NAMES utf8mb4; SELECT '\xb3\\'; DROP TABLE t; -- '",
    "SET sql_mode='STRICT_ALL_TABLES'; SELECT '\\'; DROP TABLE t; -- '",
    "SET character_set_results=gbk; SELECT '\xb3\\'; DROP TABLE t; -- '",
  ])('finds nothing in %s', (sql) => {
    expect(effectsOf(sql)).toBe('');
  });
});
