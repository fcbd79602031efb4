// Sessions that came in other ways than by a plain login are asked like any other: over TLS, in a
// worker, after COM_CHANGE_USER; and one whose password has expired, where nothing is answered.
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAccounts, DBA, RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';

const RULES = `
rules:
  - { id: no-logged-drop, title: Dropping what travels, owner: dba, verdict: deny,
      match: { effect: [drop-table], logged: true } }
`;
const DROP = 'DROP TABLE IF EXISTS app.gone';

describe('a session is asked', () => {
  const stage = labWith({
    line: 'mysql-9',
    servers: ['db1'],
    options: ['--disconnect-on-expired-password=OFF'],
    gtid: false,
  });
  let interlock: RunningInterlock;

  beforeAll(async () => {
    const db1 = stage.server('db1');
    await addAccounts([db1]);
    await db1.execute('CREATE DATABASE app');
    interlock = await RunningInterlock.start({
      guarded: [db1],
      more: ['rules: [./own.yaml]', 'workers: 2', 'links: { freshness: 1s, deadline: 20s }'],
      files: { 'own.yaml': RULES },
    });
  });
  afterAll(() => interlock?.stop());

  const isRefused = async (client: Connection, sql = DROP): Promise<boolean> => {
    const answer: unknown = await client.query(sql).catch((thrown: unknown) => thrown);
    return String(answer).includes('Interlock refused');
  };
  /** What passes hangs on what the session says of itself at that moment. */
  const expectAsked = async (client: Connection): Promise<void> => {
    expect(await isRefused(client)).toBe(true);
    await client.query('SET sql_log_bin = 0');
    expect(await isRefused(client)).toBe(false);
    await client.query('SET sql_log_bin = 1');
    expect(await isRefused(client)).toBe(true);
  };

  it('in whichever worker it is', async () => {
    for (let n = 0; n < 4; n += 1) await expectAsked(await interlock.connect('db1'));
  });

  it('over TLS', async () => {
    const client = await interlock.connect('db1', { ssl: { rejectUnauthorized: false } });
    const [rows] = await client.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
    expect(JSON.stringify(rows)).toMatch(/TLS|AES|CHACHA/);
    await expectAsked(client);
  });

  it('after it has changed its user', async () => {
    const client = await interlock.connect('db1');
    await client.query('SET sql_log_bin = 0');
    expect(await isRefused(client)).toBe(false);
    // The server begins a new session, which logs again.
    await client.changeUser({ ...DBA, database: 'app' });
    await expectAsked(client);
  });

  it('in vain while its password has expired, and again once it has another', async () => {
    const db1 = stage.server('db1');
    await db1.execute(
      "CREATE USER expired@'%' IDENTIFIED BY 'before' PASSWORD EXPIRE",
      "GRANT ALL ON *.* TO expired@'%'",
    );
    const client = await interlock.connect('db1', { user: 'expired', password: 'before' });
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ errno: 1820 });
    expect(await isRefused(client)).toBe(true);
    await client.query("ALTER USER USER() IDENTIFIED BY 'after'");
    await expectAsked(client);
  });
});
