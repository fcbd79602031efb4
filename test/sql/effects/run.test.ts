import { describe, expect, it } from 'vitest';
import { effectsOf } from '../read-as.js';

describe('code that runs code', () => {
  it.each([
    ['PREPARE s FROM @v', 'run-opaque'],
    ["PREPARE s FROM 'TRUNCATE t'", 'truncate-table app.t'],
    ["PREPARE s FROM 'CALL p()'", 'run-opaque app.p'],
    ['EXECUTE s USING @a, @b', 'run-opaque s'],
    ["EXECUTE IMMEDIATE 'DROP TABLE t' USING 1", 'drop-table app.t'],
    ["EXECUTE IMMEDIATE 'EXECUTE IMMEDIATE ''DROP TABLE t'''", 'drop-table app.t'],
    ["PREPARE s FROM 'DROP TABLE' ' t'", 'run-opaque'],
    ["PREPARE s FROM 'DROP TABLE t' LIKE 'x'", 'run-opaque'],
    ["USE other; EXECUTE IMMEDIATE 'DROP TABLE t'", 'drop-table other.t'],
    ["USE other; PREPARE s FROM 'TRUNCATE t'", 'truncate-table other.t'],
    [
      "PREPARE s FROM 'DROP TABLE t'; USE other; PREPARE s FROM 'DROP TABLE t'",
      'drop-table app.t; drop-table other.t',
    ],
    ["CREATE PROCEDURE other.p() PREPARE s FROM 'DROP TABLE t'", 'later:drop-table other.t'],
    ["USE mysql; EXECUTE IMMEDIATE 'INSERT INTO event SELECT 1'", 'later:run-opaque mysql.event'],
    ["USE mysql; PREPARE s FROM 'INSERT INTO \\proc SELECT 1'", 'later:run-opaque mysql.proc'],
    ['CALL a.p(1)', 'run-opaque a.p'],
    ["BINLOG 'abc'", 'run-opaque'],
    ['BINLOG @a, @b', 'run-opaque'],
  ])('finds the effect of %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
  });

  it.each([
    "PREPARE s FROM 'SELECT 1'",
    'DEALLOCATE PREPARE s',
    'DO SLEEP(1)',
    'SHOW BINLOG EVENTS',
    'GRANT EXECUTE ON *.* TO x',
    "EXECUTE IMMEDIATE 'SELECT 1'",
    // Errors to every server (measured).
    "PREPARE s FROM 'DROP TABLE t' AS x",
    'SET sql_mode = ANSI_QUOTES; PREPARE s FROM "DROP TABLE t"',
  ])('finds nothing in %s', (sql) => {
    expect(effectsOf(sql)).toBe('');
  });
});
