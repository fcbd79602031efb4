import { describe, expect, it } from 'vitest';
import { hasGuardWord } from '../../src/sql/guard-words.js';

describe('guard words', () => {
  it.each([
    'drop table t',
    'DROP',
    '/*!50000DROP*/',
    '\\NDROP',
    '1e5drop',
    'a.drop',
    'drop\xa0table',
    '\xa0call p',
    '`sql_log_bin`',
    'x;TRUNCATE',
    'SET wsrep_on=0',
    'USE a',
    'or/**/replace',
  ])('are seen in %s', (sql) => {
    expect(hasGuardWord(Buffer.from(sql, 'latin1'))).toBe(true);
  });

  it.each([
    'SELECT c FROM sbtest1 WHERE id=1',
    'INSERT INTO t(drop_date, dropped) VALUES (1, 2)',
    'UPDATE t SET a = backdrop, recall = 1 WHERE id = 2',
    'SELECT caller, user FROM t',
    '/*!40101 SET NAMES utf8mb4 */',
    'LOCK TABLES `t` WRITE',
    'dr/**/op',
    '',
  ])('are not in %s', (sql) => {
    expect(hasGuardWord(Buffer.from(sql))).toBe(false);
  });
});
