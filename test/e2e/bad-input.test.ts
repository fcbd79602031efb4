// What goes wrong around Interlock: servers that cannot be reached or asked, packets nobody should
// send, clients that vanish. Each gets a clear word, the rest is served, nothing guarded passes.
import type { Connection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAccount } from '../../src/lab/accounts.js';
import { freePort } from '../../src/lab/ports.js';
import type { LabServer } from '../../src/lab/server.js';
import { addAccounts, type InterlockPlan, RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';
import { bytes, command, int, packet, query } from '../support/packets.js';
import { RawSession } from '../support/raw-session.js';
import { expectWithin, msOf } from '../support/timing.js';

const running: RunningInterlock[] = [];

describe('bad input', () => {
  const stage = labWith({
    line: 'mariadb-10.11',
    servers: ['db1', 'db2'],
    links: [
      ['db1', 'db2'],
      ['db2', 'db1'],
    ],
    gtid: false,
  });
  let db1: LabServer;
  let db2: LabServer;
  let steady: RunningInterlock;

  const start = async (plan: Partial<InterlockPlan>): Promise<RunningInterlock> => {
    const made = await RunningInterlock.start({ guarded: [db1, db2], ...plan });
    running.push(made);
    return made;
  };

  beforeAll(async () => {
    db1 = stage.server('db1');
    db2 = stage.server('db2');
    await addAccounts([db1, db2]);
    for (const server of [db1, db2]) {
      await server.execute(
        'SET sql_log_bin=0',
        'CREATE DATABASE shop',
        'CREATE TABLE shop.orders (id INT)',
        'INSERT INTO shop.orders VALUES (1)',
        'SET sql_log_bin=1',
      );
    }
    steady = await RunningInterlock.start({ guarded: [db1, db2] });
  });
  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop();
    for (const server of [db1, db2]) {
      const [row] = await server.query('SELECT COUNT(*) AS n FROM shop.orders');
      expect(Number(row?.n)).toBe(1);
    }
  });
  afterAll(() => steady?.stop());

  describe('servers that cannot be asked', () => {
    it('names the guarded server that cannot be reached, and serves the other', async () => {
      const gone = { name: 'db3', host: '127.0.0.1', port: await freePort() };
      const interlock = await start({ guarded: [db1, gone] });
      const place = `server db3 (127.0.0.1:${gone.port})`;
      await expect(interlock.connect('db3')).rejects.toThrow(place);
      const client = await interlock.connect('db1', { database: 'shop' });
      expect(await refusal(client)).toContain('Rule no-drop-while-linked.');
      await expectServed(client);
      expect(interlock.log).toContain('db3');
    });

    it('refuses and says what to grant when the monitor has no rights', async () => {
      const monitor = { user: 'powerless', password: 'powerless' };
      for (const server of [db1, db2]) await createAccount(server, { ...monitor, rights: [] });
      const interlock = await start({ monitor });
      const client = await interlock.connect('db2', { database: 'shop' });
      expect(await refusal(client)).toContain('db1 (unknown)');
      expect(interlock.log).toMatch(/db2 .* does not let powerless see .* run: GRANT /);
      await expectServed(client);
    });

    it('refuses and says so when the monitor has the wrong password', async () => {
      const interlock = await start({ monitor: { user: 'interlock', password: 'wrong' } });
      const client = await interlock.connect('db2', { database: 'shop' });
      expect(await refusal(client)).toContain('unknown');
      expect(interlock.log).toMatch(/db2 .*refused the login of interlock/);
      expect(interlock.log).not.toContain('"wrong"');
      await expectServed(client);
    });

    it('serves what is unguarded at once while a peer hangs', async () => {
      const client = await steady.connect('db2', { database: 'shop' });
      await db1.kill('SIGSTOP');
      try {
        const refused = refusal(client);
        const other = await steady.connect('db2', { database: 'shop' });
        await expectWithin(500, () => msOf(() => expectServed(other)));
        expect(await refused).toContain('unknown');
      } finally {
        await db1.kill('SIGCONT');
      }
    });
  });

  describe('a login that is none', () => {
    const logins: readonly (readonly [string, Uint8Array])[] = [
      ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: db1\r\n\r\n')],
      ['nothing', packet(1, Buffer.alloc(0))],
      ['a command instead', query('DROP TABLE shop.orders')],
      ['a response cut short', packet(1, bytes(int(0x8200, 4), 1, 2, 3))],
      ['the packet after next', packet(3, Buffer.alloc(40))],
      ['a packet longer than any login', bytes(int(0xfffffe, 3), 1, Buffer.alloc(2 ** 21))],
      ['noise', Buffer.from(Array.from({ length: 600 }, (_, index) => (index * 89 + 7) % 256))],
    ];

    it.each(logins)('of %s is told so and closed', async (_, login) => {
      const session = await RawSession.open(steady.port('db1'));
      session.send(login);
      const answer = await session.packet();
      if (answer.length > 0) expect(answer[0]).toBe(0xff);
      await session.closed();
      await expectServed(await steady.connect('db1', { database: 'shop' }));
    });
  });

  describe('a command that is none', () => {
    const commands: readonly (readonly [string, Uint8Array])[] = [
      ['nothing', packet(0, Buffer.alloc(0))],
      ['a byte no server knows', command(0xfa, 1, 2, 3)],
      ['COM_DROP_DB', command(0x06, 'shop')],
      ['COM_STMT_EXECUTE cut short', command(0x17, 1, 0)],
      ['COM_STMT_EXECUTE of what was never prepared', command(0x17, int(9, 4), 0, int(1, 4))],
      ['COM_CHANGE_USER cut short', command(0x11, 'ro')],
      ['COM_BINLOG_DUMP cut short', command(0x12, 4)],
      ['COM_REFRESH that resets the binary log', command(0x07, 0x80)],
      ['a packet out of order', packet(5, bytes(3, 'DROP TABLE shop.orders'))],
      ['COM_QUERY with half a comment', query('/*! DROP TABLE shop.orders')],
      ['COM_QUERY with a NUL inside', query('DROP\0TABLE shop.orders')],
    ];

    it.each(commands)('is refused: %s', async (_, bad) => {
      const session = await RawSession.loggedIn(steady.port('db1'));
      session.send(bad);
      const answer = await session.packet();
      if (answer.length > 0) expect(answer[0]).toBe(0xff);
      session.vanish();
      await expectServed(await steady.connect('db1', { database: 'shop' }));
    });

    it('is judged like any other after several refusals in one session', async () => {
      const session = await RawSession.loggedIn(steady.port('db1'));
      for (const bad of [command(0xfa), command(0x06, 'shop'), query('DROP TABLE shop.orders')]) {
        session.send(bad);
        expect((await session.packet())[0]).toBe(0xff);
      }
      session.send(command(0x0e));
      expect((await session.packet())[0]).toBe(0);
      session.vanish();
    });
  });

  it('lets a declared reader register at its source, and nobody else', async () => {
    const interlock = await start({ more: ['readers: [{ server: db1, serverId: 4242 }]'] });
    const register = async (server: string, serverId: number): Promise<Buffer> => {
      const session = await RawSession.loggedIn(interlock.port(server));
      session.send(command(0x15, int(serverId, 4), 0, 0, 0, int(0, 2), int(0, 8)));
      const answer = await session.packet();
      session.vanish();
      return answer;
    };
    expect((await register('db1', 4242))[0]).toBe(0);
    for (const [server, serverId] of [['db1', 4243] as const, ['db2', 4242] as const]) {
      expect((await register(server, serverId)).readUInt16LE(1)).toBe(1047);
    }
  });

  describe('a client that vanishes', () => {
    const sessionsOf = (): Promise<number> => steady.metric('connections', { server: 'db2' });

    // The server runs it to its end, as it does for a client that it serves itself.
    it('in the middle of a running statement leaves nothing behind', async () => {
      const before = await sessionsOf();
      const session = await RawSession.loggedIn(steady.port('db2'));
      session.send(query('SELECT SLEEP(0.3)'));
      session.vanish();
      await steady.until('rid of that session', async () => (await sessionsOf()) === before);
    });

    it('in the middle of a packet has sent nothing', async () => {
      const before = await sessionsOf();
      const session = await RawSession.loggedIn(steady.port('db2'));
      session.send(query('DROP TABLE shop.orders').subarray(0, -1));
      session.vanish();
      await steady.until('rid of that session', async () => (await sessionsOf()) === before);
    });

    it('while its statement is judged does not make it pass, and is recorded', async () => {
      const judged = async (): Promise<number> => (await steady.records()).length;
      const before = await judged();
      await db1.kill('SIGSTOP');
      try {
        const asked = (): Promise<number> =>
          steady.metric('session_questions_total', { server: 'db2', why: 'logging' });
        // Its own session is asked first; one that leaves before that has answered is not judged.
        await steady.until('done judging', async () => {
          const session = await RawSession.loggedIn(steady.port('db2'));
          const askedBefore = await asked();
          session.send(query('DROP TABLE shop.orders'));
          await steady.until('asking', async () => (await asked()) > askedBefore);
          session.vanish();
          return (await judged()) > before;
        });
      } finally {
        await db1.kill('SIGCONT');
      }
      expect((await steady.records()).at(-1)).toMatchObject({ kind: 'decision' });
    });
  });
});

async function refusal(client: Connection): Promise<string> {
  return client.query('DROP TABLE shop.orders').then(
    () => 'not refused',
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : ''),
  );
}

async function expectServed(client: Connection): Promise<void> {
  const [rows] = await client.query('SELECT COUNT(*) AS n FROM orders');
  expect(JSON.stringify(rows)).toBe('[{"n":1}]');
}
