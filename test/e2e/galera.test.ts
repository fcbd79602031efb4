// A Galera cluster behind Interlock: its members are live links of each other whatever sql_log_bin
// says, what one does is seen at a replica below another, and only who really left is severed.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replicate, untilCaughtUp } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import { startGalera, untilSynced } from '../support/galera.js';
import { addAccounts, interlock, RunningInterlock } from '../support/interlock.js';
import { labFor } from '../support/lab.js';
import { rowsIn } from './residue-scene.js';

const DEADLINE_MS = 20_000;
const DROP = 'DROP TABLE app.t';
/** A busy machine makes nobody unknown. */
const more = ['links: { freshness: 1s, deadline: 5s }'];

describe('a Galera cluster', () => {
  const stage = labFor(async (lab) => {
    await startGalera(lab, { names: ['db1', 'db2'], options: ['--log-slave-updates'] });
    await lab.start({ line: 'mariadb-10.11', name: 'replica1' });
  });
  const db1 = (): LabServer => stage.server('db1');
  const db2 = (): LabServer => stage.server('db2');
  let running: RunningInterlock;

  beforeAll(async () => {
    const servers = ['db1', 'db2', 'replica1'].map(stage.server);
    const [one, two, three] = servers;
    if (one === undefined || two === undefined || three === undefined) throw new Error('no lab');
    // Accounts are made unlogged and are DDL: in a cluster they reach every member all the same.
    await addAccounts([one, three]);
    await one.execute('CREATE DATABASE app', 'CREATE TABLE app.t (id INT PRIMARY KEY)');
    await one.execute('CREATE TABLE app.t2 (id INT PRIMARY KEY)');
    await one.execute('INSERT INTO app.t VALUES (1), (2)');
    await untilRows(two, 2);
    await three.execute('CREATE DATABASE app', 'CREATE TABLE app.t (id INT PRIMARY KEY)');
    await replicate({ consumer: three, source: two, gtid: false });
    running = await RunningInterlock.start({ guarded: [one, two], watched: [three], more });
  });
  afterAll(() => running?.stop());

  const refused = async (server: string, ...statements: string[]): Promise<string> => {
    const session = await running.connect(server);
    const last = statements.pop() ?? '';
    for (const statement of statements) await session.query(statement);
    const error: unknown = await session.query(last).catch((thrown: unknown) => thrown);
    await session.end();
    expect(error, last).toMatchObject({ errno: 1644 });
    return error instanceof Error ? error.message : '';
  };

  it('is one of live links, and a DROP is refused with its members named', async () => {
    const message = await refused('db1', DROP);
    expect(message).toMatch(/db2 \(live\b/);
    expect(await refused('db2', DROP)).toMatch(/db1 \(live\b/);
    const { stdout } = await interlock(['links', '--json', '--config', running.at.configFile]);
    const { links, reach } = JSON.parse(stdout);
    const reason = 'both are members of one Galera cluster';
    for (const [source, consumer] of [
      ['db1', 'db2'],
      ['db2', 'db1'],
    ]) {
      expect(links).toContainEqual(
        expect.objectContaining({ source, consumer, state: 'live', reason }),
      );
    }
    expect(reach.db1).toContainEqual(
      expect.objectContaining({ path: ['db1', 'db2', 'replica1'], state: 'live' }),
    );
    expect(links.filter(({ consumer }: { consumer: string }) => consumer === 'stranger')).toEqual(
      [],
    );
  });

  it('is not left by sql_log_bin = 0: what is typed so reaches the others', async () => {
    await refused('db1', 'SET SESSION sql_log_bin = 0', DROP);
    await refused('db1', `SET SESSION sql_log_bin = 0; ${DROP}`);
    // The same around Interlock, which is why it is refused.
    await db1().execute('CREATE TABLE app.gone (id INT PRIMARY KEY)');
    await untilRows(db2(), 0, 'app.gone');
    await db1().execute('SET sql_log_bin = 0', 'DROP TABLE app.gone', 'SET sql_log_bin = 1');
    await untilRows(db2(), -1, 'app.gone');
    expect([await rowsIn(db1(), 'app.t'), await rowsIn(db2(), 'app.t')]).toEqual([2, 2]);
  });

  it('counts a member that is not configured as a stranger', async () => {
    const alone = await RunningInterlock.start({ guarded: [db1()], more });
    const session = await alone.connect('db1');
    await expect(session.query(DROP)).rejects.toThrow(/stranger \(live\b/);
    await alone.stop();
  });

  it('is not left by going away: a member that comes back fetches what it missed', async () => {
    await db2().shutDown();
    await untilSynced([db1()]);
    expect(await refused('db1', DROP)).toMatch(/db2 \(unknown\b/);
    // What it is about: the drop made meanwhile reaches it.
    await db1().execute('CREATE TABLE app.gone (id INT PRIMARY KEY)', 'DROP TABLE app.gone');
    await db2().restart();
    await untilSynced([db1(), db2()]);
    await untilLinked('live');
    const address = await wsrep(db2(), 'wsrep_cluster_address');
    await db2().query("SET GLOBAL wsrep_cluster_address = ''");
    await untilLinked('armed');
    expect(await refused('db1', DROP)).toMatch(/db2 \(armed\b/);
    await db2().query(`SET GLOBAL wsrep_cluster_address = '${address}'`);
    await untilSynced([db1(), db2()]);
    await untilRows(db2(), 2);
  });

  it('is not left by switching wsrep_on off: with its provider it comes back', async () => {
    await db2().restart(['--wsrep-on=OFF']);
    await untilSynced([db1()]);
    await untilLinked('armed');
    expect(await refused('db1', DROP)).toMatch(/db2 \(armed\b/);
    // What it is about, made around Interlock: the drop reaches it when it is a member again.
    await db1().execute('CREATE TABLE app.later (id INT PRIMARY KEY)', 'DROP TABLE app.t2');
    expect(await rowsIn(db2(), 'app.t2')).toBe(0);
    await db2().restart();
    await untilSynced([db1(), db2()]);
    await untilRows(db2(), -1, 'app.t2');
  });

  it('is left by a server without the provider: then a DROP passes, and it keeps its data', async () => {
    await db2().restart(['--wsrep-on=OFF', '--wsrep-provider=none']);
    await untilCaughtUp({ consumer: stage.server('replica1'), source: db2() });
    await untilSynced([db1()]);
    await untilLinked('severed');
    const session = await running.connect('db1');
    await session.query(DROP);
    expect(await rowsIn(db1(), 'app.t')).toBe(-1);
    expect(await rowsIn(db2(), 'app.t')).toBe(2);
  });

  async function untilLinked(state: string): Promise<void> {
    await running.until(`seeing db2 ${state}`, async () => {
      const labels = { server: 'db1', peer: 'db2', state };
      return (await running.metric('link_state', labels)) === 1;
    });
  }
});

async function wsrep(server: LabServer, name: string): Promise<string> {
  const [row] = await server.query(`SELECT @@GLOBAL.${name} AS value`);
  return String(row?.value);
}

async function untilRows(server: LabServer, wanted: number, table = 'app.t'): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const rows = await rowsIn(server, table);
    if (rows === wanted) return;
    expect(performance.now(), `${server.name} has ${rows} rows`).toBeLessThan(deadline);
    await sleep(20);
  }
}
