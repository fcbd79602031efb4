import { expect, it } from 'vitest';
import { readDumpHead } from '../../src/residue/dump-head.js';
import { UUID } from './logs.js';

it('reads what mysqldump writes: GTID_PURGED over several lines, and that it logs nothing', () => {
  const text = `-- MySQL dump
SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;
SET @@SESSION.SQL_LOG_BIN= 0;
SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '${UUID}:1-5,
${UUID.replace(/1$/, '2')}:1-3';
-- CHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='binlog.000003', SOURCE_LOG_POS=157;
`;
  expect(readDumpHead(text)).toEqual({
    purged: `${UUID}:1-5,${UUID.replace(/1$/, '2')}:1-3`,
    place: { file: 'binlog.000003', position: 157 },
    unlogged: true,
  });
});

it('reads a commented GTID_PURGED too', () => {
  const text = `/* SET @@GLOBAL.GTID_PURGED='${UUID}:1-5';*/`;
  expect(readDumpHead(text).purged).toBe(`${UUID}:1-5`);
});

it('reads what mariadb-dump writes', () => {
  const text = `
-- CHANGE MASTER TO MASTER_LOG_FILE='binlog.000001', MASTER_LOG_POS=1234;
-- SET GLOBAL gtid_slave_pos='0-1-57,1-2-3';
`;
  expect(readDumpHead(text)).toEqual({
    slavePos: '0-1-57,1-2-3',
    place: { file: 'binlog.000001', position: 1234 },
    unlogged: false,
  });
});

it('finds nothing in a dump that says nothing, nor in what is no GTID', () => {
  expect(readDumpHead("INSERT INTO t VALUES ('x');")).toEqual({ unlogged: false });
  expect(readDumpHead("SET GLOBAL gtid_slave_pos='x';")).toEqual({ unlogged: false });
});
