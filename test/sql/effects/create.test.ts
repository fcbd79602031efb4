import { describe, expect, it } from 'vitest';
import { effectsOf, MYSQL9, onLine } from '../read-as.js';

describe('CREATE and ALTER', () => {
  it.each([
    ['CREATE FUNCTION f() RETURNS INT BEGIN CALL p(); RETURN 1; END', 'later:run-opaque app.p'],
    ['CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW CALL p()', 'later:run-opaque app.p'],
    [
      "CREATE OR REPLACE DEFINER='a'@'b' PROCEDURE p() DROP TABLE t",
      'drop-routine app.p; later:drop-table app.t',
    ],
    [
      'CREATE OR REPLACE TRIGGER a.r BEFORE INSERT ON t FOR EACH ROW SET @a = 1',
      'drop-routine a.r',
    ],
    ['CREATE OR REPLACE AGGREGATE FUNCTION f() RETURNS INT RETURN 1', 'drop-routine app.f'],
    ['CREATE OR REPLACE PACKAGE BODY k AS END', 'drop-routine app.k'],
    ["CREATE OR REPLACE USER 'u'@'h'", 'drop-user u'],
    ['CREATE OR REPLACE ROLE r', 'drop-user r'],
    ['CREATE OR REPLACE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 1)', 'drop-tablespace s'],
    ['CREATE OR REPLACE UNIQUE INDEX i ON a.t (b)', 'drop-index a.t'],
    [
      'CREATE DEFINER=`procedure`@localhost EVENT e ON SCHEDULE EVERY 1 DAY DO DROP TABLE t',
      'later:drop-table app.t',
    ],
    ['CREATE OR REPLACE SEQUENCE s', 'replace-table app.s'],
    ['CREATE OR REPLACE SCHEMA x', 'drop-database x'],
    ['ALTER DEFINER=a EVENT e DO DROP TABLE t', 'later:drop-table app.t'],
  ])('finds the effect of %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
  });

  it.each([
    'CREATE TABLE t (a INT)',
    'CREATE OR REPLACE VIEW v AS SELECT 1',
    'CREATE OR REPLACE TEMPORARY TABLE t (a INT)',
    'CREATE TABLE `procedure` (a INT)',
    'CREATE PROCEDURE p() SELECT 1',
    "CREATE PROCEDURE p() COMMENT 'drop table t' SELECT 'drop table t'",
    'CREATE PROCEDURE replace() SELECT 1',
  ])('finds nothing in %s', (sql) => {
    expect(effectsOf(sql)).toBe('');
  });
});

describe('a routine in a language other than SQL', () => {
  // MySQL 9.7 takes a body in quotes as well as in dollars (measured).
  it.each([
    'CREATE FUNCTION f() RETURNS INT LANGUAGE JAVASCRIPT AS $$ x $$',
    "CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC LANGUAGE/**/JAVASCRIPT AS 'x'",
    "CREATE PROCEDURE `begin`(`begin` INT) LANGUAGE javascript USING (l1) AS 'x'",
    'CREATE LIBRARY l LANGUAGE JAVASCRIPT AS $a$ begin $a$',
  ])('may run anything: %s', (sql) => {
    expect(effectsOf(sql, onLine(MYSQL9))).toBe('later:run-opaque');
  });

  it.each([
    'CREATE FUNCTION language() RETURNS INT LANGUAGE SQL RETURN 1',
    'CREATE PROCEDURE p(language INT) BEGIN SELECT language FROM t; END',
    'CREATE PROCEDURE p() SELECT `language`, language x, "$" FROM t',
    "INSERT INTO t VALUES ('language of $5')",
  ])('is not %s', (sql) => {
    expect(effectsOf(sql, onLine(MYSQL9))).toBe('');
  });
});
