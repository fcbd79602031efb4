// `workers: 2` as it ships: sessions in two processes, and one of everything else.
import { execFile } from 'node:child_process';
import { access, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAccounts, DBA, RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';

const rulesThat = (verb: string): string =>
  [
    'rules:',
    '  - id: no-such-thing',
    '    title: Not here',
    '    owner: tests',
    `    match: { effect: [${verb}] }`,
    '    verdict: deny',
    '',
  ].join('\n');

describe('two workers', () => {
  const lab = labWith({ line: 'mariadb-10.11', servers: ['db1'] });
  let running: RunningInterlock;

  const start = (): Promise<RunningInterlock> =>
    RunningInterlock.start({
      guarded: [lab.server('db1')],
      sockets: { db1: './db1.sock' },
      fields: { db1: 'proxyProtocol: { from: [127.0.0.9] }' },
      more: ['workers: 2', 'rules: [./own.yaml]'],
      files: { 'own.yaml': rulesThat('drop-table') },
    });

  beforeAll(async () => {
    await addAccounts([lab.server('db1')]);
    await lab.server('db1').execute('CREATE DATABASE shop', 'CREATE TABLE shop.t (a INT)');
    running = await start();
  });
  afterAll(async () => {
    await running?.stop();
  });

  async function workersOf(pid: number): Promise<readonly number[]> {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(pid)]);
    return stdout.split('\n').filter(Boolean).map(Number);
  }

  const several = (count: number): Promise<Connection[]> =>
    Promise.all(Array.from({ length: count }, () => running.connect('db1', { database: 'shop' })));

  it('share the sessions, and count, judge and record as one', async () => {
    expect(await workersOf(running.pid)).toHaveLength(2);
    const before = await running.metric('statements_total', { effect: 'none' });
    const connections = await several(6);
    for (const connection of connections) {
      for (let round = 0; round < 5; round += 1) await connection.query('SELECT 1');
      await expect(connection.query('DROP TABLE t')).rejects.toMatchObject({ errno: 1644 });
      await connection.query('TRUNCATE TABLE t');
    }
    expect((await running.metric('statements_total', { effect: 'none' })) - before).toBe(30);
    expect(await running.metric('commands_total', { command: 'COM_QUERY' })).toBe(42);
    expect(await running.metric('connections', { server: 'db1' })).toBe(6);
    expect(await running.metric('mode', { server: 'db1', mode: 'enforce' })).toBe(1);
    const denied = { rule: 'no-such-thing', verdict: 'deny', mode: 'enforce' };
    expect(await running.metric('decisions_total', denied)).toBe(6);
    await expect.poll(async () => (await running.records()).length).toBe(18);
    const records = await running.records();
    const sessions = records.flatMap((each) => (each.kind === 'decision' ? [each.session] : []));
    expect(new Set(sessions).size).toBe(6);
    for (const connection of connections) await connection.end();
    await expect.poll(() => running.metric('connections', { server: 'db1' })).toBe(0);
  });

  it('take clients from Unix sockets and from behind balancers', async () => {
    const socketPath = join(running.at.folder, 'db1.sock');
    const local = await createConnection({ socketPath, ...DBA, database: 'shop' });
    await expect(local.query('DROP TABLE t')).rejects.toMatchObject({ errno: 1644 });
    local.destroy();
    const stream = connect({
      ...{ port: running.port('db1'), host: '127.0.0.1' },
      localAddress: '127.0.0.9',
    });
    stream.write('PROXY TCP4 192.0.2.7 10.0.0.1 4711 3306\r\n');
    const proxied = await createConnection({ stream, ...DBA, database: 'shop' });
    await expect(proxied.query('DROP TABLE t')).rejects.toMatchObject({ errno: 1644 });
    proxied.destroy();
    const records = await running.records();
    const clients = records.flatMap((each) => (each.kind === 'decision' ? [each.client] : []));
    expect(clients.slice(-2)).toMatchObject([
      { address: 'localhost' },
      { address: '192.0.2.7', port: 4711 },
    ]);
  });

  it('judge by new rules after SIGHUP', async () => {
    const [connection] = await several(1);
    await writeFile(join(running.at.folder, 'own.yaml'), rulesThat('truncate-table'));
    running.signal('SIGHUP');
    const refused = async (): Promise<boolean> =>
      (await connection?.query('TRUNCATE TABLE t').catch(() => 'refused')) === 'refused';
    await running.until('judging by the new rules', refused);
    await writeFile(join(running.at.folder, 'own.yaml'), rulesThat('drop-table'));
    running.signal('SIGHUP');
    await running.until('judging by the old rules', async () => !(await refused()));
    await connection?.end();
  });

  it('are started again when one dies, and account for what was out with it', async () => {
    // Whoever is left from before would count in the workers' shares.
    await expect.poll(() => running.metric('connections', { server: 'db1' })).toBe(0);
    const connections = await several(6);
    const holder = await lab.server('db1').connect({ database: 'shop' });
    await holder.query('LOCK TABLE t READ');
    const hanging = connections.map((each) => each.query('TRUNCATE TABLE t').catch(() => 'lost'));
    await running.until('asking for all of them', async () => {
      const waiting = await lab
        .server('db1')
        .query("SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE INFO LIKE 'TRUNC%'");
      return Number(waiting[0]?.n) === 6;
    });
    const [victim] = await workersOf(running.pid);
    if (victim === undefined) throw new Error('no worker');
    process.kill(victim, 'SIGKILL');
    await expect.poll(() => running.log).toContain('a worker died');
    await expect.poll(() => running.metric('connections', { server: 'db1' })).toBe(3);
    await holder.end();
    const ends = await Promise.all(hanging);
    expect(ends.filter((end) => end === 'lost')).toHaveLength(3);
    await running.until('whole', async () => (await running.readyz()).status === 200);
    expect(await workersOf(running.pid)).toHaveLength(2);
    await expect
      .poll(async () => {
        const records = await running.records();
        return records.filter(
          (each) => each.kind === 'outcome' && each.outcome === 'connection-lost',
        ).length;
      })
      .toBe(3);
    const [fresh] = await several(1);
    const [rows] = (await fresh?.query<RowDataPacket[]>('SELECT 1 AS alive')) ?? [];
    expect(rows).toEqual([{ alive: 1 }]);
  });

  it('drain on SIGTERM: a command under way ends, and nobody is left', async () => {
    const [connection] = await several(1);
    const workers = await workersOf(running.pid);
    const slow = connection?.query<RowDataPacket[]>('SELECT SLEEP(4) AS slept');
    await running.until('at it', async () => {
      const threads = await lab.server('db1').query('SHOW FULL PROCESSLIST');
      return threads.some((thread) => String(thread.Info).startsWith('SELECT SLEEP'));
    });
    running.signal('SIGTERM');
    expect((await slow)?.[0]).toEqual([{ slept: 0 }]);
    expect(await running.exit()).toBe(0);
    for (const pid of workers) await expect(access(`/proc/${pid}`)).rejects.toThrow();
    await running.stop();
  });

  it('end with a primary that dies', async () => {
    running = await start();
    const workers = await workersOf(running.pid);
    running.signal('SIGKILL');
    await running.exit();
    for (const pid of workers) {
      const isGone = (): Promise<unknown> => access(`/proc/${pid}`).catch(() => 'gone');
      await expect.poll(isGone, { timeout: 10_000 }).toBe('gone');
    }
  });
});
