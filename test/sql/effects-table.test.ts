// The table of effects that rules match by, row by row: several forms of each on every line whose
// grammar has them. That servers then do it is test/e2e/reading.test.ts's and exactness.test.ts's.
import { describe, expect, it } from 'vitest';
import { EFFECTS, type Effect } from '../../src/sql/effect.js';
import { readText } from '../../src/sql/statement-facts.js';
import { KNOWN, MARIADB, MYSQL9, MYSQL56 } from './read-as.js';

const LINES = { mariadb: MARIADB, 'mysql-9': MYSQL9, 'mysql-5.6': MYSQL56 } as const;
type Line = keyof typeof LINES;
type Forms = Partial<Record<Line | 'all', readonly string[]>>;

const ROWS: Readonly<Record<Effect, Forms>> = {
  'drop-database': {
    all: [
      'DROP DATABASE a',
      'DROP SCHEMA IF EXISTS `a b`',
      'drop/**/database/*!50000 if exists*/a',
    ],
    mariadb: ['CREATE OR REPLACE DATABASE a', 'BEGIN NOT ATOMIC DROP DATABASE a; END'],
  },
  'drop-table': {
    all: [
      'DROP TABLE t',
      'DROP TABLE IF EXISTS a.t, u CASCADE',
      'DROP TABLES t RESTRICT',
      'SELECT 1; DROP TABLE t',
      "PREPARE s FROM 'DROP TABLE t'",
    ],
    mariadb: [
      'DROP SEQUENCE s',
      'SET STATEMENT lock_wait_timeout=1 FOR DROP TABLE t',
      '/*M! DROP TABLE t */',
    ],
    'mysql-9': ['/*!80000 DROP TABLE t */'],
  },
  'truncate-table': { all: ['TRUNCATE t', 'TRUNCATE TABLE a.t', '/*! TRUNCATE*/`t`'] },
  'drop-view': { all: ['DROP VIEW v', 'DROP VIEW IF EXISTS v, a.w'] },
  'drop-index': {
    all: [
      'DROP INDEX i ON t',
      'ALTER TABLE t DROP INDEX i',
      'ALTER TABLE t DROP KEY i, ADD COLUMN b INT',
      'ALTER TABLE t DROP PRIMARY KEY',
    ],
    mariadb: ['CREATE OR REPLACE INDEX i ON t (a)', 'DROP INDEX IF EXISTS i ON t'],
  },
  'drop-partition': {
    all: [
      'ALTER TABLE t DROP PARTITION p',
      'ALTER TABLE t TRUNCATE PARTITION ALL',
      'ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u',
      'ALTER TABLE t REORGANIZE PARTITION p INTO (PARTITION p VALUES IN (1))',
    ],
    mariadb: [
      'ALTER TABLE t CONVERT PARTITION p TO TABLE u',
      'ALTER TABLE t DROP SYSTEM VERSIONING',
    ],
  },
  'drop-column': {
    all: ['ALTER TABLE t DROP a', 'ALTER TABLE a.t ADD b INT, DROP COLUMN c'],
    mariadb: ['ALTER TABLE IF EXISTS t DROP COLUMN IF EXISTS a'],
  },
  'drop-routine': {
    all: ['DROP PROCEDURE p', 'DROP FUNCTION IF EXISTS a.f', 'DROP TRIGGER a.r', 'DROP EVENT e'],
    mariadb: ['DROP PACKAGE BODY k', 'CREATE OR REPLACE PROCEDURE p() SELECT 1'],
  },
  'drop-user': {
    all: ["DROP USER 'u'@'%'", 'DROP USER u, v'],
    mariadb: ['DROP ROLE IF EXISTS r', 'CREATE OR REPLACE USER u'],
    'mysql-9': ['DROP ROLE r'],
  },
  'drop-tablespace': {
    all: ['DROP SERVER s', 'ALTER TABLE t DISCARD TABLESPACE', 'DROP LOGFILE GROUP g ENGINE NDB'],
    'mysql-9': ['DROP TABLESPACE s', 'DROP UNDO TABLESPACE u'],
  },
  'replace-table': {
    all: [
      'ALTER TABLE t ENGINE=BLACKHOLE',
      'ALTER TABLE t IMPORT TABLESPACE',
      "LOAD DATA INFILE 'f' REPLACE INTO TABLE t",
    ],
    mariadb: ['CREATE OR REPLACE TABLE t (a INT)', 'CREATE OR REPLACE SEQUENCE s'],
    'mysql-9': ["CLONE INSTANCE FROM u@h:1 IDENTIFIED BY 'p'", "IMPORT TABLE FROM 'x.sdi'"],
  },
  'rename-table': {
    all: ['RENAME TABLE t TO u, v TO a.w', 'ALTER TABLE t RENAME u', 'ALTER TABLE t RENAME TO a.u'],
  },
  'delete-unbounded': {
    all: [
      'DELETE FROM t',
      'DELETE FROM t LIMIT 5',
      'DELETE QUICK t FROM t JOIN u ON t.a = u.a',
      'DELETE FROM t USING t, u WHERE 1',
      'DELETE FROM t /* WHERE a = 1 */',
    ],
    mariadb: ['ANALYZE DELETE FROM t', 'DELETE HISTORY FROM t'],
    'mysql-9': ['WITH c AS (SELECT 1) DELETE FROM t'],
  },
  'update-unbounded': {
    all: [
      'UPDATE t SET a = 1',
      'UPDATE LOW_PRIORITY t, u SET t.a = 1 WHERE TRUE',
      'UPDATE t SET a = 1 WHERE a = a',
    ],
    mariadb: ['ANALYZE FORMAT=JSON UPDATE t SET a = 1'],
    'mysql-9': ['WITH c AS (SELECT 1) UPDATE t SET a = 1'],
  },
  'destroy-history': {
    all: [
      "PURGE BINARY LOGS TO 'x'",
      'PURGE MASTER LOGS BEFORE NOW()',
      'RESET MASTER',
      "SET GLOBAL binlog_format = 'STATEMENT'",
    ],
    mariadb: [
      "SET GLOBAL gtid_binlog_state = ''",
      'SET GLOBAL expire_logs_days = 1',
      'SET GLOBAL max_binlog_total_size = 1',
    ],
    'mysql-9': [
      'RESET BINARY LOGS AND GTIDS',
      "SET @@GLOBAL.gtid_purged = 'x'",
      'SET PERSIST binlog_expire_logs_seconds = 1',
    ],
  },
  relink: {
    all: ['START SLAVE', "CHANGE MASTER TO MASTER_HOST = 'x'", 'RESET SLAVE', 'SHUTDOWN'],
    mariadb: [
      'START ALL SLAVES',
      "SET GLOBAL gtid_slave_pos = '0-1-1'",
      "START SLAVE 'c' SQL_THREAD",
    ],
    'mysql-9': [
      "CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'x'",
      'START REPLICA SQL_THREAD',
      'START GROUP_REPLICATION',
      'RESTART',
    ],
  },
  unlog: {
    all: [
      'SET sql_log_bin = 0',
      'SET @@SESSION.sql_log_bin = OFF',
      'SET NAMES utf8, SQL_LOG_BIN = 0',
    ],
    mariadb: [
      'SET wsrep_on = 0',
      "SET wsrep_OSU_method = 'RSU'",
      'SET STATEMENT sql_log_bin = 0 FOR SELECT 1',
    ],
  },
  'run-opaque': {
    all: ['EXECUTE s', 'CALL p()', "BINLOG 'x'", 'PREPARE s FROM @v', 'ALTER EVENT e ENABLE'],
    mariadb: ["EXECUTE IMMEDIATE CONCAT('DR', 'OP')", 'BEGIN NOT ATOMIC EXECUTE s; END'],
  },
  unreadable: {
    all: ['UNHEARD_OF DROP TABLE t', 'DROP SOMETHING t', 'SELECT /*+ ` */ 1; DROP TABLE t'],
  },
};

