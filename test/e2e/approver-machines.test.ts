// Approvers on their own machines, end to end on MySQL 5.6: they need no configuration and no account
// there, only a URL, who it must be, and their key. And what an approval on this old server is.
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabServer } from '../../src/lab/server.js';
import {
  APPROVALS,
  addApprovers,
  allWritten,
  command,
  refusedWith,
  revoke,
} from '../support/approving.js';
import { Authority } from '../support/authority.js';
import { addAccounts, interlock, RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';

const PATIENT = 'links: { freshness: 1s, deadline: 20s }';
const ADMIN =
  'admin: { socket: ./admin.sock, listen: 127.0.0.1:0, tls: { certificate: c.pem, key: k.pem } }';

describe('approvers on machines of their own, on MySQL 5.6', () => {
  const stage = labWith({
    ...{ line: 'mysql-5.6', servers: ['db1', 'db2'], gtid: false },
    links: [['db2', 'db1']],
  });
  let db1: LabServer;
  let running: RunningInterlock;
  let client: Connection;
  /** Where approvers are: their keys, and whom they trust. Nothing of Interlock's. */
  let away: string;
  let admin: readonly string[];

  beforeAll(async () => {
    db1 = stage.server('db1');
    const servers = [db1, stage.server('db2')];
    await addAccounts(servers);
    await db1.execute('CREATE DATABASE shop', 'SET GLOBAL general_log = ON');
    await db1.execute("SET GLOBAL log_output = 'TABLE'");
    const authority = await Authority.make('our own');
    const { certificatePem, keyPem } = await authority.sign('127.0.0.1');
    running = await RunningInterlock.start({
      guarded: [db1],
      watched: [stage.server('db2')],
      more: [APPROVALS, PATIENT, ADMIN],
      files: { 'c.pem': certificatePem, 'k.pem': keyPem },
    });
    await addApprovers(running);
    away = await mkdtemp(join(tmpdir(), 'interlock-away-'));
    for (const person of ['alice', 'bob', 'carol']) {
      await rename(join(running.at.folder, `${person}.key`), join(away, `${person}.key`));
    }
    await writeFile(join(away, 'ca.pem'), authority.pem);
    const where = running.log
      .split('\n')
      .find((line) => line.includes('approvers are answered over the network'));
    const { address } = JSON.parse(where ?? '{}');
    admin = ['--admin', `https://${address}`, '--admin-ca', join(away, 'ca.pem')];
    client = await running.connect('db1', { database: 'shop' });
  });
  afterAll(async () => {
    await running?.stop();
    if (away !== undefined) await rm(away, { recursive: true });
  });

  const keyOf = (person: string): string => join(away, `${person}.key`);
  const says = (person: string, ...args: string[]) =>
    interlock([...args, ...admin, '--key', keyOf(person)]);
  const approves = (person: string, id: string) => says(person, 'approve', id, '--yes');
  const createUsers = () => db1.execute('CREATE TABLE IF NOT EXISTS shop.users (id INT)');

  it('let one statement pass, once', async () => {
    await createUsers();
    const sql = "DROP TABLE users; SELECT 'the literal nobody may read'";
    const { id } = await refusedWith(client.query(sql));
    expect((await says('alice', 'requests')).stdout).toContain(id);
    const shown = await says('alice', 'requests', id);
    expect(shown.stdout).toContain('dba from 127.0.0.1 asks to run on db1');
    expect(shown.stdout).toMatch(/db2: live/);
    const own = await approves('carol', id);
    expect(own).toMatchObject({ code: 1, stderr: expect.stringContaining('uses the account dba') });
    expect(await approves('alice', id)).toMatchObject({ code: 0 });
    expect((await refusedWith(client.query(sql))).message).toContain('1 of 2 approvals');
    expect((await approves('bob', id)).stdout).toContain('approved by alice, bob');
    await client.query(sql);
    const again = await refusedWith(client.query(sql));
    expect(again.message).toContain(`${id} was used at`);
    const served = running.log.split('\n').filter((line) => line.includes('an approver was'));
    expect(served.join('\n')).toMatch(/"person":"bob","address":"127\.0\.0\.1"/);
    expect(await running.metric('admin_requests_total', { result: 'served' })).toBeGreaterThan(4);
    expect(await allWritten(running)).not.toContain('nobody may read');
  });

  it('present signatures in the session that asks', async () => {
    await createUsers();
    const sql = 'TRUNCATE TABLE users';
    const { id } = await refusedWith(client.query(sql));
    const exported = join(away, `${id}.json`);
    expect(await says('alice', 'requests', id, '--export', exported)).toMatchObject({ code: 0 });
    const tokens: string[] = [];
    for (const person of ['alice', 'bob']) {
      const alone = ['approve', '--offline', exported, '--key', keyOf(person), '--yes'];
      tokens.push((await interlock(alone)).stdout.trim());
    }
    const dba = await running.connect('db1', { database: 'shop' });
    await dba.query(`SET @interlock_token = '${tokens.join(' ')}'`);
    // Those of one session are nothing to another.
    expect((await refusedWith(client.query(sql))).message).toContain('0 of 2 approvals');
    await dba.query(sql);
    expect((await refusedWith(dba.query(sql))).message).toContain('its request has been used');
    const logged = await db1.query(
      'SELECT CONVERT(argument USING utf8) AS a FROM mysql.general_log',
    );
    const texts = logged.map(({ a }) => String(a)).join('\n');
    expect(texts).toContain('TRUNCATE TABLE users');
    const written = `${texts}\n${await allWritten(running)}`;
    for (const token of tokens) expect(written).not.toContain(token.slice(-40));
  });

  it('are nobody any more, once their key is revoked', async () => {
    const { id } = await refusedWith(client.query('DROP TABLE IF EXISTS users'));
    expect(await says('alice', 'requests', id)).toMatchObject({ code: 0 });
    await revoke(running, 'alice');
    for (const args of [['requests'], ['requests', id], ['approve', id, '--yes']]) {
      const refused = await says('alice', ...args);
      expect(refused, args.join(' ')).toMatchObject({ code: 1 });
      expect(refused.stderr).toMatch(/\(401\): .*the key of alice was revoked on/);
    }
    expect(running.log).toContain('the key of alice was revoked on');
    // The socket is its owner's, whoever signs: there a signature does not count, either.
    expect((await command(running, 'requests')).stdout).toContain(id);
  });
});
