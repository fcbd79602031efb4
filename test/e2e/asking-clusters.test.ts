// Whether a statement travels, on real clusters through the real process: Galera looks at wsrep_on and
// not at sql_log_bin, a replication group hands on what its member's binary log gets.
import type { Connection } from 'mysql2/promise';
import { afterAll, describe, expect, it } from 'vitest';
import { Lab } from '../../src/lab/lab.js';
import type { LabServer } from '../../src/lab/server.js';
import { startGalera } from '../support/galera.js';
import { startGroup } from '../support/group.js';
import { addAccounts, RunningInterlock } from '../support/interlock.js';

const DEADLINE_MS = 20_000;
const TABLES = ['dropped', 'emptied', 'kept'].map(
  (name) => `CREATE TABLE shop.${name} (id INT PRIMARY KEY)`,
);

describe('what a session on a cluster does not log', () => {
  let lab: Lab | undefined;
  let interlock: RunningInterlock | undefined;
  afterAll(async () => {
    await interlock?.stop();
    await lab?.close();
  });

  const through = async (guarded: LabServer, watched: LabServer): Promise<Connection> => {
    await interlock?.stop();
    interlock = await RunningInterlock.start({ guarded: [guarded], watched: [watched] });
    await guarded.execute('CREATE DATABASE shop', ...TABLES);
    await untilThere(watched, 'kept');
    return await interlock.connect(guarded.name, { database: 'shop' });
  };

  it('stays on a Galera node by wsrep_on and RSU, and travels by sql_log_bin', async () => {
    lab = await Lab.open();
    const [db1, db2] = await startGalera(lab, { names: ['db1', 'db2'] });
    if (db1 === undefined || db2 === undefined) throw new Error('no cluster');
    // The cluster hands them on, sql_log_bin or not.
    await addAccounts([db1]);
    const client = await through(db1, db2);
    await client.query('SET sql_log_bin = 0');
    await refused(client, 'DROP TABLE dropped');
    await refused(client, 'SET wsrep_on = 0; DROP TABLE dropped');
    await client.query('SET wsrep_on = 0');
    await client.query('DROP TABLE dropped');
    await client.query('SET wsrep_on = 1');
    await refused(client, 'TRUNCATE emptied');
    await client.query("SET wsrep_OSU_method = 'RSU'");
    await client.query('DROP TABLE emptied');
    await client.query("SET wsrep_OSU_method = 'TOI'");
    await refused(client, 'DROP TABLE kept');
    await client.query('CREATE TABLE last (id INT PRIMARY KEY)');
    await untilThere(db2, 'last');
    expect(await tables(db1)).toEqual(['kept', 'last']);
    expect(await tables(db2)).toEqual(['dropped', 'emptied', 'kept', 'last']);
    await lab.close();
  });

  it('stays on a member of a replication group', async () => {
    lab = await Lab.open();
    const [db1, db2] = await startGroup(lab, ['db1', 'db2']);
    if (db1 === undefined || db2 === undefined) throw new Error('no group');
    await addAccounts([db1, db2]);
    const client = await through(db1, db2);
    await refused(client, 'DROP TABLE dropped');
    await client.query('SET sql_log_bin = 0');
    await client.query('DROP TABLE dropped');
    await client.query('SET sql_log_bin = 1');
    await refused(client, 'DROP TABLE kept');
    await client.query('CREATE TABLE last (id INT PRIMARY KEY)');
    await untilThere(db2, 'last');
    expect(await tables(db2)).toEqual(['dropped', 'emptied', 'kept', 'last']);
  });
});

async function refused(client: Connection, sql: string): Promise<void> {
  await expect(client.query(sql), sql).rejects.toMatchObject({ errno: 1644 });
}

async function tables(server: LabServer): Promise<readonly string[]> {
  const rows = await server.query(
    "SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop' ORDER BY t",
  );
  return rows.map(({ t }) => String(t));
}

async function untilThere(server: LabServer, table: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await tables(server)).includes(table)) {
    expect(performance.now(), `${server.name} has no ${table}`).toBeLessThan(deadline);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
