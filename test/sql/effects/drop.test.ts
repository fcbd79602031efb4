import { describe, expect, it } from 'vitest';
import { effectsOf } from '../read-as.js';

describe('DROP and TRUNCATE', () => {
  it.each([
    ['DROP TABLE a, b.c, `d`', 'drop-table app.a, b.c, app.d'],
    ['DROP TABLE IF EXISTS nowhere CASCADE', 'drop-table app.nowhere'],
    ['DROP SCHEMA x', 'drop-database x'],
    ['DROP VIEW v, w', 'drop-view app.v, app.w'],
    ['DROP VIEW IF EXISTS a.v', 'drop-view a.v'],
    ['DROP INDEX i ON t', 'drop-index app.t'],
    ['DROP INDEX IF EXISTS i ON a.t ALGORITHM=INPLACE', 'drop-index a.t'],
    ['DROP PROCEDURE IF EXISTS p', 'drop-routine app.p'],
    ['DROP FUNCTION a.f', 'drop-routine a.f'],
    ['DROP TRIGGER r', 'drop-routine app.r'],
    ['DROP EVENT e', 'drop-routine app.e'],
    ['DROP PACKAGE BODY k', 'drop-routine app.k'],
    ["DROP USER 'a'@'%', b, c@localhost", 'drop-user a, b, c'],
    ['DROP ROLE r', 'drop-user r'],
    ['DROP TABLESPACE s', 'drop-tablespace s'],
    ['DROP UNDO TABLESPACE s', 'drop-tablespace s'],
    ['DROP LOGFILE GROUP g', 'drop-tablespace g'],
    ['DROP SERVER s', 'drop-tablespace s'],
    ['DROP WHATEVER x', 'unreadable'],
    ['TRUNCATE TABLE a.b', 'truncate-table a.b'],
  ])('finds the effect of %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
  });

  it.each([
    'DROP TEMPORARY TABLE t',
    'DROP TEMPORARY SEQUENCE s',
    'DROP PREPARE s',
    'SELECT TRUNCATE(1,2)',
    'TRUNCATE(1)',
  ])('finds nothing in %s', (sql) => {
    expect(effectsOf(sql)).toBe('');
  });
});
