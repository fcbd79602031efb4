import { describe, expect, it } from 'vitest';
import { HARMLESS, readText } from '../../src/sql/statement-facts.js';
import { effectsOf, KNOWN, MARIADB, MYSQL9, MYSQL56, onLine } from './read-as.js';

const lines = { MARIADB, MYSQL9, MYSQL56 };

/** What every supported server does with these, whatever its line. */
const everywhere: readonly (readonly [string, string])[] = [
  ['DROP TABLE t', 'drop-table app.t'],
  ['drop table if exists `a`.`b``c`, d', 'drop-table a.b`c, app.d'],
  ['DROP TABLES x', 'drop-table app.x'],
  ['DROP TABLE .t', 'drop-table app.t'],
  ['DROP TABLE a . b', 'drop-table a.b'],
  ['DROP DATABASE IF EXISTS app', 'drop-database app'],
  ['DROP SCHEMA `x y`', 'drop-database x y'],
  ['TRUNCATE t', 'truncate-table app.t'],
  ['TRUNCATE TABLE a.b;', 'truncate-table a.b'],
  ['/* c */ DROP -- x\n TABLE # y\n t', 'drop-table app.t'],
  ['DROP/**/TABLE/**/t', 'drop-table app.t'],
  ['/*! DROP TABLE t */', 'drop-table app.t'],
  ['DROP /*! TABLE */ t', 'drop-table app.t'],
  ['/*!50001 DROP TABLE t */', 'drop-table app.t'],
  ['/*!50001DROP TABLE t*/', 'drop-table app.t'],
  ['/*!50001 DROP /* inner */ TABLE t */', 'drop-table app.t'],
  ['/*!99999 /* inner */ DROP TABLE t */ SELECT 1', ''],
  ['SELECT 1; DROP TABLE t', 'drop-table app.t'],
  ['SELECT 1 1.e; DROP TABLE t', 'drop-table app.t'],
  ['SELECT 1 --x\n; DROP TABLE t', 'drop-table app.t'],
  ["SELECT 'a'';'; DROP TABLE t", 'drop-table app.t'],
  ["SELECT '\\'; DROP TABLE t; -- '", ''],
  ["SELECT '\\\\'; DROP TABLE t; -- '", 'drop-table app.t'],
  ['SELECT ";"; DROP TABLE t', 'drop-table app.t'],
  ['SELECT `;`; DROP TABLE t', 'drop-table app.t'],
  ['SELECT `\\`; DROP TABLE t; -- `', 'drop-table app.t'],
  ['SELECT @`a;b`; DROP TABLE t', 'drop-table app.t'],
  ['USE x; DROP TABLE t', 'drop-table x.t'],
  ["PREPARE s FROM 'DROP TABLE t'", 'drop-table app.t'],
  ["PREPARE s FROM 'DR\\OP TABLE t'", 'drop-table app.t'],
  ["PREPARE s FROM 'DROP TABLE ''t'", 'drop-table'],
  ['PREPARE s FROM @v', 'run-opaque'],
  ['EXECUTE s', 'run-opaque s'],
  ['EXECUTE s USING @a', 'run-opaque s'],
  ['CALL p', 'run-opaque app.p'],
  [
    "CALL sys.execute_prepared_stmt(concat('DR','OP TABLE t'))",
    'run-opaque sys.execute_prepared_stmt',
  ],
  ['CREATE PROCEDURE p() DROP TABLE t', 'later:drop-table app.t'],
  ['CREATE PROCEDURE p() DROP TABLE t; DROP TABLE u', 'drop-table app.u; later:drop-table app.t'],
  [
    'CREATE PROCEDURE p() BEGIN IF 1 THEN DROP TABLE t; END IF; END; DROP TABLE u',
    'drop-table app.u; later:drop-table app.t',
  ],
  [
    'CREATE PROCEDURE p() BEGIN SELECT CASE 1 WHEN 1 THEN 2 ELSE 3 END; END; DROP TABLE u',
    'drop-table app.u',
  ],
  ['CREATE DEFINER=`event`@`%` PROCEDURE p() CALL q()', 'later:run-opaque app.q'],
  [
    'CREATE DEFINER=CURRENT_USER() EVENT e ON SCHEDULE EVERY 1 DAY DO TRUNCATE t',
    'later:truncate-table app.t',
  ],
  ['ALTER EVENT e DO DROP TABLE t', 'later:drop-table app.t'],
  ["SET GLOBAL init_connect='DROP TABLE t'", 'later:drop-table t'],
  ["SET GLOBAL init_connect=concat('DROP')", 'later:run-opaque'],
  ['FROB THE DROP TABLE t', 'unreadable app.t'],
];

