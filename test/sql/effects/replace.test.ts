import { describe, expect, it } from 'vitest';
import { effectsOf } from '../read-as.js';

describe('CREATE OR REPLACE inside a block', () => {
  it.each([
    ['BEGIN NOT ATOMIC CREATE OR REPLACE TABLE t (a INT); END', 'replace-table app.t'],
    ['IF 1 THEN CREATE OR REPLACE DATABASE x; END IF', 'drop-database x'],
    ['CREATE PROCEDURE p() CREATE OR REPLACE TABLE t (a INT)', 'later:replace-table app.t'],
    [
      "BEGIN NOT ATOMIC CREATE OR REPLACE DEFINER='a'@'b' TRIGGER r AFTER INSERT ON t FOR EACH ROW SET @a = 1; END",
      'drop-routine app.r',
    ],
  ])('finds the effect of %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
  });

  it.each([
    'BEGIN NOT ATOMIC CREATE TABLE t (a INT); END',
    'BEGIN NOT ATOMIC CREATE OR REPLACE VIEW v AS SELECT 1; END',
    'BEGIN NOT ATOMIC CREATE OR REPLACE TEMPORARY TABLE t (a INT); END',
  ])('finds nothing in %s', (sql) => {
    expect(effectsOf(sql)).toBe('');
  });
});
