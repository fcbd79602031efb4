// Where the header of kept code ends and its body begins, told by where the body then ends.
import { describe, expect, it } from 'vitest';
import { effectsOf } from '../read-as.js';

describe('where the body of kept code ends', () => {
  it.each([
    'CREATE PROCEDURE p() BEGIN DELETE FROM u; DROP TABLE t; END',
    'CREATE PROCEDURE IF NOT EXISTS a.p(IN begin INT, b DECIMAL(10, 2)) BEGIN SELECT 1; DROP TABLE t; END',
    "CREATE PROCEDURE p() COMMENT 'x' LANGUAGE SQL NOT DETERMINISTIC SQL SECURITY INVOKER BEGIN SELECT 1; DROP TABLE t; END",
    'CREATE PROCEDURE comment() READS SQL DATA comment: BEGIN SELECT 1; DROP TABLE t; END',
    'CREATE PROCEDURE begin() MODIFIES SQL DATA IF 1 THEN SELECT 1; DROP TABLE t; END IF',
    'CREATE PROCEDURE p() WHILE 1 DO SELECT 1; DROP TABLE t; END WHILE',
    'CREATE PROCEDURE p() CASE 1 WHEN 1 THEN SELECT 1; DROP TABLE t; END CASE',
    'CREATE PROCEDURE p(a INT) AS BEGIN SELECT 1; DROP TABLE t; END',
    'CREATE FUNCTION f(a INT) RETURNS INT BEGIN DROP TABLE t; RETURN 1; END',
    "CREATE FUNCTION f() RETURNS ENUM('a') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DETERMINISTIC BEGIN SELECT 1; DROP TABLE t; RETURN 1; END",
    'CREATE DEFINER = root@localhost FUNCTION f() RETURNS DOUBLE PRECISION UNSIGNED NO SQL BEGIN SELECT 1; DROP TABLE t; END',
    'CREATE TRIGGER r BEFORE INSERT ON begin FOR EACH ROW BEGIN SELECT 1; DROP TABLE t; END',
    'CREATE TRIGGER a.r AFTER DELETE ON a.u FOR EACH ROW FOLLOWS begin BEGIN SELECT 1; DROP TABLE t; END',
    'CREATE EVENT begin ON SCHEDULE EVERY 1 DAY DO BEGIN SELECT 1; DROP TABLE t; END',
  ])('all of %s is kept', (sql) => {
    expect(effectsOf(sql)).toMatch(/later:drop-table (?:app|a)\.t/);
    const now = `${sql}; DROP TABLE n`;
    expect(
      effectsOf(now)
        .split('; ')
        .filter((each) => !each.startsWith('later:')),
    ).toEqual(['drop-table app.n']);
  });

  it.each([
    'CREATE PROCEDURE begin() SELECT 1',
    'CREATE PROCEDURE p(begin INT) SELECT 1',
    'CREATE PROCEDURE begin.begin(begin INT) SELECT begin',
    'CREATE FUNCTION begin() RETURNS INT CHARSET begin RETURN 1',
    'CREATE TRIGGER begin BEFORE INSERT ON begin FOR EACH ROW SET @a = 1',
    'CREATE TRIGGER r BEFORE INSERT ON u FOR EACH ROW FOLLOWS begin SET @a = 1',
    'CREATE EVENT begin ON SCHEDULE EVERY 1 DAY DO SELECT 1',
  ])('a name opens nothing in %s', (sql) => {
    expect(effectsOf(`${sql}; DROP TABLE n`)).toBe('drop-table app.n');
    // Were it still kept code, the mode would not change, and the rest be a string.
    const switching = `${sql}; SET sql_mode = 'NO_BACKSLASH_ESCAPES'; SELECT '\\'; DROP TABLE n; -- '`;
    expect(effectsOf(switching)).toContain('drop-table app.n');
  });
});
