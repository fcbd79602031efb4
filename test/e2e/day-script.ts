// One day on real servers: db1 and db2 replicate from each other, replica1 from db1. People log in,
// are stopped, ask and are given approval; links flap, servers restart, rules break, a disk fills,
// Interlock crashes and is upgraded; at night both are severed, and a table is dropped by mistake.
import { execFile } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Connection } from 'mysql2/promise';
import { expect } from 'vitest';
import type { OutcomeRecord } from '../../src/audit/outcome-record.js';
import {
  type Coordinates,
  coordinates,
  replicate,
  sever,
  startReplication,
  stopReplication,
  untilCaughtUp,
} from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import { APPROVALS, addApprovers, refusedWith, says, signOffline } from '../support/approving.js';
import { addAccounts, DBA, RunningInterlock } from '../support/interlock.js';
import { dropAmongOthers, shopOf } from '../support/recovering.js';
import { Day, type Shown } from './day-moments.js';

export interface Ring {
  readonly db1: LabServer;
  readonly db2: LabServer;
  readonly replica1: LabServer;
}

export interface LivedDay {
  readonly running: RunningInterlock;
  readonly day: Day;
  readonly begin: Coordinates;
  readonly before: string;
  readonly dropped: OutcomeRecord;
}

/** The lab's own sessions and replication come from there; who goes around, from elsewhere. */
const EXPECTED = '127.0.0.1/32';
const ELSEWHERE = '127.0.0.9';
/** In transactions that nobody ended: when Interlock crashed, and when their session did. */
export const CRASHED = 'DELETE FROM shop.jobs';
export const LEFT = 'DELETE FROM shop.notes';
const CATCH_UP_MS = 60_000;

const QUIET: Shown = {
  ...{ 'db1 → db2': 'live', 'db2 → db1': 'live', 'db1 → replica1': 'live' },
  ...{ 'residue db1 → db2': 0, 'residue db2 → db1': 0, 'residue db1 → replica1': 0 },
  ...{ 'around db1': 0, 'around db2': 0, reloaded: 1, unwritten: 'nothing' },
  approvals: 'usable',
};
const SEVERED: Shown = { ...QUIET, 'db1 → db2': 'severed', 'db2 → db1': 'severed' };

/** Without GTIDs all that db2 has of a drop counts for replica1, which follows only db1. */
const APART = 'residue db2 → replica1';

export async function liveThrough(ring: Ring): Promise<LivedDay> {
  const { db1, db2, replica1 } = ring;
  await addAccounts([db1, db2, replica1]);
  const running = await RunningInterlock.start({
    guarded: [db1, db2],
    watched: [replica1],
    files: { 'rules.yaml': 'rules: []\n' },
    more: [
      APPROVALS,
      'links: { freshness: 1s, deadline: 20s }',
      'rules: [default, ./rules.yaml]',
      `around: { expected: [${EXPECTED}] }`,
    ],
  });
  try {
    await addApprovers(running);
    const begin = await coordinates(db2);
    const day = new Day(running);
    const at = { ...ring, running, day };
    await day.at('00:00', QUIET);
    await morning(at);
    await troubles(at);
    await afternoon(at);
    return { running, day, begin, ...(await night(at)) };
  } catch (thrown) {
    await running.stop();
    throw thrown;
  }
}

interface At extends Ring {
  readonly running: RunningInterlock;
  readonly day: Day;
}

/** Logins, a block, and an approval that is used once and presented again. */
async function morning({ running, day, db1, db2, replica1 }: At): Promise<void> {
  await day.at('07:30', QUIET, async () => {
    await expect(running.connect('db1', { password: 'wrong' })).rejects.toMatchObject({
      errno: 1045,
    });
    const client = await running.connect('db2');
    await client.query(
      'CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, what VARCHAR(20)); ' +
        'CREATE TABLE shop.notes (id INT PRIMARY KEY); CREATE TABLE shop.old (id INT); ' +
        'CREATE TABLE shop.queue (id INT PRIMARY KEY); CREATE TABLE shop.jobs (id INT PRIMARY KEY)',
    );
    await client.query("INSERT INTO shop.orders VALUES (1, 'a'), (2, 'b')");
    await untilCaughtUp({ consumer: db1, source: db2 }, CATCH_UP_MS);
    await untilCaughtUp({ consumer: replica1, source: db1 }, CATCH_UP_MS);
  });
  await day.at('08:15', QUIET, async () => {
    const client = await running.connect('db1');
    await refusedWith(client.query('DROP DATABASE shop'));
  });
  const sql = 'DROP TABLE shop.old';
  const dba = await running.connect('db2');
  let request = '';
  let token = '';
  await day.at('09:00', QUIET, async () => {
    request = (await refusedWith(dba.query(sql))).id;
  });
  await day.at('09:05', QUIET, async () => {
    const first = await says(running, 'alice', 'approve', request);
    expect(first, first.stderr).toMatchObject({ code: 0 });
    expect((await refusedWith(dba.query(sql))).id).toBe(request);
    token = await signOffline(running, 'bob', request);
  });
  await day.at('09:10', { ...QUIET, [APART]: db2.gtid ? 0 : 1 }, async () => {
    await dba.query(`SET @interlock_token = '${token}'`);
    await dba.query(sql);
  });
  await day.at('09:40', QUIET, async () => {
    const copied = await running.connect('db2');
    await copied.query(`SET @interlock_token = '${token}'`);
    const again = await refusedWith(copied.query(sql));
    expect(again.message).toContain('its request has been used');
    expect(again.id).not.toBe(request);
  });
}

