import { describe, expect, it } from 'vitest';
import { effectsOf, MYSQL9, onLine } from '../read-as.js';

describe('statements about the server', () => {
  it.each([
    ["PURGE BINARY LOGS TO 'x'", 'destroy-history'],
    ['PURGE MASTER LOGS BEFORE NOW()', 'destroy-history'],
    ['RESET MASTER', 'destroy-history'],
    ['RESET MASTER TO 5', 'destroy-history'],
    ['RESET BINARY LOGS AND GTIDS', 'destroy-history'],
    ['RESET SLAVE', 'relink'],
    ['RESET REPLICA', 'relink'],
    ["RESET SLAVE 'c'", 'relink'],
    ["RESET SLAVE ALL FOR CHANNEL 'c', MASTER", 'destroy-history'],
    ['START SLAVE', 'relink'],
    ['START REPLICA SQL_THREAD', 'relink'],
    ['START ALL SLAVES', 'relink'],
    ['START GROUP_REPLICATION', 'relink'],
    ["CHANGE MASTER TO master_host='x'", 'relink'],
    ["CHANGE MASTER 'c' TO master_host='x'", 'relink'],
    ["CHANGE REPLICATION SOURCE TO source_host='x'", 'relink'],
    ['CHANGE REPLICATION FILTER replicate_do_db=(a)', 'relink'],
    ['SHUTDOWN', 'relink'],
    ['SHUTDOWN WAIT FOR ALL SLAVES', 'relink'],
    ['RESTART', 'relink'],
    ["CLONE INSTANCE FROM a@b:3306 IDENTIFIED BY 'c'", 'replace-table'],
    ["IMPORT TABLE FROM 'x.sdi'", 'replace-table'],
    ['CREATE PROCEDURE p() START SLAVE', 'later:relink'],
    ['start: BEGIN NOT ATOMIC DROP TABLE t; END', 'drop-table app.t'],
  ])('finds the effect of %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
    if (!sql.startsWith('start:')) expect(effectsOf(sql, onLine(MYSQL9))).toBe(expected);
  });

  it.each([
    'STOP SLAVE',
    'STOP REPLICA IO_THREAD',
    'STOP ALL SLAVES',
    'STOP GROUP_REPLICATION',
    'RESET SLAVE ALL',
    'RESET REPLICA ALL',
    "RESET SLAVE 'c' ALL",
    "RESET REPLICA ALL FOR CHANNEL 'c'",
    'RESET QUERY CACHE',
    'RESET PERSIST',
    'START TRANSACTION',
    'START TRANSACTION WITH CONSISTENT SNAPSHOT',
    'SHOW REPLICA STATUS',
    'SHOW MASTER LOGS',
    'FLUSH BINARY LOGS',
    "CLONE LOCAL DATA DIRECTORY = '/x'",
    "CLONE INSTANCE FROM a@b:1 IDENTIFIED BY 'c' DATA DIRECTORY = '/x'",
    'SELECT master, slave FROM t',
    'SELECT shutdown FROM restart',
  ])('finds nothing in %s', (sql) => {
    expect(effectsOf(sql)).toBe('');
  });
});
