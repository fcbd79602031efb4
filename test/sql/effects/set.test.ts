import { describe, expect, it } from 'vitest';
import { effectsOf } from '../read-as.js';

describe('SET', () => {
  it.each([
    ['SET sql_log_bin=0', 'unlog sql_log_bin'],
    ['SET @@session.sql_log_bin := 0', 'unlog sql_log_bin'],
    ['SET SESSION `sql_log_bin` = OFF', 'unlog sql_log_bin'],
    ['SET wsrep_on=0', 'unlog wsrep_on'],
    ["SET GLOBAL gtid_purged='x'", 'destroy-history gtid_purged'],
    ["SET GLOBAL gtid_slave_pos=''", 'relink gtid_slave_pos'],
    ["SET GLOBAL replicate_do_db='x'", 'relink replicate_do_db'],
    ["SET GLOBAL init_connect='DROP TABLE t'", 'later:drop-table t'],
    ["SET GLOBAL init_connect='SELECT 1', sql_log_bin=0", 'unlog sql_log_bin'],
    ['SET GLOBAL init_connect=@v', 'later:run-opaque'],
    ["SET GLOBAL init_connect='SELECT 1;' 'DROP TABLE t'", 'later:run-opaque'],
    ["SET GLOBAL init_connect='DR' 'OP TABLE t'", 'later:run-opaque'],
    ["SET GLOBAL init_connect='DR' || 'OP TABLE t'", 'later:run-opaque'],
    ["SET GLOBAL init_c\xc3\xb4nnect='DROP TABLE t'", 'later:drop-table t'],
    ["SET GLOBAL \xc4\xb1nit_connect=CONCAT('DR', 'OP')", 'later:run-opaque'],
    ['SET sql_l\xc3\xb2g_bin=0', 'unlog sql_log_bin'],
    ['SET STATEMENT max_statement_time=1 FOR DROP TABLE t', 'drop-table app.t'],
    ['SET STATEMENT sql_log_bin=0 FOR SELECT 1', 'unlog sql_log_bin'],
  ])('finds the effect of %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
  });

  it.each([
    'SET @a = @@sql_log_bin',
    "SET GLOBAL init_connect='SET NAMES utf8', GLOBAL max_connections=9; SELECT 1",
    'SET @a = (SELECT caf\xc3\xa9 FROM t WHERE \xc3\xa9t\xc3\xa9 = 1)',
    'SET @old = @@gtid_purged',
    'SET GLOBAL init_connect=DEFAULT',
    "SET GLOBAL init_connect='SET NAMES utf8'",
    'SELECT @@sql_log_bin',
    'SET STATEMENT max_statement_time=1 FOR SELECT 1',
  ])('finds nothing in %s', (sql) => {
    expect(effectsOf(sql)).toBe('');
  });

  it('follows sql_mode whatever accents its name is written with', () => {
    const sql =
      "SELECT '\\'', 1; SET sql_m\xc3\xb2de='NO_BACKSLASH_ESCAPES'; SELECT '\\'; DROP TABLE t; -- ' ''";
    expect(effectsOf(sql)).toBe('drop-table app.t');
  });
});