const LATER: readonly string[] = [
  'CREATE PROCEDURE p() DROP TABLE t',
  'CREATE FUNCTION f() RETURNS INT BEGIN DROP TABLE t; RETURN 1; END',
  'CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW DROP TABLE t',
  'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DROP TABLE t',
  'ALTER EVENT e DO DROP TABLE t',
  "SET GLOBAL init_connect = 'DROP TABLE t'",
  "SET GLOBAL init_slave = 'DROP TABLE t'",
];

const found = (sql: string, line: Line) =>
  readText(Buffer.from(sql), { ...KNOWN, dialect: LINES[line] }).effects;

describe.each(Object.keys(LINES) as readonly Line[])('the table of effects on %s', (line) => {
  const cases = EFFECTS.flatMap((effect) =>
    [...(ROWS[effect].all ?? []), ...(ROWS[effect][line] ?? [])].map(
      (sql) => [effect, sql] as const,
    ),
  );

  it.each(cases)('finds %s in %s', (effect, sql) => {
    expect(found(sql, line).map((one) => one.effect)).toContain(effect);
  });

  it.each(cases)('finds %s in %s when a comment, case and a statement are added', (effect, sql) => {
    const dressed = `/* x */ ${sql.replace(/^\w+/, (verb) => verb.toLowerCase())} ; SELECT 1`;
    expect(found(dressed, line).map((one) => one.effect)).toContain(effect);
  });

  it.each(LATER)('marks as deferred what runs later: %s', (sql) => {
    expect(found(sql, line)).toMatchObject([{ effect: 'drop-table', deferred: true }]);
  });
});