/** A link that flaps, rules that break and are mended, servers that restart. */
async function troubles({ running, day, db1, replica1 }: At): Promise<void> {
  const armed = { ...QUIET, 'db2 → db1': 'armed' };
  await day.at('10:00', armed, () => stopReplication(db1));
  await day.at('10:02', QUIET, () => startReplication(db1));
  await day.at('10:04', armed, () => stopReplication(db1));
  await day.at('10:05', QUIET, () => startReplication(db1));
  const rules = join(running.at.folder, 'rules.yaml');
  await day.at('11:00', { ...QUIET, reloaded: 0 }, () => writeFile(rules, 'rules: [\n'));
  await day.at('11:20', QUIET, () => writeFile(rules, 'rules: []\n'));
  const gone = { ...QUIET, 'db1 → replica1': 'unknown' };
  await day.at('12:00', gone, () => replica1.shutDown());
  await day.at('12:03', QUIET, () => replica1.restart());
  await day.at('12:30', gone, () => replica1.shutDown());
  await day.at('12:42', QUIET, () => replica1.restart());
}

/** What only shadow lets pass, a disk that fills, a crash, somebody who goes around, an upgrade. */
async function afternoon({ running, day, db2 }: At): Promise<void> {
  const client = await running.connect('db2');
  await day.at('13:00', QUIET, async () => {
    await client.query('INSERT INTO shop.queue VALUES (1)');
    await client.query('DELETE FROM shop.queue');
    await untilOutcome(running, 'DELETE FROM shop.queue');
    // Still open when Interlock crashes.
    const left = await running.connect('db2');
    await left.query('BEGIN');
    await left.query(CRASHED);
    await untilOutcome(running, CRASHED);
  });
  await day.at('14:30', { ...QUIET, unwritten: 'something' }, async () => {
    const { size } = await stat(running.at.auditFile);
    // There is room for a part of the record, which has to be taken back. The store of approvals has
    // none either, and is looked at again once there is.
    await limitFiles(running, String(size + 100));
    await expect(client.query('TRUNCATE TABLE shop.queue')).rejects.toThrow(
      /Rule built-in-audit-unavailable/,
    );
    await limitFiles(running, 'unlimited');
  });
  await day.at('14:40', { ...QUIET, unwritten: 'something' }, async () => {
    await client.query('SET SESSION sql_log_bin = 1');
    await untilOutcome(running, 'SET SESSION sql_log_bin = ?');
  });
  await day.away('15:30', () => running.end('SIGKILL'));
  let around: Connection | undefined;
  const again = { ...QUIET, [APART]: db2.gtid ? 0 : 1 };
  await day.at('15:33', { ...again, 'around db2': 1 }, async () => {
    around = await db2.connect({
      ...DBA,
      stream: connectSocket({ host: db2.host, port: db2.port, localAddress: ELSEWHERE }),
    });
    await running.startAgain();
  });
  await day.at('15:47', again, async () => {
    await around?.end();
    await running.end('SIGTERM');
    await running.startAgain();
  });
}

/** Both links are severed for maintenance, the wrong table is dropped, work goes on, all is linked. */
async function night({ running, day, db1, db2 }: At) {
  await day.at('20:00', SEVERED, async () => {
    await sever(db1);
    await sever(db2);
  });
  const client = await running.connect('db2');
  await client.query("UPDATE shop.orders SET what = 'c' WHERE id = 2");
  await db2.execute('FLUSH BINARY LOGS');
  const before = await shopOf(db2);
  let dropped: OutcomeRecord | undefined;
  const lost = { ...SEVERED, 'residue db2 → db1': 1, [APART]: db2.gtid ? 1 : 2 };
  await day.at('20:10', lost, async () => {
    dropped = await dropAmongOthers({ interlock: running, server: 'db2', client });
  });
  await client.query('INSERT INTO shop.notes VALUES (1000)');
  const left = await running.connect('db2');
  await left.query('BEGIN');
  await left.query(LEFT);
  await untilOutcome(running, LEFT);
  left.destroy();
  const { 'residue db2 → db1': _, ...linked } = QUIET;
  await day.at('22:00', linked, async () => {
    await link({ consumer: db1, source: db2 });
    await link({ consumer: db2, source: db1 });
  });
  await db2.execute('FLUSH BINARY LOGS');
  await client.query('CREATE TABLE shop.later (id INT PRIMARY KEY)');
  await client.query('INSERT INTO shop.later VALUES (7), (8); DELETE FROM shop.later WHERE id = 8');
  await untilCaughtUp({ consumer: db1, source: db2 }, CATCH_UP_MS);
  await day.at('23:30', linked);
  if (dropped === undefined) throw new Error('nothing was dropped');
  return { before, dropped };
}

/** From where the source is now: what it logged while severed is not fetched. */
function link(pair: { readonly consumer: LabServer; readonly source: LabServer }): Promise<void> {
  return replicate({ ...pair, gtid: false });
}

/** How long its files may grow: a disk without room for more, as the process sees it. */
async function limitFiles(running: RunningInterlock, bytes: string): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', `${running.pid}`, `--fsize=${bytes}:unlimited`]);
}

/** Its outcome is on disk: nothing that comes later can lose it. */
async function untilOutcome(running: RunningInterlock, statement: string): Promise<void> {
  await running.until(`done recording ${statement}`, async () => {
    const records = await running.records();
    const ids = records.flatMap((record) =>
      record.kind === 'decision' && record.statement === statement ? [record.id] : [],
    );
    return records.some(({ kind, id }) => kind === 'outcome' && ids.includes(id));
  });
}
