import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queryObjects } from 'node:v8';
import { afterEach, describe, expect, it } from 'vitest';
import { type Rig, type RigOptions, startRig } from '../support/gateway-rig.js';
import { handshakeResponse, okPayload, packet, query } from '../support/packets.js';
import { collector, scriptedServer } from '../support/scripted-server.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function stage(options: RigOptions = {}): Promise<Rig> {
  const server = await scriptedServer((socket) => socket.write(packet(1, okPayload())));
  const rig = await startRig(server, options);
  ends.push(
    () => rig.close(),
    () => server.close(),
  );
  return rig;
}

async function greeted(rig: Rig) {
  const socket = rig.socket();
  ends.unshift(() => socket.destroy());
  const got = collector(socket);
  await got.until((bytes) => bytes.length > 4);
  return { socket, got };
}

async function login(rig: Rig): Promise<void> {
  const { socket, got } = await greeted(rig);
  const { length } = got.bytes();
  socket.write(handshakeResponse());
  await got.until((bytes) => bytes.length > length);
}

describe('Gateway', () => {
  it('says who, what and how to mend when an address is taken, and opens the others', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    ends.push(() => other.close());
    const bound = other.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    const host = '127.0.0.1';
    const rig = await stage({
      server: {
        listen: [
          { kind: 'tcp', host, port },
          { kind: 'tcp', host, port: 0 },
        ],
      },
    });
    expect(rig.listening.map((result) => result.kind)).toEqual(['failed', 'listening']);
    expect(rig.listening[0]).toMatchObject({
      message: `server db1 cannot listen on 127.0.0.1:${port}: another process has 127.0.0.1:${port}. Stop it, or change this server's listen`,
    });
  });

  it('takes over a Unix socket that a dead process left behind, and no other file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'interlock-listener-'));
    ends.push(() => rm(folder, { recursive: true }));
    const path = join(folder, 'db1.sock');
    const first = await stage({ server: { listen: [{ kind: 'unix', path }] } });
    expect(first.listening[0]).toMatchObject({ kind: 'listening' });
    const second = await stage({ server: { listen: [{ kind: 'unix', path }] } });
    expect(second.listening[0]).toMatchObject({ kind: 'failed' });
    const client = connect(path);
    ends.unshift(() => client.destroy());
    await once(client, 'data');
    const file = join(folder, 'data');
    await writeFile(file, 'precious');
    const third = await stage({ server: { listen: [{ kind: 'unix', path: file }] } });
    expect(third.listening[0]).toMatchObject({ kind: 'failed' });
  });

  it('turns away who is one too many, in words, and counts nobody twice', async () => {
    const rig = await stage({ limits: { connections: 1 } });
    const { socket } = await greeted(rig);
    const late = rig.socket();
    const got = collector(late);
    await once(late, 'end');
    expect(got.bytes().toString()).toContain('limits.connections (1)');
    expect(rig.warnings).toHaveLength(1);
    socket.destroy();
    await expect.poll(() => rig.admissions.connections).toBe(0);
  });

  it('holds few of those that it turned away, however many stay', async () => {
    const rig = await stage({ limits: { connections: 1 } });
    await greeted(rig);
    const visitors = Array.from({ length: 150 }, () => {
      const socket = rig.socket();
      ends.unshift(() => socket.destroy());
      const got = collector(socket);
      return { got, gone: once(socket, 'end').then(() => socket) };
    });
    await Promise.all(visitors.map(({ gone }) => gone));
    for (const { got } of visitors) {
      expect(got.bytes().toString()).toContain('limits.connections (1)');
    }
    expect(rig.listening).toHaveLength(1);
  });

  it('counts those who have not logged in apart', async () => {
    const rig = await stage({ limits: { unauthenticated: 1 } });
    const { socket, got } = await greeted(rig);
    const late = rig.socket();
    const words = collector(late);
    await once(late, 'end');
    expect(words.bytes().toString()).toContain('limits.unauthenticated (1)');
    socket.write(handshakeResponse());
    await expect.poll(() => rig.admissions.unauthenticated).toBe(0);
    expect(got.bytes().length).toBeGreaterThan(0);
    await greeted(rig);
  });

  it('holds two sockets for each session, and not the one that was accepted', async () => {
    const rig = await stage();
    const sockets = (): number => queryObjects(Socket, { format: 'count' });
    await login(rig);
    await expect.poll(() => rig.admissions.unauthenticated).toBe(0);
    const before = sockets();
    for (let session = 0; session < 10; session += 1) await login(rig);
    await expect.poll(() => rig.admissions.unauthenticated).toBe(0);
    // The client's own, the session's two, and the server's end.
    expect(sockets() - before).toBeLessThanOrEqual(10 * 4);
  });

  it('drains: takes nobody new, ends who is idle, cuts who is left at the deadline', async () => {
    const server = await scriptedServer(() => undefined);
    const rig = await startRig(server);
    ends.push(() => server.close());
    const idle = await greeted(rig);
    idle.socket.write(handshakeResponse());
    const busy = await greeted(rig);
    busy.socket.write(handshakeResponse());
    await expect.poll(() => rig.admissions.unauthenticated).toBe(0);
    busy.socket.write(query('SELECT SLEEP(9)'));
    await expect.poll(() => server.received().length).toBeGreaterThan(0);
    const drained = rig.gateway.drain(150);
    await once(idle.socket, 'end');
    expect(rig.gateway.sessions).toBeGreaterThan(0);
    await drained;
    expect(rig.gateway.sessions).toBe(0);
    const refused = rig.socket();
    const [error] = await once(refused, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
