// Approvals on real servers: what people have signed for passes, once, and nothing else does.
import { writeFile } from 'node:fs/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startReplication, stopReplication, untilCaughtUp } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import {
  APPROVALS,
  addApprovers,
  addSealedKey,
  allWritten,
  approveByBoth,
  command,
  refusedWith,
  says,
  signOffline,
  tablesIn,
} from '../support/approving.js';
import { addAccounts, RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';

/** A busy machine is slow to answer, and what did not answer would be unknown. */
const PATIENT = 'links: { freshness: 1s, deadline: 20s }';

describe.each(['mariadb-10.11', 'mysql-9'] as const)('approvals on %s', (line) => {
  const stage = labWith({ line, servers: ['db1', 'db2'], links: [['db2', 'db1']], gtid: false });
  let db1: LabServer;
  let db2: LabServer;
  let running: RunningInterlock;
  let client: Connection;

  beforeAll(async () => {
    [db1, db2] = [stage.server('db1'), stage.server('db2')];
    await addAccounts([db1, db2]);
    await db1.execute('CREATE DATABASE shop', 'SET GLOBAL general_log = ON');
    await db1.execute("SET GLOBAL log_output = 'TABLE'");
    running = await RunningInterlock.start({
      guarded: [db1],
      watched: [db2],
      // One line with workers, so that presented tokens cross over to the first process.
      more: [APPROVALS, PATIENT, ...(line === 'mysql-9' ? ['workers: 2'] : [])],
    });
    await addApprovers(running);
    client = await running.connect('db1', { database: 'shop' });
  });
  afterAll(() => running?.stop());

  beforeEach(async () => {
    await db1.execute(
      'CREATE TABLE IF NOT EXISTS shop.users (id INT PRIMARY KEY)',
      'CREATE TABLE IF NOT EXISTS shop.orders (id INT PRIMARY KEY)',
    );
    await untilCaughtUp({ consumer: db2, source: db1 });
  });

  const tables = () => tablesIn(db1, 'shop');

  it('lets a statement pass once, after two people have signed for it', async () => {
    const sql = 'DROP TABLE users';
    const first = await refusedWith(client.query(sql));
    expect(first.message).toContain('Missing: 0 of 2 approvals of dba or security.');
    expect((await refusedWith(client.query(sql))).id).toBe(first.id);
    const listed = await command(running, 'requests');
    expect(listed.stdout).toContain(first.id);
    const shown = await command(running, 'requests', first.id);
    expect(shown.stdout).toContain('dba from 127.0.0.1 asks to run on db1');
    expect(shown.stdout).toContain('DROP TABLE `users`');
    expect(shown.stdout).toMatch(/drop-table: DROP TABLE shop\.users/);
    expect(shown.stdout).toMatch(/db2: live/);
    await approveByBoth(running, first.id);
    // Clients write the same statement in other ways.
    await client.query('drop  table /* approved */ `users`; -- at last');
    expect(await tables()).toEqual(['orders']);
    const again = await refusedWith(client.query(sql));
    expect(again.id).not.toBe(first.id);
    expect(again.message).toContain(`${first.id} was used at`);
    const records = await running.records();
    const passed = records.find(
      (record) => record.kind === 'decision' && record.verdict === 'permit',
    );
    expect(passed).toMatchObject({ approval: { request: first.id, by: ['alice', 'bob'] } });
    expect(await running.metric('approvals_total', { result: 'used' })).toBeGreaterThan(0);
    const counted = { rule: 'no-drop-while-linked', verdict: 'permit', mode: 'enforce' };
    expect(await running.metric('decisions_total', counted)).toBe(1);
  });

  it('lets nobody approve what their own account asks for', async () => {
    const { id } = await refusedWith(client.query('DROP TABLE orders'));
    const own = await says(running, 'carol', 'approve', id);
    expect(own).toMatchObject({ code: 1 });
    expect(own.stderr).toContain('carol uses the account dba');
    await says(running, 'alice', 'approve', id);
    const twice = await says(running, 'alice', 'approve', id);
    expect(twice.stdout).toContain('alice had said so already');
    expect((await refusedWith(client.query('DROP TABLE orders'))).message).toContain('1 of 2');
  });

  it('lets nothing else pass on an approval', async () => {
    const sql = "DROP TABLE IF EXISTS orders, users_2026; DELETE FROM users WHERE 'a' = 'a'";
    const { id } = await refusedWith(client.query(sql));
    await approveByBoth(running, id);
    for (const other of [
      "DROP TABLE IF EXISTS orders, users; DELETE FROM users WHERE 'a' = 'a'",
      "DROP TABLE IF EXISTS orders, Users_2026; DELETE FROM users WHERE 'a' = 'a'",
      "DROP TABLE IF EXISTS orders, users_2026; DELETE FROM users WHERE 'a' = 'b'",
      "DROP TABLE IF EXISTS orders, users_2026 /*!99999 , users */; DELETE FROM users WHERE 'a' = 'a'",
      'DROP TABLE IF EXISTS orders, users_2026',
    ]) {
      expect((await refusedWith(client.query(other))).id, other).not.toBe(id);
    }
    await client.changeUser({ database: 'mysql' });
    expect((await refusedWith(client.query(sql.replaceAll('orders', 'shop.orders')))).id).not.toBe(
      id,
    );
    await client.changeUser({ database: 'shop' });
    expect(await tables()).toEqual(['orders', 'users']);
    await client.query(sql);
    expect(await tables()).toEqual(['users']);
  });

  it('takes signatures made without a network, handed in or presented in the session', async () => {
    const sql = 'TRUNCATE TABLE orders';
    const first = await refusedWith(client.query(sql));
    const tokens = [
      await signOffline(running, 'alice', first.id),
      await signOffline(running, 'bob', first.id),
    ];
    const dba = await running.connect('db1', { database: 'shop' });
    await dba.query('BEGIN');
    for (const token of tokens) {
      const [ok] = await dba.query(`set @interlock_token = '${token}'`);
      // The session's own flags: it is in a transaction.
      expect(ok).toMatchObject({
        affectedRows: 0,
        serverStatus: expect.toSatisfy(isInTransaction),
      });
    }
    await dba.query(sql);
    await expect(dba.query(sql)).rejects.toThrow(/was refused: its request has been used/);
    const second = await refusedWith(client.query(sql));
    expect(second.message).toContain(`${first.id} was used`);
    const file = `${running.at.folder}/token`;
    const signed = await signOffline(running, 'alice', second.id);
    await writeFile(file, signed);
    const carried = await command(running, 'approve', '--token', file);
    expect(carried.stdout).toContain('approved by alice; missing');
    await says(running, 'bob', 'approve', second.id);
    await client.query(sql);
    for (const secret of [...tokens, signed]) {
      const [rows] = await dba.query<RowDataPacket[]>('SELECT @interlock_token IS NULL AS none');
      expect(rows).toEqual([{ none: 1 }]);
      expect((await allWritten(running)).includes(secret.slice(-40))).toBe(false);
    }
  });

  it('forgets presented tokens with the session, and keeps what it cannot read from the server', async () => {
    const sql = 'DROP TABLE orders';
    const { id } = await refusedWith(client.query(sql));
    const tokens = [await signOffline(running, 'alice', id), await signOffline(running, 'bob', id)];
    const dba = await running.connect('db1', { database: 'shop' });
    await dba.query(`SET @interlock_token = '${tokens.join(' ')}'`);
    await dba.changeUser({ database: 'shop' });
    expect((await refusedWith(dba.query(sql))).message).toContain('of 2 approvals');
    await dba.query(`SET @interlock_token = '${tokens.join(' ')}'`);
    await dba.reset();
    await dba.query('USE shop');
    expect((await refusedWith(dba.query(sql))).message).toContain('of 2 approvals');
    for (const odd of [
      `SET @interlock_token = '${tokens[0]}', @b = 1`,
      `SELECT 1; SET @interlock_token = '${tokens[0]}'`,
      `SET @Interlock_Token = CONCAT('${tokens[0]}', '')`,
      `SELECT '${tokens[0]}' INTO @\`interlock_token\``,
    ]) {
      await expect(dba.query(odd), odd).rejects.toThrow(/must be alone in its packet/);
    }
    await expect(dba.query("SET @interlock_token = 'x'")).rejects.toThrow(/no signed approval/);
    await expect(dba.execute(`SET @interlock_token = '${tokens[0]}'`)).rejects.toThrow(/alone/);
    const [rows] = await dba.query<RowDataPacket[]>(
      "SELECT 'say SET @interlock_token = ...' AS said -- @interlock_token",
    );
    expect(rows).toHaveLength(1);
    expect(await tables()).toContain('orders');
  });

  it('passes a prepared statement once', async () => {
    const sql = 'DROP TABLE orders';
    const { id } = await refusedWith(client.execute(sql));
    for (const person of ['alice', 'bob']) await says(running, person, 'approve', id);
    await client.execute(sql);
    expect(await tables()).toEqual(['users']);
    await refusedWith(client.execute(sql));
  });

  it('holds only while no link is worse than it was', async () => {
    await stopReplication(db2);
    const sql = 'DROP TABLE IF EXISTS users';
    const armed = await refusedWith(client.query(sql));
    await approveByBoth(running, armed.id);
    await startReplication(db2);
    const live = await refusedWith(client.query(sql));
    expect(live.id).not.toBe(armed.id);
    expect(live.message).toContain(
      `${armed.id} no longer holds: db2 was armed when it was asked for and is live now.`,
    );
    await stopReplication(db2);
    await client.query(sql);
    expect(await tables()).toEqual(['orders']);
    await startReplication(db2);
  });

  it('ends with one signed denial', async () => {
    const sql = 'DROP TABLE users, orders';
    const { id } = await refusedWith(client.query(sql));
    await says(running, 'alice', 'approve', id);
    const denied = await says(running, 'bob', 'deny', id);
    expect(denied.stdout).toContain(`${id}: denied by bob`);
    const late = await says(running, 'carol', 'approve', id);
    expect(late.stderr).toContain('its request was denied');
    expect((await refusedWith(client.query(sql))).message).toContain(`${id} was denied by bob`);
  });

  it('opens the glass for one sealed key: alone, short, loud, and recorded whole', async () => {
    const sealed = await addSealedKey(running, 'night', { accounts: 'dba', servers: 'db1' });
    const sql = 'DROP TABLE users';
    const dba = await running.connect('db1', { database: 'shop' });
    const { id } = await refusedWith(dba.query(sql));
    const signing = ['approve', id, '--key', sealed, '--yes'];
    expect((await command(running, ...signing)).stderr).toContain('say why it is opened');
    const why = 'disk full, nobody answers';
    const signed = await command(running, ...signing, '--reason', why);
    expect(signed.stderr).toContain('This key is SEALED');
    expect(signed.stdout).toContain(`${id}: approved by the SEALED key night`);
    await dba.query("SELECT 'before' AS a");
    await dba.query(sql);
    expect(await tables()).toEqual(['orders']);
    expect(await running.metric('break_glass_total', { server: 'db1' })).toBe(1);
    await dba.query("SELECT 'after' AS a");
    await dba.execute('SELECT ? AS a', ['bound']);
    await client.query("SELECT 'elsewhere' AS a");
    await refusedWith(dba.query(sql));
    await dba.end();
    const glass = (await running.records()).filter(
      (record) => record.kind === 'decision' && record.breakGlass === id,
    );
    expect(glass.map((record) => record.kind === 'decision' && record.statement)).toEqual([
      'SELECT ? AS a',
      ...['SELECT ? AS a', 'SELECT ? AS a'],
      sql,
    ]);
    expect(await allWritten(running)).toContain(why);
    expect(running.log).toContain('BREAK-GLASS');
    expect(running.log).not.toContain('horse');
  });

  it('tells nobody a literal or a token but those who sign', async () => {
    const sql = "DROP TABLE users; SELECT 'the literal nobody may read'";
    const { id } = await refusedWith(client.query(sql));
    expect((await command(running, 'requests', id)).stdout).toContain('nobody may read');
    expect(await allWritten(running)).not.toContain('nobody may read');
    const token = await signOffline(running, 'alice', id);
    await client.query(`SET @interlock_token = '${token}'`);
    await refusedWith(client.query(sql));
    const seen = await allWritten(running);
    expect(seen).not.toContain(token.slice(-40));
    await client.query('SELECT 12345');
    const logged = await db1.query(
      'SELECT CONVERT(argument USING utf8) AS a FROM mysql.general_log',
    );
    const texts = logged.map(({ a }) => String(a));
    expect(texts).toContain('SELECT 12345');
    // Every token begins so; and no SET of one came through, whatever it held.
    expect(texts.filter((text) => text.includes('eyJ'))).toEqual([]);
    expect(texts.filter((text) => /^set @interlock_token/i.test(text))).toEqual([]);
    expect(texts.filter((text) => text.includes('nobody may read'))).toEqual([]);
  });
});

const isInTransaction = (flags: number): boolean => (flags & 1) === 1;
