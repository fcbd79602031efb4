// Good packets of every kind, for the fuzzers to spoil: built by test/support/packets.ts, with
// nothing of the code under test.
import type { ResponseShape } from '../../src/session/command-table.js';
import type { Capabilities } from '../../src/wire/capabilities.js';
import {
  bytes,
  COMMON,
  definition,
  eofPayload,
  errPayload,
  int,
  lenenc,
  okMovedTo,
  okPayload,
  packet,
  packets,
  prepareOk,
  resultSet,
  text,
} from '../support/packets.js';

const QUERY_ATTRIBUTES = 0x08000000;
const SESSION_TRACK = 0x00800000;
const DEPRECATE_EOF = 0x01000000;
const MARIADB_ALL = 0x3d;

/** MySQL 5.6, 8, 9 with attributes, and MariaDB with all its own. */
export const CAPABILITIES: readonly Capabilities[] = [
  { common: COMMON & ~(DEPRECATE_EOF | SESSION_TRACK), mariadb: 0 },
  { common: COMMON, mariadb: 0 },
  { common: (COMMON | QUERY_ATTRIBUTES) >>> 0, mariadb: 0 },
  { common: (COMMON & ~1) >>> 0, mariadb: MARIADB_ALL },
  { common: 0x200, mariadb: 0 },
];

export const QUERIES: readonly Buffer[] = [
  bytes(3, 'SELECT 1'),
  bytes(3, 'DROP TABLE t'),
  bytes(3, 0, 1, 'SELECT 1'),
  bytes(3, 2, 1, 0, 1, int(0xfe, 2), text('a'), int(8, 2), text('b'), text('v'), int(7, 8), 'DROP'),
];

export const CHANGE_USER: readonly Buffer[] = [
  bytes(0x11, 'app\0', 20, 'x'.repeat(20), 'shop\0'),
  bytes(
    0x11,
    'app\0',
    0,
    'shop\0',
    int(45, 2),
    'mysql_native_password\0',
    text(bytes(text('program_name'), text('mysql')).toString('latin1')),
  ),
  bytes(0x11),
];

/** COM_BINLOG_DUMP, COM_BINLOG_DUMP_GTID and COM_REGISTER_SLAVE. */
export const BINLOG_DUMP: readonly Buffer[] = [
  bytes(0x12, int(4, 4), int(1, 2), int(99, 4), 'binlog.000001'),
  bytes(0x1e, int(4, 2), int(99, 4), int(4, 4), 'file', int(4, 8), int(8, 4), int(0, 8)),
  bytes(0x15, int(99, 4), text('host'), text('user'), text('pass'), int(3306, 2), int(0, 8)),
];

interface Specimen {
  readonly name: string;
  readonly shape: ResponseShape;
  readonly response: Buffer;
}

export const RESPONSES: readonly Specimen[] = [
  { name: 'OK', shape: 'single', response: packet(1, okPayload()) },
  { name: 'ERR', shape: 'result', response: packet(1, errPayload(1064)) },
  { name: 'moved', shape: 'result', response: packet(1, okMovedTo('other')) },
  {
    name: 'rows',
    shape: 'result',
    response: resultSet([
      ['a', 'b'],
      ['c', 'x'.repeat(300)],
    ]),
  },
  {
    name: 'rows with EOF',
    shape: 'result',
    response: resultSet([['a'], ['b']], { deprecateEof: false }),
  },
  {
    name: 'two results',
    shape: 'result',
    response: Buffer.concat([resultSet([['a']], { status: 8 }), packet(5, okPayload(2))]),
  },
  { name: 'a file asked for', shape: 'result', response: packet(1, bytes(0xfb, '/tmp/f')) },
  {
    name: 'a cursor',
    shape: 'execution',
    response: packets(1, lenenc(1), definition('a'), eofPayload(0x42)),
  },
  {
    name: 'prepared',
    shape: 'prepare',
    response: packets(1, prepareOk(1, 1, 1), definition('?'), definition('a')),
  },
  {
    name: 'prepared with EOF',
    shape: 'prepare',
    response: packets(
      1,
      prepareOk(1, 1, 1),
      definition('?'),
      eofPayload(),
      definition('a'),
      eofPayload(),
    ),
  },
  { name: 'fetched', shape: 'rows', response: packets(1, text('a'), okPayload(2, 0xfe)) },
  { name: 'statistics', shape: 'text', response: packet(1, bytes('Uptime: 1')) },
  {
    name: 'an auth switch',
    shape: 'authentication',
    response: packet(1, bytes(0xfe, 'mysql_native_password\0', 'x'.repeat(20), 0)),
  },
  {
    name: 'a progress report',
    shape: 'result',
    response: packets(
      1,
      bytes(0xff, int(0xffff, 2), 1, 1, 1, int(9, 3), text('sort')),
      okPayload(),
    ),
  },
  { name: 'events', shape: 'stream', response: packets(1, bytes(0, 'event'), eofPayload()) },
];
