// Limits and failures on real servers: clients that never log in, too many of them, and servers
// that go away in the middle.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { afterEach, expect, it } from 'vitest';
import { createAccount } from '../../src/lab/accounts.js';
import { type Rig, startRig } from '../support/gateway-rig.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { sslRequest } from '../support/packets.js';

const ACCOUNT = { user: 'app', password: 'a secret' };
const LEAVERS = 1_000;
const AT_ONCE = 20;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

describeOnEveryLine('many clients that leave before login', (line) => {
  const lab = labWith({
    line,
    servers: ['db1'],
    options: ['--max-connect-errors=10', '--skip-name-resolve=OFF'],
  });

  it('are not held against Interlock by the server', async () => {
    const server = lab.server('db1');
    await createAccount(server, { ...ACCOUNT, rights: ['SELECT'] });
    // Servers hold nothing against 127.0.0.1.
    const elsewhere = await relayFrom('127.0.0.2', server.port);
    const rig = await startRig(
      { host: '127.0.0.1', port: elsewhere.port },
      { limits: { unauthenticated: 90, unauthenticatedPerAddress: 90 } },
    );
    ends.push(
      () => rig.close(),
      () => elsewhere.close(),
    );
    let round = 0;
    const leave = async (): Promise<void> => {
      while (round < LEAVERS) {
        round += 1;
        // A farewell takes the server longer than the client's leaving.
        while (rig.gateway.sessions > AT_ONCE) await sleep(1);
        await leaveBeforeLogin(rig, round);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, leave));
    await expect.poll(() => rig.gateway.sessions, { timeout: 30_000 }).toBe(0);
    expect(rig.warnings).toEqual([]);
    const client = await rig.connect(ACCOUNT);
    await client.query('SELECT 1');
    await client.end();
  });
});

describeOnEveryLine('limits and failures', (line) => {
  const lab = labWith({ line, servers: ['db1'] });

  async function stage(limits: Parameters<typeof startRig>[1] = {}): Promise<Rig> {
    const { host, port } = lab.server('db1');
    const rig = await startRig({ host, port }, limits);
    ends.push(() => rig.close());
    return rig;
  }

  const open = async (rig: Rig): Promise<Connection> => {
    const client = await rig.connect(ACCOUNT);
    client.on('error', () => undefined);
    ends.unshift(() => client.destroy());
    return client;
  };

  it('turn one too many away with the error of a full server, and let the next in', async () => {
    await createAccount(lab.server('db1'), { ...ACCOUNT, rights: ['SELECT', 'PROCESS'] });
    const rig = await stage({ limits: { connections: 2 } });
    const [first] = [await open(rig), await open(rig)];
    await expect(open(rig)).rejects.toMatchObject({
      errno: 1040,
      message: expect.stringContaining('limits.connections (2)'),
    });
    await first?.end();
    await expect.poll(() => rig.admissions.connections).toBe(1);
    await open(rig);
  });

  it('let others in while slow ones fill their own place, and end these in time', async () => {
    const rig = await stage({ limits: { unauthenticatedPerAddress: 3, handshakeTimeoutMs: 400 } });
    const slow = Array.from({ length: 3 }, () => connect({ port: rig.port, host: '127.0.0.1' }));
    for (const socket of slow) {
      ends.unshift(() => socket.destroy());
      socket.on('error', () => undefined).resume();
      await once(socket, 'connect');
      socket.write(Buffer.of(200, 0));
    }
    await expect.poll(() => rig.admissions.unauthenticated).toBe(3);
    await expect(open(rig)).rejects.toMatchObject({ errno: 1040 });
    const elsewhere = connect({ port: rig.port, host: '127.0.0.1', localAddress: '127.0.0.5' });
    const client = await rig.connect({ ...ACCOUNT, stream: elsewhere });
    await client.query('DO 1');
    client.destroy();
    await expect.poll(() => rig.admissions.unauthenticated, { timeout: 5_000 }).toBe(0);
    await open(rig);
  });

  it('end a statement whose server dies, and serve again when that is back', async () => {
    const server = lab.server('db1');
    const rig = await stage();
    const [waiting, idle] = [await open(rig), await open(rig)];
    const answer = waiting.query('SELECT SLEEP(20)').catch((error: unknown) => error);
    const isAsleep = async (): Promise<boolean> =>
      (await server.query('SHOW PROCESSLIST')).some(({ Info }) => /SLEEP/.test(String(Info)));
    while (!(await isAsleep())) await sleep(10);
    await server.kill('SIGKILL');
    expect(String(await answer)).toMatch(/lost/i);
    await expect(idle.query('SELECT 1')).rejects.toThrow();
    await expect(open(rig)).rejects.toThrow(/cannot connect to server db1/);
    await expect.poll(() => rig.gateway.sessions, { timeout: 10_000 }).toBe(0);
    await server.restart();
    await (await open(rig)).query('DO 1');
  });
});

/** Leaves at once, after the greeting, or in the middle of an answer. */
async function leaveBeforeLogin(rig: Rig, round: number): Promise<void> {
  const socket = rig.socket();
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  if (round % 4 > 0) await once(socket, 'data');
  if (round % 4 === 2) socket.write(Buffer.from([200, 0, 0, 1, 5, 6]));
  if (round % 4 === 3) {
    // Some see Interlock's certificate and go, as those do that do not trust it.
    socket.write(sslRequest());
    if (round % 8 === 3) socket.write('no ClientHello');
  }
  socket.destroy();
  await once(socket, 'close');
}

async function relayFrom(
  localAddress: string,
  port: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const relay = createServer((client) => {
    const server = connect({ host: '127.0.0.1', port, localAddress });
    client.on('error', () => server.destroy()).on('close', () => server.destroy());
    server.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.pipe(server).pipe(client);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const bound = relay.address();
  const opened = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return { port: opened, close: () => new Promise((done) => relay.close(() => done())) };
}
