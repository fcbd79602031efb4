import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { proxyHeaderV2 } from '../../src/wire/proxy-header.js';
import { type Rig, type RigOptions, startRig } from '../support/gateway-rig.js';
import { bytes, handshakeResponse, okPayload, packet, query } from '../support/packets.js';
import { collector, type ScriptedServer, scriptedServer } from '../support/scripted-server.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const FROM = { address: '192.0.2.7', port: 4711 };
const V1 = bytes('PROXY TCP4 192.0.2.7 10.0.0.1 4711 3306\r\n');
const V2 = proxyHeaderV2(FROM, { address: '10.0.0.1', port: 3306 });
const EXPECTED = { proxyProtocol: { from: ['127.0.0.0/8'], send: false } };

async function stage(options: RigOptions = {}): Promise<{ rig: Rig; server: ScriptedServer }> {
  const server = await scriptedServer((socket) => socket.write(packet(1, okPayload())));
  const rig = await startRig(server, options);
  ends.push(
    () => rig.close(),
    () => server.close(),
  );
  return { rig, server };
}

/** Sends these pieces one by one, then logs in and asks for something guarded. */
async function session(rig: Rig, ...pieces: readonly Uint8Array[]) {
  const socket = rig.socket();
  ends.unshift(() => socket.destroy());
  const got = collector(socket);
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await got.until((all) => all.length > 4);
  socket.write(handshakeResponse());
  await got.until((all) => all.includes(packet(2, okPayload())));
  socket.write(query('DROP TABLE t'));
  await expect.poll(() => rig.questions.length).toBeGreaterThan(0);
  return rig.questions.at(-1)?.requester;
}

describe('a PROXY header', () => {
  it.each([
    ['1', V1],
    ['2', V2],
  ])('of version %s says whose session it is', async (_version, header) => {
    const { rig } = await stage({ server: EXPECTED });
    expect(await session(rig, header)).toMatchObject(FROM);
  });

  it('may come byte by byte', async () => {
    const { rig } = await stage({ server: EXPECTED });
    expect(await session(rig, ...[...V2].map((byte) => Buffer.of(byte)))).toMatchObject(FROM);
  });

  it("leaves the connection's own address where it has none", async () => {
    const { rig } = await stage({ server: EXPECTED });
    const own = await session(rig, bytes('PROXY UNKNOWN\r\n'));
    expect(own).toMatchObject({ address: '127.0.0.1' });
  });

  it.each([
    ['missing', handshakeResponse()],
    ['malformed', bytes('PROXY TCP4 nobody\r\n')],
  ])('closes the connection when it is %s, and says so in the log', async (_how, sent) => {
    const { rig, server } = await stage({ server: EXPECTED });
    const socket = rig.socket();
    const got = collector(socket);
    socket.write(sent);
    await once(socket, 'end');
    expect(got.bytes()).toHaveLength(0);
    expect(server.sockets).toHaveLength(0);
    expect(rig.warnings).toEqual(['a connection without a PROXY header was closed']);
    expect(rig.admissions).toMatchObject({ connections: 0, unauthenticated: 0 });
  });

  it('must be there within the time for a login', async () => {
    const limits = { handshakeTimeoutMs: 50 };
    const { rig, server } = await stage({ server: EXPECTED, limits });
    const socket = rig.socket();
    socket.on('error', () => undefined).resume();
    socket.write(V2.subarray(0, 20));
    await once(socket, 'end');
    expect(server.sockets).toHaveLength(0);
    expect(rig.admissions.connections).toBe(0);
  });

  it.each([
    ['1', V1],
    ['2', V2],
  ])('of version %s from anywhere else is malformed', async (_version, header) => {
    const { rig } = await stage({ server: { proxyProtocol: { from: ['10.9.9.9'], send: false } } });
    const socket = rig.socket();
    const got = collector(socket);
    socket.write(header);
    const said = await got.until((all) => all.includes('proxyProtocol.from'));
    expect(said.toString('latin1')).toContain('db1');
    socket.destroy();
    await expect.poll(() => rig.gateway.sessions).toBe(0);
  });

  it('limits the logins of each real address, not of the balancer', async () => {
    const limits = { unauthenticatedPerAddress: 1 };
    const { rig } = await stage({ server: EXPECTED, limits });
    const open = async (address: string) => {
      const socket = rig.socket();
      ends.unshift(() => socket.destroy());
      socket.write(proxyHeaderV2({ address, port: 1 }, { address: '10.0.0.1', port: 3306 }));
      return (await collector(socket).until((all) => all.length > 20)).toString('latin1');
    };
    expect(await open('192.0.2.1')).toContain('saltsalt');
    expect(await open('192.0.2.1')).toContain('limits.unauthenticatedPerAddress (1)');
    expect(await open('192.0.2.2')).toContain('saltsalt');
  });

  it('is sent to a server that takes it, before anything else', async () => {
    const { rig, server } = await stage({
      server: { proxyProtocol: { from: ['127.0.0.1'], send: true } },
    });
    const socket = rig.socket();
    ends.unshift(() => socket.destroy());
    socket.write(V1);
    await collector(socket).until((all) => all.length > 4);
    const { length } = V2;
    socket.write(handshakeResponse());
    // The scripted server takes the header for its login's answer, and the answer for a command.
    await expect.poll(() => server.first().length).toBeGreaterThanOrEqual(length);
    expect(server.first().subarray(0, length)).toEqual(V2);
  });
});
