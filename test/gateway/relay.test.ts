import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Rig, type RigOptions, startRig } from '../support/gateway-rig.js';
import {
  command,
  handshakeResponse,
  okPayload,
  packet,
  query,
  resultSet,
} from '../support/packets.js';
import {
  collector,
  type Script,
  type ScriptedServer,
  scriptedServer,
} from '../support/scripted-server.js';
import { permit } from '../support/verdicts.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function stage(
  answer: Script,
  options: RigOptions = {},
): Promise<{ rig: Rig; server: ScriptedServer }> {
  const server = await scriptedServer(answer);
  const rig = await startRig(server, options);
  ends.push(
    () => rig.close(),
    () => server.close(),
  );
  return { rig, server };
}

async function login(rig: Rig) {
  const socket = rig.socket();
  ends.unshift(() => socket.destroy());
  const got = collector(socket);
  const greeted = await got.until((bytes) => bytes.length > 4);
  socket.write(handshakeResponse());
  await got.until((bytes) => bytes.length >= greeted.length + 11);
  const start = got.bytes().length;
  return {
    socket,
    answers: (length: number) =>
      got.untilLength(start + length).then((bytes) => bytes.subarray(start)),
    bytes: () => got.bytes().subarray(start),
  };
}

const REFUSED_TIME =
  'Interlock refused: COM_TIME is not passed on: it is internal to the server and no client sends it';

const sayOk: Script = (socket) => socket.write(packet(1, okPayload()));

describe('Relay', () => {
  it('carries a statement there and its response back', async () => {
    const response = resultSet([['1']]);
    const { rig, server } = await stage((socket) => socket.write(response));
    const { socket, answers } = await login(rig);
    socket.write(query('SELECT 1'));
    expect(await answers(response.length)).toEqual(response);
    expect(server.received()).toEqual(query('SELECT 1'));
  });

  it('sends nothing of a refused statement, and its own words instead', async () => {
    const { rig, server } = await stage(sayOk);
    const { socket, answers } = await login(rig);
    socket.write(Buffer.concat([query('DROP TABLE t'), query('SELECT 2')]));
    expect((await answers(90)).toString()).toContain('45000Interlock refused DROP TABLE t');
    expect(server.received()).toEqual(query('SELECT 2'));
  });

  it('forwards a permitted statement of many packets as it came', async () => {
    const { rig, server } = await stage(
      (socket) => {
        if (server.received().length >= sql.length) socket.write(packet(3, okPayload()));
      },
      { verdict: permit },
    );
    const sql = query(`DROP TABLE t -- ${'x'.repeat(0xffffff)}`);
    const { socket, answers } = await login(rig);
    socket.write(sql);
    await answers(11);
    expect(server.received().equals(sql)).toBe(true);
  });

  it('holds a server back while its client does not read', async () => {
    const big = resultSet(Array.from({ length: 500 }, (_, row) => [`${row},`.repeat(15_000)]));
    const { rig, server } = await stage((socket) => socket.write(big));
    const { socket, answers } = await login(rig);
    socket.pause();
    socket.write(query('SELECT 1'));
    await expect.poll(() => server.sockets[0]?.writableLength ?? 0).toBeGreaterThan(10_000_000);
    socket.resume();
    expect((await answers(big.length)).equals(big)).toBe(true);
  });

  it('takes no more of a client that does not read what it is refused', async () => {
    const { rig } = await stage(sayOk);
    const { socket, answers } = await login(rig);
    socket.pause();
    const sent = 200_000;
    socket.write(Buffer.concat(Array.from({ length: sent }, () => command(0x0f))));
    let taken = -1;
    while (taken !== rig.commands() || taken === 0) {
      taken = rig.commands();
      await sleep(200);
    }
    expect(taken).toBeLessThan(sent / 2);
    socket.resume();
    const one = 4 + 9 + REFUSED_TIME.length;
    const all = await answers(sent * one);
    expect(all.length).toBe(sent * one);
    expect(all.subarray(-REFUSED_TIME.length).toString()).toBe(REFUSED_TIME);
  });

  it('names the server that cannot be reached, and ends', async () => {
    const server = await scriptedServer(sayOk);
    server.close();
    const rig = await startRig(server);
    ends.push(() => rig.close());
    const socket = rig.socket();
    const got = collector(socket);
    await once(socket, 'end');
    expect(got.bytes().toString()).toContain(
      `cannot connect to server db1 (127.0.0.1:${server.port})`,
    );
  });

  it('ends a client that does not answer the greeting in time', async () => {
    const { rig } = await stage(sayOk, { limits: { handshakeTimeoutMs: 50 } });
    const socket = rig.socket();
    const got = collector(socket);
    await once(socket, 'end');
    expect(got.bytes().toString()).toContain('limits.handshake');
  });

  it('ends the client when the server is lost during a statement', async () => {
    const { rig } = await stage((socket) => socket.resetAndDestroy());
    const { socket, bytes } = await login(rig);
    const before = bytes().length;
    socket.write(query('SELECT 1'));
    await once(socket, 'end');
    expect(bytes()).toHaveLength(before);
  });

  it('leaves no session behind when the client goes', async () => {
    const { rig, server } = await stage(sayOk);
    const { socket } = await login(rig);
    socket.resetAndDestroy();
    await expect.poll(() => rig.gateway.sessions).toBe(0);
    expect(rig.admissions).toMatchObject({ connections: 0, unauthenticated: 0 });
    expect(server.sockets[0]?.readableEnded ?? server.sockets[0]?.destroyed).toBe(true);
  });
});
