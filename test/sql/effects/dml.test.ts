import { describe, expect, it } from 'vitest';
import { effectsOf, KNOWN, MYSQL9, onLine } from '../read-as.js';

describe('DELETE, UPDATE and LOAD', () => {
  it.each([
    ['DELETE FROM t', 'delete-unbounded app.t'],
    ['DELETE FROM t;', 'delete-unbounded app.t'],
    ['DELETE FROM .t', 'delete-unbounded app.t'],
    ['UPDATE .t SET a = 1', 'update-unbounded app.t'],
    ['DELETE .t FROM t', 'delete-unbounded app.t'],
    ['DELETE LOW_PRIORITY QUICK IGNORE FROM a.b', 'delete-unbounded a.b'],
    ['DELETE FROM t LIMIT 5', 'delete-unbounded app.t'],
    ['DELETE FROM t ORDER BY id LIMIT 5', 'delete-unbounded app.t'],
    ['DELETE FROM t PARTITION (p0)', 'delete-unbounded app.t'],
    ['DELETE FROM t -- WHERE id = 5', 'delete-unbounded app.t'],
    ['DELETE FROM t /* WHERE id = 5 */', 'delete-unbounded app.t'],
    ['DELETE FROM t /*!99999 WHERE id = 5 */', 'delete-unbounded app.t'],
    ['DELETE FROM t WHERE 1=1', 'delete-unbounded app.t'],
    ['DELETE FROM t AS x WHERE x.id = x.id', 'delete-unbounded app.t'],
    ['DELETE x FROM a.t AS x', 'delete-unbounded a.t'],
    ['DELETE x, y.* FROM a x JOIN b y ON x.id = y.id', 'delete-unbounded app.a, app.b'],
    ['DELETE x FROM (a AS x, b)', 'delete-unbounded app.a'],
    ['DELETE FROM a USING a JOIN b USING (id)', 'delete-unbounded app.a'],
    ['DELETE a FROM a, (SELECT 1 FROM z WHERE q = 5) d', 'delete-unbounded app.a'],
    ['UPDATE t SET a = 1', 'update-unbounded app.t'],
    ['UPDATE IGNORE a.t x SET x.a = 1 WHERE 1', 'update-unbounded a.t'],
    ['UPDATE a, b SET a.x = b.x', 'update-unbounded app.a, app.b'],
    ['UPDATE t SET a = (SELECT 1 FROM b WHERE c = 5)', 'update-unbounded app.t'],
    ['UPDATE t SET a = 1 LIMIT 1', 'update-unbounded app.t'],
    ["LOAD DATA INFILE 'f' REPLACE INTO TABLE t", 'replace-table app.t'],
    ["LOAD DATA LOCAL INFILE 'f' REPLACE INTO TABLE a.t (b)", 'replace-table a.t'],
    ["LOAD XML CONCURRENT INFILE 'f' REPLACE INTO TABLE t", 'replace-table app.t'],
    ['BEGIN NOT ATOMIC DELETE FROM t; END', 'delete-unbounded app.t'],
    ['IF 1 THEN UPDATE t SET a = 1; END IF', 'update-unbounded app.t'],
    ['ANALYZE DELETE FROM t', 'delete-unbounded app.t'],
    ['SET STATEMENT max_statement_time=1 FOR DELETE FROM t', 'delete-unbounded app.t'],
    ['CREATE PROCEDURE p() DELETE FROM t', 'later:delete-unbounded app.t'],
    ["PREPARE s FROM 'DELETE FROM t'", 'delete-unbounded app.t'],
    ['CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t', 'later:delete-unbounded app.t'],
    [
      'CREATE TRIGGER r AFTER DELETE ON t FOR EACH ROW DELETE FROM u',
      'later:delete-unbounded app.u',
    ],
  ])('finds the effect of %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
  });

  it.each([
    ['WITH x AS (SELECT 1 WHERE 5 = 5) DELETE FROM t', 'delete-unbounded app.t'],
    [
      'WITH RECURSIVE x AS (SELECT 1), y AS (SELECT 2) UPDATE t SET a = 1',
      'update-unbounded app.t',
    ],
    ['WITH x AS (SELECT 1) DELETE FROM t WHERE id IN (SELECT * FROM x)', ''],
    ['WITH x AS (SELECT 1) SELECT * FROM x FOR UPDATE', ''],
    ['EXPLAIN ANALYZE DELETE FROM t', 'delete-unbounded app.t'],
    ['EXPLAIN FORMAT=TREE DELETE FROM t', ''],
  ])('reads what only newer servers take: %s', (sql, expected) => {
    expect(effectsOf(sql, onLine(MYSQL9))).toBe(expected);
  });

  it.each([
    'DELETE FROM t WHERE id = 5',
    'DELETE FROM t WHERE id = 5 ORDER BY id LIMIT 1',
    'DELETE t FROM t JOIN b ON t.id = b.id WHERE b.x = 5',
    'DELETE FROM t USING t, b WHERE t.id = b.id',
    'UPDATE t SET a = 1 WHERE id = 5',
    'UPDATE t SET a = (SELECT 1), b = 2 WHERE id = 5',
    'UPDATE a JOIN b ON a.id = b.id SET a.x = 1 WHERE b.y = 2',
    'EXPLAIN DELETE FROM t',
    'EXPLAIN UPDATE t SET a = 1',
    'SELECT * FROM t FOR UPDATE',
    'INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1',
    'CREATE TABLE t (a INT REFERENCES b (c) ON DELETE CASCADE ON UPDATE SET NULL)',
    'CREATE TABLE t (a TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)',
    'CREATE TRIGGER r AFTER DELETE ON t FOR EACH ROW SET @a = 1',
    'CREATE PROCEDURE p() INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1',
    'CREATE PROCEDURE p() BEGIN SELECT a FROM t FOR UPDATE; SET @a = 1; END',
    "GRANT DELETE, UPDATE ON a.* TO 'x'",
    "LOAD DATA INFILE 'f' INTO TABLE t",
    "LOAD DATA INFILE 'f' IGNORE INTO TABLE t SET a = REPLACE(b, 1, 2)",
    'REPLACE INTO t VALUES (1)',
  ])('finds nothing in %s', (sql) => {
    expect(effectsOf(sql, KNOWN)).toBe('');
  });

  it.each(['DELETE', 'UPDATE'])('cannot read a %s of more tables than any server takes', (verb) => {
    const list = 't,'.repeat(1_000);
    expect(effectsOf(`${verb} ${list}t`)).toMatch(/^unreadable/);
    expect(effectsOf(`DELETE t FROM ${'t,'.repeat(60)}t WHERE t.id = 5`)).toBe('');
  });
});