/** Look-alikes: every one is harmless on every line. */
const harmless: readonly string[] = [
  'SELECT 1',
  "SELECT 'drop table t'",
  "INSERT INTO t VALUES ('; DROP TABLE t; --')",
  'INSERT INTO t(drop_date, `drop`) VALUES (1, 2)',
  '-- DROP TABLE t',
  '# DROP TABLE t',
  '/* DROP TABLE t */ SELECT 1',
  'SELECT truncate(1.5, 1)',
  'SELECT 1 AS `call`',
  'CREATE TABLE x (`call` INT)',
  'CREATE TABLE x (execute INT, prepare INT)',
  'SELECT a.drop, b . `call` FROM a',
  'DROP TEMPORARY TABLE t',
  'DROP TEMPORARY TABLE IF EXISTS t, u',
  'DROP PREPARE s',
  'DEALLOCATE PREPARE s',
  "GRANT DROP, EXECUTE ON *.* TO 'x'@'%'",
  'REVOKE EXECUTE ON PROCEDURE a.p FROM x',
  'SHOW CREATE TABLE t',
  'EXPLAIN SELECT 1',
  'HANDLER t OPEN',
  'BEGIN',
  'BEGIN WORK',
  '/*!40101 SET NAMES utf8mb4 */',
  '/*!40000 ALTER TABLE `t` DISABLE KEYS */',
  'LOCK TABLES `t` WRITE',
  '',
  ';',
];

describe.each(Object.entries(lines))('on %s', (_name, dialect) => {
  it.each(everywhere)('reads %s', (sql, expected) => {
    expect(effectsOf(sql, onLine(dialect))).toBe(expected);
  });

  it.each(harmless)('finds nothing in %s', (sql) => {
    expect(effectsOf(sql, onLine(dialect))).toBe('');
  });
});

describe('the rest of the facts', () => {
  it('shares one object between harmless texts', () => {
    expect(readText(Buffer.from('SELECT 1 FROM t'), KNOWN)).toBe(HARMLESS);
  });

  it('says where the default schema went', () => {
    expect(readText(Buffer.from('USE `other`'), KNOWN).movesTo).toEqual({ schema: 'other' });
    expect(readText(Buffer.from('CALL p()'), KNOWN).movesTo).toBe('unknown');
    expect(readText(Buffer.from('DROP DATABASE app'), KNOWN).movesTo).toBe('unknown');
    expect(readText(Buffer.from('DROP TABLE t'), KNOWN).movesTo).toBeUndefined();
  });

  it('leaves the schema out where it is not known', () => {
    const { database: _unknown, ...context } = KNOWN;
    expect(effectsOf('DROP TABLE t', context)).toBe('drop-table t');
  });

  it('gives the split of the first reading', () => {
    const facts = readText(Buffer.from('SELECT 1; DROP TABLE t'), KNOWN);
    expect(facts.statements).toEqual([
      { start: 0, end: 8 },
      { start: 10, end: 22 },
    ]);
  });

  it('gives the whole split of the most dangerous reading, and why it is one', () => {
    const sql = "SET sql_mode='NO_BACKSLASH_ESCAPES'; SELECT '\\'; DROP TABLE app.t; -- '";
    const facts = readText(Buffer.from(sql), KNOWN);
    expect(facts.statements.map(({ start, end }) => sql.slice(start, end))).toEqual([
      "SET sql_mode='NO_BACKSLASH_ESCAPES'",
      "SELECT '\\'",
      'DROP TABLE app.t',
    ]);
    expect(facts.ambiguity).toBe(
      'it changes its own reading: NO_BACKSLASH_ESCAPES on from byte 36',
    );
  });

  it('says what a split hangs on', () => {
    const sql = "SELECT '\\'; DROP TABLE app.t; -- '";
    const { sqlMode: _unknown, ...context } = KNOWN;
    const facts = readText(Buffer.from(sql), context);
    expect(facts.statements).toHaveLength(2);
    expect(facts.ambiguity).toBe('what it does hangs on NO_BACKSLASH_ESCAPES in sql_mode');
  });

  it.each([
    "SELECT 'a; DROP TABLE t",
    'SELECT `a; DROP TABLE t',
    '/* DROP TABLE t',
    "x'1; DROP TABLE t",
  ])('calls %s unreadable, since something guarded could hide in it', (sql) => {
    expect(effectsOf(sql)).toContain('unreadable');
  });

  it('is unreadable when a hint holds a quote that may hide its end', () => {
    expect(effectsOf("SELECT /*+ QB_NAME(`*/ '`) */; DROP TABLE t; -- '", onLine(MYSQL9))).toBe(
      'unreadable',
    );
  });
});
