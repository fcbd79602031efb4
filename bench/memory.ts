// What sessions cost in memory: idle ones after a collection, one whose client stops reading, and
// one that sends statements of up to a gigabyte.
import type { Socket } from 'node:net';
import { kill, stdout } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { flags } from './options.js';
import { residentKib } from './process-figures.js';
import { openRawSession, RAW_USER, sendHuge, sendQuery } from './raw-session.js';
import { type Path, withScene } from './scene.js';

const SETTLE_MS = 1_000;
const MIB = 1024 * 1024;

export async function memory(): Promise<void> {
  const given = flags({
    sessions: '2000',
    result: '1000',
    inserts: '4',
    insert: '1000',
    warm: '400',
  });
  await withScene(async ({ server, relay, interlock }) => {
    await server.execute(
      `CREATE USER ${RAW_USER}@'127.0.0.%' IDENTIFIED BY ''`,
      `GRANT ALL ON *.* TO ${RAW_USER}@'127.0.0.%'`,
      'CREATE DATABASE bench',
      'CREATE TABLE bench.lengths (n BIGINT)',
    );
    for (const path of [await relay(), await interlock()]) {
      const { name } = path;
      const idle = await idleSessions(path, Number(given.sessions));
      say(name, `${idle.toFixed(1)} KiB for each of ${given.sessions} idle sessions`);
      const unread = await unreadResult(path, Number(given.result));
      say(name, `${mib(unread)} MiB more with ${given.result} MB that a client does not read`);
      const before = await hugeInserts(path, 1, Number(given.warm));
      const grown = await hugeInserts(path, Number(given.inserts), Number(given.insert));
      const most = `${given.inserts} × ${given.insert} MB of INSERT`;
      say(name, `${mib(grown - before)} MiB more at most during ${most}`);
    }
  });
}

function say(name: string, what: string): void {
  stdout.write(`${name.padEnd(10)} ${what}\n`);
}

function mib(kib: number): string {
  return (kib / 1024).toFixed(1);
}

/** Its resident memory after a collection, in KiB. */
async function collected({ pid = 0 }: Path): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    kill(pid, 'SIGUSR2');
    await sleep(SETTLE_MS / 3);
  }
  return residentKib(pid);
}

async function idleSessions(path: Path, count: number): Promise<number> {
  // What the first sessions make once (compiled code, pools) is not what a session costs.
  await closeAll(await openMany(path, Math.min(200, count)));
  const before = await collected(path);
  const sockets = await openMany(path, count);
  const after = await collected(path);
  await closeAll(sockets);
  return (after - before) / count;
}

async function openMany({ port }: Path, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(50, count - sockets.length) }, () =>
      openRawSession(port),
    );
    sockets.push(...(await Promise.all(some)));
  }
  return sockets;
}

async function closeAll(sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await sleep(SETTLE_MS);
}

async function unreadResult(path: Path, megabytes: number): Promise<number> {
  const before = await collected(path);
  const socket = await openRawSession(path.port);
  socket.pause();
  sendQuery(socket, `SELECT REPEAT('x', 1000000) FROM seq_1_to_${megabytes}`);
  await sleep(3 * SETTLE_MS);
  const after = residentKib(path.pid ?? 0);
  socket.destroy();
  await sleep(SETTLE_MS);
  return after - before;
}

/** The largest resident memory while they run, in KiB. */
async function hugeInserts({ port, pid = 0 }: Path, count: number, megabytes: number) {
  const socket = await openRawSession(port);
  let largest = 0;
  const watch = setInterval(() => {
    largest = Math.max(largest, residentKib(pid));
  }, 50);
  const head = "INSERT INTO bench.lengths VALUES (LENGTH('";
  const tail = "'))";
  const fill = Math.min(megabytes * 1_000_000, 1024 * MIB - 1 - head.length - tail.length);
  for (let index = 0; index < count; index += 1) {
    const answer = await sendHuge(socket, { head, fill, tail });
    if (answer[4] !== 0) throw new Error(`refused: ${answer.subarray(5).toString()}`);
  }
  clearInterval(watch);
  socket.destroy();
  return largest;
}
