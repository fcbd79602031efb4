import { describe, expect, it } from 'vitest';
import { effectsOf } from '../read-as.js';

describe('what only MariaDB runs', () => {
  it.each([
    ['DROP SEQUENCE s', 'drop-table app.s'],
    ['BEGIN NOT ATOMIC DROP TABLE t; END', 'drop-table app.t'],
    ['IF 1 THEN DROP TABLE t; END IF', 'drop-table app.t'],
    ['IF 1.THEN DROP TABLE t; END IF', 'drop-table app.t'],
    ['a: LOOP DROP TABLE t; LEAVE a; END LOOP', 'drop-table app.t'],
    ['FOR i IN 1..2 DO DROP TABLE t; END FOR', 'drop-table app.t'],
    ['SET STATEMENT max_statement_time=1 FOR DROP TABLE t', 'drop-table app.t'],
    ['SET STATEMENT a=(SELECT 1 FOR UPDATE) FOR DROP TABLE t', 'drop-table app.t'],
    ["EXECUTE IMMEDIATE 'DROP TABLE t'", 'drop-table app.t'],
    ["EXECUTE IMMEDIATE CONCAT('DROP', ' TABLE t')", 'run-opaque'],
    ["PREPARE s FROM CONCAT('a')", 'run-opaque'],
    ["PREPARE s FROM 'SELECT 1' 'x'", 'run-opaque'],
    ['DECLARE a INT; BEGIN DROP TABLE t; END', 'drop-table app.t'],
    ['<<a>> LOOP DROP TABLE t; END LOOP', 'drop-table app.t'],
    ['BEGIN p(1); END', 'run-opaque app.p'],
    ['BEGIN SELECT 1; a.p; END', 'run-opaque a.p'],
    ['BEGIN NOT ATOMIC `p`(1); END', 'run-opaque app.p'],
    [
      'DECLARE x INT := 1; BEGIN x := 2; IF x THEN p; END IF; EXCEPTION WHEN OTHERS THEN NULL; END',
      'run-opaque app.p',
    ],
    ['BEGIN NOT ATOMIC SELECT IF(1 > f(2), 3, 4), CASE 1 WHEN 1 THEN f(2) ELSE g(3) END; END', ''],
    ['CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO p', 'later:run-opaque app.p'],
    ['CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO a.p(1);', 'later:run-opaque a.p'],
    ['CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW p', 'later:run-opaque app.p'],
    ['CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW FOLLOWS y `p`', 'later:run-opaque app.p'],
    ['CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW PRECEDES `y` p()', 'later:run-opaque app.p'],
    ['CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW FOLLOWS y SET NEW.a = f(1)', ''],
    ['CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW IF (1) THEN SET @a = 1; END IF', ''],
    ['CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT f(1)', ''],
    ['CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO COMMIT', ''],
    ['CREATE OR REPLACE TABLE t (a INT)', 'replace-table app.t'],
    ['CREATE OR REPLACE DATABASE app', 'drop-database app'],
    [
      'CREATE PACKAGE BODY p AS PROCEDURE q AS BEGIN DROP TABLE t; END; END',
      'later:drop-table app.t',
    ],
  ])('reads %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
  });
});

describe('a block without end', () => {
  it.each([
    ['BEGIN NOT ATOMIC SELECT 1; ', 'SELECT a; ', 60_000],
    ['CREATE PROCEDURE p() ', 'begin ', 1_100_000],
    ['CREATE PROCEDURE p() BEGIN IF ', 'if(', 1_100_000],
  ])('is unreadable, and so is what stands behind it: %s', (head, unit, times) => {
    const found = effectsOf(`${head}${unit.repeat(times)}; DROP TABLE t`);
    expect(found).toMatch(/(^|; )unreadable/);
  });

  it('is none at the size that people write', () => {
    const body = "SELECT a, b FROM t WHERE c = 5; INSERT INTO t VALUES (1, NULL, 'x'); ".repeat(
      10_000,
    );
    expect(effectsOf(`CREATE PROCEDURE p() BEGIN ${body} END`)).toBe('');
  });
});

describe('the end of a body', () => {
  const behind = "SET sql_mode='NO_BACKSLASH_ESCAPES'; SELECT '\\'; DROP TABLE t; -- '";

  it.each([
    'CREATE PROCEDURE p() a: BEGIN SELECT 1 > if(1, 1, 1); END',
    'CREATE PROCEDURE p() a: BEGIN SELECT 1 >> if(1, 1, 1); END',
    'CREATE PROCEDURE p() a: BEGIN SELECT 1 << 2 >> if(1, 1, 1); END',
    'CREATE PROCEDURE p() a: BEGIN SELECT begin << 2 >> if(1, 1, 1) FROM x; END',
    'CREATE PROCEDURE p() a: BEGIN SELECT begin < (1 >> if(1, 1, 1)) FROM x; END',
    "CREATE PROCEDURE p() a: BEGIN SELECT 1 > repeat('a', 2); END",
    'CREATE PROCEDURE p() a: BEGIN SELECT 1 > CASE WHEN 1 THEN if(1, 1, 1) ELSE 1 END; END',
    'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN SELECT 1 > if(1, 1, 1); END',
  ])('is seen, and what changes the reading behind it counts: %s', (body) => {
    expect(effectsOf(`${body}; ${behind}`)).toContain('drop-table app.t');
  });

  it('comes behind the block that an ORACLE mode label names', () => {
    const block =
      'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN <<a>> LOOP DROP TABLE u; END LOOP; END';
    expect(effectsOf(block)).toBe('later:drop-table app.u');
  });
});
