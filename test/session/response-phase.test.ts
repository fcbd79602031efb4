import { describe, expect, it } from 'vitest';
import type { ResponseShape } from '../../src/session/command-table.js';
import { ResponsePhase } from '../../src/session/response-phase.js';
import {
  bytes,
  DEPRECATE_EOF,
  definition,
  eofPayload,
  errPayload,
  lenenc,
  okMovedTo,
  okPayload,
  packet,
  packets,
  prepareOk,
  resultSet,
  text,
} from '../support/packets.js';

const MORE = 0x8;
const CURSOR = 0x40;
const TRACK = 0x00800000;
const classic = { common: 0, mariadb: 0 };
const modern = { common: DEPRECATE_EOF | TRACK, mariadb: 0 };

interface Case {
  readonly name: string;
  readonly shape: ResponseShape;
  readonly capabilities: { readonly common: number; readonly mariadb: number };
  readonly response: Buffer;
}

const cases: readonly Case[] = [
  { name: 'OK', shape: 'single', capabilities: modern, response: packet(1, okPayload()) },
  { name: 'EOF', shape: 'single', capabilities: classic, response: packet(1, eofPayload()) },
  { name: 'ERR', shape: 'result', capabilities: modern, response: packet(1, errPayload(1064)) },
  {
    name: 'a result set',
    shape: 'result',
    capabilities: modern,
    response: resultSet([
      ['a', 'b'],
      ['', 'x'.repeat(300)],
    ]),
  },
  {
    name: 'a result set with EOF packets',
    shape: 'result',
    capabilities: classic,
    response: resultSet([['a'], ['b']], { deprecateEof: false }),
  },
  {
    name: 'a result set without rows',
    shape: 'result',
    capabilities: modern,
    response: resultSet([], { columns: 3 }),
  },
  {
    name: 'several results',
    shape: 'result',
    capabilities: modern,
    response: Buffer.concat([
      resultSet([['a']], { status: 2 | MORE }),
      packet(5, okPayload(2 | MORE)),
      resultSet([['b']]),
    ]),
  },
  {
    name: 'several results of a procedure, with EOF packets',
    shape: 'result',
    capabilities: classic,
    response: Buffer.concat([
      resultSet([['a']], { deprecateEof: false, status: MORE }),
      packet(6, okPayload()),
    ]),
  },
  {
    name: 'an error after some rows',
    shape: 'result',
    capabilities: modern,
    response: packets(1, lenenc(1), definition('a'), text('1'), errPayload(1317)),
  },
  {
    name: 'rows that begin with 0xfd and NULL',
    shape: 'result',
    capabilities: modern,
    response: resultSet([['z'.repeat(70_000)]]),
  },
  {
    name: 'binary rows',
    shape: 'result',
    capabilities: modern,
    response: packets(1, lenenc(1), definition('a'), bytes(0, 0, 1, 0), okPayload(2, 0xfe)),
  },
  {
    name: 'columns of a cursor, with EOF packets',
    shape: 'execution',
    capabilities: classic,
    response: packets(1, lenenc(1), definition('a'), eofPayload(2 | CURSOR)),
  },
  {
    name: 'columns of a cursor',
    shape: 'execution',
    capabilities: modern,
    response: packets(1, lenenc(1), definition('a'), okPayload(2 | CURSOR, 0xfe)),
  },
  {
    name: 'rows of a routine with an open cursor of its own',
    shape: 'result',
    capabilities: classic,
    response: packets(
      1,
      lenenc(1),
      definition('a'),
      eofPayload(2 | CURSOR | MORE),
      text('1'),
      eofPayload(2 | CURSOR | MORE),
      okPayload(2),
    ),
  },
  {
    name: 'fetched rows',
    shape: 'rows',
    capabilities: classic,
    response: packets(1, bytes(0, 0, 5), bytes(0, 0, 6), eofPayload(CURSOR)),
  },
  {
    name: 'a field list',
    shape: 'rows',
    capabilities: classic,
    response: packets(1, bytes(definition('a'), 0xfb), bytes(definition('b'), 0xfb), eofPayload()),
  },
  {
    name: 'a prepared statement without anything',
    shape: 'prepare',
    capabilities: modern,
    response: packet(1, prepareOk(1, 0, 0)),
  },
  {
    name: 'a prepared statement with EOF packets',
    shape: 'prepare',
    capabilities: classic,
    response: packets(
      1,
      prepareOk(1, 1, 2),
      definition('?'),
      definition('?'),
      eofPayload(),
      definition('a'),
      eofPayload(),
    ),
  },
  {
    name: 'a prepared statement',
    shape: 'prepare',
    capabilities: modern,
    response: packets(1, prepareOk(1, 2, 1), definition('?'), definition('a'), definition('b')),
  },
  {
    name: 'statistics',
    shape: 'text',
    capabilities: modern,
    response: packet(1, Buffer.from('Up')),
  },
  {
    name: 'progress and then an OK',
    shape: 'result',
    capabilities: { common: DEPRECATE_EOF, mariadb: 1 },
    response: packets(1, bytes(0xff, 0xff, 0xff, 1, 2, 3), okPayload()),
  },
  {
    name: 'a result set whose columns the client has cached',
    shape: 'result',
    capabilities: { common: DEPRECATE_EOF, mariadb: 0x10 },
    response: packets(1, bytes(lenenc(2), 0), bytes(0, 0, 1), okPayload(2, 0xfe)),
  },
  {
    name: 'a result set whose columns come though they might be cached',
    shape: 'result',
    capabilities: { common: 0, mariadb: 0x10 },
    response: packets(
      1,
      bytes(lenenc(1), 1),
      definition('a'),
      eofPayload(),
      bytes(0, 0, 1),
      eofPayload(),
    ),
  },
  {
    name: 'a login dialogue',
    shape: 'authentication',
    capabilities: modern,
    response: packets(1, bytes(0xfe, 'plugin\0'), bytes(1, 3), okPayload()),
  },
  {
    name: 'a binary log that ends',
    shape: 'stream',
    capabilities: classic,
    response: packets(1, bytes(0, 'event'), bytes(0, 'event'), eofPayload()),
  },
];

