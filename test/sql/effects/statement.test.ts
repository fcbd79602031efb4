import { describe, expect, it } from 'vitest';
import { effectsOf } from '../read-as.js';

describe('statements by their first word', () => {
  it.each([
    ['BEGIN NOT ATOMIC TRUNCATE t; END', 'truncate-table app.t'],
    ['ANALYZE FORMAT=JSON DROP TABLE t', 'drop-table app.t'],
    ['NONSENSE DROP TABLE t', 'unreadable app.t'],
    ['x: DROP TABLE t', 'drop-table app.t'],
  ])('finds the effect of %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
  });

  it.each([
    'BEGIN; SELECT 1 AS `drop`',
    'EXPLAIN DROP TABLE t',
    'ANALYZE TABLE `drop`',
    'DESCRIBE `drop`',
    'NONSENSE',
    'WITH a AS (SELECT 1) SELECT `call` FROM a',
    '(SELECT 1) UNION (SELECT `drop` FROM t)',
    'VALUES ROW(1)',
    'REPLACE INTO t VALUES (1)',
    'SELECT * FROM t USE INDEX (i)',
    'SELECT REPLACE(a, 1, 2) FROM t',
  ])('finds nothing in %s', (sql) => {
    expect(effectsOf(sql)).toBe('');
  });
});
