// A whole restore through one approval, on real servers with their own dump tools: what people signed
// for passes in one session, as often as it was listed, and nothing else does.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/lab/program.js';
import { startReplication, stopReplication, untilCaughtUp } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import {
  APPROVALS,
  addApprovers,
  command,
  refusedWith,
  says,
  signOffline,
} from '../support/approving.js';
import { addAccounts, DBA, RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';

const PATIENT = 'links: { freshness: 1s, deadline: 20s }';
const ALL = { MYSQL_PWD: DBA.password };

describe.each(['mariadb-10.11', 'mysql-9'] as const)('a restore on %s', (line) => {
  const stage = labWith({ line, servers: ['db1', 'db2'], links: [['db2', 'db1']], gtid: false });
  let db1: LabServer;
  let db2: LabServer;
  let running: RunningInterlock;
  let dump: string;

  beforeAll(async () => {
    [db1, db2] = [stage.server('db1'), stage.server('db2')];
    await addAccounts([db1, db2]);
    await db1.execute(
      'CREATE DATABASE shop',
      'CREATE TABLE shop.users (id INT PRIMARY KEY, name VARCHAR(40))',
      'CREATE TABLE shop.`order lines` (id INT PRIMARY KEY)',
      "INSERT INTO shop.users VALUES (1, 'it''s; DROP TABLE shop.users; -- \\\\'), (2, 'b')",
      'CREATE VIEW shop.names AS SELECT name FROM shop.users',
      'CREATE PROCEDURE shop.empty_lines() BEGIN TRUNCATE TABLE shop.`order lines`; END',
      'CREATE TRIGGER shop.t BEFORE INSERT ON shop.users FOR EACH ROW SET NEW.id = NEW.id + 0',
    );
    await untilCaughtUp({ consumer: db2, source: db1 });
    running = await RunningInterlock.start({
      guarded: [db1],
      watched: [db2],
      more: [APPROVALS, PATIENT, ...(line === 'mysql-9' ? ['workers: 2'] : [])],
    });
    await addApprovers(running);
    dump = await dumped();
  });
  afterAll(() => running?.stop());

  async function dumped(): Promise<string> {
    const quiet = line === 'mysql-9' ? ['--set-gtid-purged=OFF'] : [];
    const args = [
      ...['--no-defaults', '-h127.0.0.1', `-P${db1.port}`, '-uroot', '--routines', ...quiet],
      ...['--databases', 'shop'],
    ];
    const { stdout } = await run(db1.clientTools.dump, args);
    const file = join(running.at.folder, 'shop.sql');
    await writeFile(file, stdout);
    return file;
  }

  const asked = (...more: string[]) =>
    command(running, 'requests', 'batch', dump, '--server', 'db1', '--user', 'dba', ...more);

  /** Opened, and signed by two; its id. */
  async function approved(...more: string[]): Promise<string> {
    const opened = await asked('--accept-reach', 'db2', ...more);
    expect(opened, opened.stderr).toMatchObject({ code: 0 });
    const id = /Request (A[0-9A-Z]+), for a restore/.exec(opened.stdout)?.[1] ?? '';
    await says(running, 'alice', 'approve', id);
    const second = await says(running, 'bob', 'approve', id);
    expect(second.stdout).toContain('Begin the restore by');
    return id;
  }

  /** By the real client, as people do it. */
  async function restored(input: string): Promise<string> {
    const port = String(running.port('db1'));
    const client = db1.clientTools.client;
    const args = ['--no-defaults', '-h127.0.0.1', `-P${port}`, `-u${DBA.user}`];
    return await run({ ...client, env: { ...client.env, ...ALL } }, args, { input }).then(
      () => '',
      (thrown: unknown) => String(thrown),
    );
  }

  const rows = async (table: string): Promise<number> =>
    Number((await db2.query(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n);

  it('says what to do first while a server follows, and shows what would be signed', async () => {
    const plain = await asked();
    expect(plain).toMatchObject({ code: 1, stdout: '' });
    expect(plain.stderr).toContain('While no server follows, nothing in it needs an approval');
    expect(plain.stderr).toContain('--accept-reach db2');
    const strange = await asked('--accept-reach', 'db2,db7');
    expect(strange.stderr).toContain('it would not reach db7');
    const opened = await asked('--accept-reach', 'db2');
    expect(opened.stdout).toContain(
      '3 × drop-table: DROP TABLE in shop\n      names, order lines, users',
    );
    expect(opened.stdout).toContain('truncate-table: TRUNCATE');
    expect(opened.stdout).toContain('in code kept for later, as the dump words it');
    expect(opened.stdout).toContain('Accepting that these follow');
    expect(opened.stdout).toMatch(/db2: live/);
    const again = await asked('--accept-reach', 'db2', '--json');
    expect(opened.stdout).toContain(JSON.parse(again.stdout).view.request.id);
  });

  it('passes whole in one session, and a second time not at all', async () => {
    const id = await approved();
    const text = await readFile(dump, 'utf8');
    expect(await restored(text)).toBe('');
    await untilCaughtUp({ consumer: db2, source: db1 });
    expect(await rows('shop.users')).toBe(2);
    const shown = await command(running, 'requests', id);
    expect(shown.stdout).toContain(`${id}: approved by alice, bob; used`);
    const records = (await running.records()).filter(
      (record) => record.kind === 'decision' && record.approval?.request === id,
    );
    const { request } = JSON.parse((await command(running, 'requests', id, '--json')).stdout);
    expect(records).toHaveLength(request.uses);
    expect(await restored(text)).toContain('was used at');
  });

  it('is one session’s, and takes no more than was listed', async () => {
    const id = await approved();
    const first = await running.connect('db1');
    const second = await running.connect('db1');
    await first.query('DROP TABLE IF EXISTS shop.users');
    const held = await refusedWith(second.query('DROP TABLE shop.`order lines`'));
    expect(held.message).toContain(`${id} is in use by session`);
    const twice = await refusedWith(first.query('drop table if exists `shop`.`users`'));
    expect(twice.message).toContain(`${id} has nothing left of DROP TABLE shop.users`);
    const other = await refusedWith(first.query('DROP TABLE shop.other'));
    expect(other.message).toContain(`${id} does not list DROP TABLE shop.other`);
    const worse = await refusedWith(first.query('TRUNCATE TABLE shop.`order lines`'));
    expect(worse.message).toContain(`${id} does not list TRUNCATE`);
    const listed = await command(running, 'requests');
    expect(listed.stdout).toMatch(/restore of shop\.sql: 3 × drop-table.*; 1 of 5 used/);
    await says(running, 'alice', 'deny', id);
    await refusedWith(first.query('DROP TABLE shop.`order lines`'));
    expect(await rows('shop.`order lines`')).toBe(0);
    await Promise.all([end(first), end(second)]);
  });

  it('holds only while no link is worse than was accepted', async () => {
    await stopReplication(db2);
    const id = await approved('--client', '127.0.0.1');
    await startReplication(db2);
    const session = await running.connect('db1');
    const live = await refusedWith(session.query('DROP TABLE shop.`order lines`'));
    expect(live.message).toContain(
      `${id} no longer holds: db2 was armed when it was asked for and is live now.`,
    );
    await stopReplication(db2);
    await session.query('DROP TABLE shop.`order lines`');
    await startReplication(db2);
    await end(session);
  });

  it('is signed for without a network, and presented in the session', async () => {
    const opened = await asked('--accept-reach', 'db2', '--json', '--client', '127.0.0.1');
    const { id } = JSON.parse(opened.stdout).view.request;
    const tokens = [await signOffline(running, 'alice', id), await signOffline(running, 'bob', id)];
    const text = `SET @interlock_token = '${tokens.join(' ')}';\n${await readFile(dump, 'utf8')}`;
    expect(await restored(text)).toBe('');
    await untilCaughtUp({ consumer: db2, source: db1 });
    expect(await rows('shop.users')).toBe(2);
  });
});

async function end(session: Connection): Promise<void> {
  await session.end();
}