const started = ({ shape, capabilities }: Case): ResponsePhase =>
  new ResponsePhase(shape, capabilities, 0);

describe('ResponsePhase', () => {
  it.each(cases)('finds the end of $name, and what comes after it', (given) => {
    const phase = started(given);
    const after = Buffer.from('and more');
    expect(phase.take(Buffer.concat([given.response, after]))).toBe(given.response.length);
    expect(phase.ended).toBe(true);
  });

  it.each(cases)('finds the end of $name cut at any place', (given) => {
    const { response } = given;
    const step = response.length > 1_000 ? 997 : 1;
    for (let at = 1; at < response.length; at += step) {
      const phase = started(given);
      expect(phase.take(response.subarray(0, at))).toBe(at);
      expect(phase.ended, `at ${at} of ${response.length}`).toBe(false);
      expect(phase.take(response.subarray(at))).toBe(response.length - at);
      expect(phase.ended).toBe(true);
    }
  });

  it.each(cases)('finds the end of $name byte by byte', (given) => {
    const phase = started(given);
    const { response } = given;
    for (let at = 0; at < response.length; at += 1) {
      expect(phase.ended).toBe(false);
      phase.take(response.subarray(at, at + 1));
    }
    expect(phase.ended).toBe(true);
  });

  it('steps over rows of more than 16 MB, whatever they begin with', () => {
    const row = Buffer.alloc(17_000_000, 0xff);
    row[0] = 0xfe;
    const response = Buffer.concat([
      packets(1, lenenc(1), definition('a')),
      packet(3, row),
      packet(5, okPayload(2, 0xfe)),
    ]);
    const phase = new ResponsePhase('result', modern, 0);
    expect(phase.take(response)).toBe(response.length);
    expect(phase.ended).toBe(true);
    expect(phase.errorCode).toBeUndefined();
  });

  it('waits for the file that a server asks for, then for its answer', () => {
    const phase = new ResponsePhase('result', modern, 0);
    phase.take(packet(1, bytes(0xfb, '/tmp/rows.csv')));
    expect(phase.awaiting).toBe('file');
    phase.follow(2, false);
    expect(phase.awaiting).toBe('file');
    phase.follow(3, true);
    expect(phase.sequenceId).toBe(3);
    phase.take(packet(4, okPayload()));
    expect(phase.ended).toBe(true);
  });

  it('tells the error, the statement and the schema', () => {
    const failed = new ResponsePhase('result', modern, 0);
    failed.take(packet(1, errPayload(1146)));
    expect(failed.errorCode).toBe(1146);
    const prepared = new ResponsePhase('prepare', modern, 0);
    prepared.take(packet(1, prepareOk(4_000_000_000, 0, 0)));
    expect(prepared.statementId).toBe(4_000_000_000);
    const moved = new ResponsePhase('result', modern, 0);
    moved.take(packet(1, okMovedTo('other')));
    expect(moved.told.schema).toBe('other');
  });

  it('knows when it stands between two packets', () => {
    const phase = new ResponsePhase('result', modern, 0);
    expect(phase.atBoundary).toBe(true);
    phase.take(packet(1, lenenc(1)).subarray(0, 2));
    expect(phase.atBoundary).toBe(false);
    phase.take(packet(1, lenenc(1)).subarray(2));
    expect(phase.atBoundary).toBe(true);
    expect(phase.sequenceId).toBe(1);
  });

  it('throws for an answer that no command has', () => {
    const phase = new ResponsePhase('prepare', modern, 0);
    expect(() => phase.take(packet(1, bytes(7, 7)))).toThrow('COM_STMT_PREPARE');
  });
});
