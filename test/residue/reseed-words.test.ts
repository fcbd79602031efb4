import { expect, it } from 'vitest';
import { changeStatement, clearHistory, startStatement } from '../../src/residue/reseed-words.js';

const MARIADB = { flavour: 'mariadb', version: 101_119 } as const;
const NEW = { flavour: 'mysql', version: 90_704 } as const;
const OLD = { flavour: 'mysql', version: 50_624 } as const;
const to = { host: 'h', port: 3306 };

it('uses the words of the server that must read them', () => {
  expect([MARIADB, NEW, OLD].map(clearHistory)).toEqual([
    'RESET MASTER',
    'RESET BINARY LOGS AND GTIDS',
    'RESET MASTER',
  ]);
  expect([MARIADB, NEW, OLD].map(startStatement)).toEqual([
    'START SLAVE',
    'START REPLICA',
    'START SLAVE',
  ]);
});

it('begins by GTID, or with coordinates, known or to be filled in', () => {
  expect(changeStatement(MARIADB, { ...to, from: 'gtid' })).toMatch(
    /^CHANGE MASTER TO .*slave_pos$/,
  );
  expect(changeStatement(NEW, { ...to, from: 'gtid' })).toContain(
    "CHANGE REPLICATION SOURCE TO SOURCE_HOST='h', SOURCE_PORT=3306, SOURCE_USER='<replication account>'",
  );
  const from = { file: 'binlog.000002', position: 4 };
  expect(changeStatement(OLD, { ...to, from })).toContain(
    "MASTER_LOG_FILE='binlog.000002', MASTER_LOG_POS=4, MASTER_AUTO_POSITION=0",
  );
  expect(changeStatement(OLD, { ...to, from: 'unknown' })).toContain('<file of the dump>');
});
