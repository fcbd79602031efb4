// What the one who runs Interlock can get wrong, or do on purpose: configuration, ports, rules,
// audit file, signals. What cannot be kept is said, and nothing guarded passes meanwhile.
import { mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/lab/ports.js';
import type { LabServer } from '../../src/lab/server.js';
import {
  addAccounts,
  type InterlockPlan,
  interlock,
  RunningInterlock,
} from '../support/interlock.js';
import { labWith } from '../support/lab.js';

const DENY_VIEWS = `
rules:
  - id: no-view-drop
    title: Dropping views
    owner: security
    match: { effect: [drop-view] }
    verdict: deny
`;
const running: RunningInterlock[] = [];
const listening: Server[] = [];

// Neither has a link: what is refused here would pass if Interlock were as it should be.
describe('interlock run', () => {
  const stage = labWith({ line: 'mariadb-10.11', servers: ['db1', 'db2'] });
  let db1: LabServer;
  let db2: LabServer;

  const start = async (
    plan: Partial<InterlockPlan>,
    how: 'start' | 'startUnready' = 'start',
  ): Promise<RunningInterlock> => {
    const made = await RunningInterlock[how]({ guarded: [db1, db2], ...plan });
    running.push(made);
    return made;
  };

  beforeAll(async () => {
    db1 = stage.server('db1');
    db2 = stage.server('db2');
    await addAccounts([db1, db2]);
    for (const server of [db1, db2]) {
      await server.execute('CREATE DATABASE shop');
      await fill(server);
    }
  });
  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop();
    for (const each of listening.splice(0)) each.close();
  });
  afterAll(() => Promise.all(running.map((each) => each.stop())));

  it('says where a configuration is wrong, and does not start', async () => {
    const folder = await mkdtemp(join(stage.lab().folder, 'wrong-'));
    const file = join(folder, 'interlock.yaml');
    await writeFile(file, 'servers:\n  db1: { adress: 127.0.0.1:3306, listen: 127.0.0.1:1 }\n');
    const ended = await interlock(['run', '--config', file]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/interlock\.yaml:2:10: error: .*adress/);
    const missing = await interlock(['run', '--config', join(folder, 'none.yaml')]);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('none.yaml') });
  });

  it('does not start without the password it was told to find', async () => {
    const launched = await RunningInterlock.launch({
      guarded: [db1],
      more: ['monitor: { user: interlock, passwordEnv: NOBODY_SET_THIS }'],
    });
    running.push(launched);
    expect(await launched.exit()).toBe(1);
    expect(launched.log).toContain('NOBODY_SET_THIS');
  });

  it('serves the others when a port is taken, and says which', async () => {
    const taken = await takePort();
    const made = await start({ ports: { db1: taken } }, 'startUnready');
    const client = await made.connect('db2', { database: 'shop' });
    await expectServed(client);
    const ready = await made.readyz();
    expect(ready.status).toBe(503);
    expect(ready.body).toContain(`db1 cannot listen on 127.0.0.1:${taken}`);
    expect((await made.get('/healthz')).status).toBe(200);
    expect(made.log).toContain(`another process has 127.0.0.1:${taken}`);
  });

  it('does not start when no port is left', async () => {
    const ports = { db1: await takePort() };
    const launched = await RunningInterlock.launch({ guarded: [db1], ports });
    running.push(launched);
    expect(await launched.exit()).toBe(1);
    expect(launched.log).toContain('no listener could be opened');
  });

  it('guards without metrics and admin socket when these cannot be had', async () => {
    const more = [
      `metrics: { listen: 127.0.0.1:${await takePort()} }`,
      'admin: { socket: /proc/x }',
    ];
    const launched = await RunningInterlock.launch({ guarded: [db1], more });
    running.push(launched);
    await launched.until('guarding', async () => launched.log.includes('Interlock is guarding'));
    await expectServed(await launched.connect('db1', { database: 'shop' }));
    expect(launched.log).toContain('Metrics cannot be served');
    expect(launched.log).toContain('/proc/x');
  });

  it('refuses all that is guarded while its rules are broken, until SIGHUP mends it', async () => {
    const made = await start(
      { more: ['rules: ./rules.yaml'], files: { 'rules.yaml': 'rules: [ { id: half' } },
      'startUnready',
    );
    const client = await made.connect('db1', { database: 'shop' });
    expect((await made.readyz()).body).toContain('no rules loaded');
    expect((await made.readyz()).status).toBe(503);
    expect(await refusal(client, 'DROP VIEW v')).toContain('Rule built-in-no-rules.');
    expect(await refusal(client, 'TRUNCATE orders')).toContain('Rule built-in-no-rules.');
    await expectServed(client);
    await writeFile(join(made.at.folder, 'rules.yaml'), DENY_VIEWS);
    made.signal('SIGHUP');
    await made.until('ready', async () => (await made.readyz()).status === 200);
    expect(await refusal(client, 'DROP VIEW v')).toContain('Rule no-view-drop.');
  });

  it('keeps the rules in force when SIGHUP finds broken ones', async () => {
    const made = await start({
      more: ['rules: ./rules.yaml'],
      files: { 'rules.yaml': DENY_VIEWS },
    });
    const client = await made.connect('db1', { database: 'shop' });
    await writeFile(join(made.at.folder, 'rules.yaml'), 'rules: 7');
    made.signal('SIGHUP');
    const reloaded = () => made.metric('rules_last_reload_successful');
    await made.until('aware of it', async () => (await reloaded()) === 0);
    expect(made.log).toMatch(/"file":"[^"]*rules.yaml","line":1/);
    expect(await refusal(client, 'DROP VIEW v')).toContain('Rule no-view-drop.');
    expect((await made.readyz()).status).toBe(200);
    await writeFile(join(made.at.folder, 'rules.yaml'), DENY_VIEWS.replace('no-view', 'new-view'));
    made.signal('SIGHUP');
    await made.until('aware of the new ones', async () => (await reloaded()) === 1);
    expect(await refusal(client, 'DROP VIEW v')).toContain('Rule new-view-drop.');
  });

  it('survives a SIGHUP while it starts, and reads its rules again', async () => {
    const made = await RunningInterlock.launch({ guarded: [db1] });
    running.push(made);
    await made.until('reading rules', async () => made.log.includes('rules loaded'));
    made.signal('SIGHUP');
    await made.until('ready', async () => (await made.readyz()).status === 200);
    const loads = (): number => made.log.split('rules loaded').length - 1;
    await made.until('done reading again', async () => loads() === 2);
  });

  it('logs what it refuses by the id of its record, and no secret at any level', async () => {
    const made = await start({
      more: ['rules: ./rules.yaml'],
      files: { 'rules.yaml': DENY_VIEWS },
      env: { LOG_LEVEL: 'trace' },
    });
    await expect(made.connect('db1', { password: 'hunter1' })).rejects.toThrow('Access denied');
    const client = await made.connect('db1', { database: 'shop' });
    const sql = "DROP VIEW v; SET PASSWORD FOR nobody = 'hunter2'; SELECT 'hunter3'";
    const said = await refusal(client, sql);
    expect(await refusal(client, sql)).toBe(said);
    const id = /(R[0-9A-Z]{10})\W*$/.exec(said)?.[1] ?? 'no id';
    const lines = made.log.split('\n').filter((line) => line.includes(id));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ id, msg: 'refused' }]);
    expect(made.log).not.toMatch(/hunter\d|dba-password|monitor-password/);
    expect(made.log).not.toContain('DROP VIEW');
    expect((await made.decision(id)).statement).not.toMatch(/hunter\d/);
  });

  it('refuses what it cannot record, where the audit file cannot be', async () => {
    const made = await start(
      { more: ['audit: { file: ./a-file/audit.jsonl }'], files: { 'a-file': '' } },
      'startUnready',
    );
    const client = await made.connect('db1', { database: 'shop' });
    const ready = await made.readyz();
    expect(ready).toMatchObject({ status: 503, body: expect.stringContaining('audit') });
    expect(await refusal(client, 'DROP TABLE orders')).toContain(
      'Rule built-in-audit-unavailable.',
    );
    await expectServed(client);
    expect(await made.metric('audit_write_failures_total')).toBe(1);
  });

  it('refuses while the disk under the audit file is full, and recovers by itself', async () => {
    const folder = await mkdtemp(join(stage.lab().folder, 'audit-'));
    const file = join(folder, 'audit.jsonl');
    const made = await start({ more: [`audit: { file: ${file} }`] });
    const client = await made.connect('db1', { database: 'shop' });
    await client.query('TRUNCATE orders');
    await fill(db1);
    // /dev/full has no room for anybody.
    await rename(file, `${file}.kept`);
    await symlink('/dev/full', file);
    made.signal('SIGHUP');
    await made.until('aware of it', async () => (await made.readyz()).status === 503);
    const said = await refusal(client, 'DROP TABLE orders');
    expect(said).toContain('Rule built-in-audit-unavailable.');
    expect(said).toContain('ENOSPC');
    await expectServed(client);
    await unlink(file);
    await rename(`${file}.kept`, file);
    await client.query('TRUNCATE orders');
    await fill(db1);
    await made.until('ready again', async () => (await made.readyz()).status === 200);
    await rm(folder, { recursive: true });
  });

  it('keeps one chain of records when its audit file is rotated', async () => {
    const made = await start({});
    const client = await made.connect('db1', { database: 'shop' });
    await client.query('TRUNCATE orders');
    await fill(db1);
    const ended = async () => (await made.records()).some(({ kind }) => kind === 'outcome');
    await made.until('done with the first statement', ended);
    await rename(made.at.auditFile, `${made.at.auditFile}.1`);
    made.signal('SIGHUP');
    await made.until('aware of it', async () => made.log.includes('"why":"rotated"'));
    await client.query('TRUNCATE orders');
    await fill(db1);
    await made.until('done with the second statement', ended);
    const args = ['audit', 'verify', '--whole', '--config', made.at.configFile];
    const whole = await interlock(args);
    expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining('2 files: 4 records') });
    await rm(`${made.at.auditFile}.1`);
    expect(await interlock(args)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('records 1 to 2 are not here'),
    });
  });

  it('takes no second Interlock on one audit file', async () => {
    const made = await start({});
    const second = await start({ more: [`audit: { file: ${made.at.auditFile} }`] }, 'startUnready');
    const client = await second.connect('db1', { database: 'shop' });
    expect(await refusal(client, 'DROP TABLE orders')).toContain(
      'Rule built-in-audit-unavailable.',
    );
    expect(second.log).toContain(`process ${made.pid} holds it`);
    const first = await made.connect('db1', { database: 'shop' });
    await first.query('TRUNCATE orders');
    await fill(db1);
  });

  it('lets a running statement end at SIGTERM, takes nobody new, and exits with 0', async () => {
    const made = await start({});
    const busy = await made.connect('db1');
    const idle = await made.connect('db1');
    const sleeping = busy.query('SELECT SLEEP(1) AS slept');
    await untilRunning(db1, 'SELECT SLEEP(1)');
    made.signal('SIGTERM');
    await made.until('draining', async () => made.log.includes('draining'));
    await expect(made.connect('db1')).rejects.toThrow();
    await expect(idle.query('SELECT 1')).rejects.toThrow();
    const [rows] = await sleeping;
    expect(JSON.stringify(rows)).toBe('[{"slept":0}]');
    expect(await made.exit()).toBe(0);
  });
});

function fill(server: LabServer): Promise<void> {
  return server.execute(
    'CREATE OR REPLACE TABLE shop.orders (id INT)',
    'INSERT INTO shop.orders VALUES (1)',
    'CREATE OR REPLACE VIEW shop.v AS SELECT 1',
  );
}

async function takePort(): Promise<number> {
  const port = await freePort();
  const server = createServer();
  listening.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return port;
}

async function untilRunning(server: LabServer, statement: string): Promise<void> {
  await expect
    .poll(async () => {
      const rows = await server.query('SELECT INFO FROM information_schema.PROCESSLIST');
      return rows.some(({ INFO }) => String(INFO).startsWith(statement));
    })
    .toBe(true);
}

async function refusal(client: Connection, sql: string): Promise<string> {
  return client.query(sql).then(
    () => 'not refused',
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : ''),
  );
}

/** What is unguarded passes, and what was refused is still there. */
async function expectServed(client: Connection): Promise<void> {
  const [rows] = await client.query('SELECT COUNT(*) AS n FROM orders, v');
  expect(JSON.stringify(rows)).toBe('[{"n":1}]');
}
