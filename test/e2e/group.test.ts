// A replication group behind Interlock: its members are live links of each other, who stopped
// fetches what it missed when it comes back, and who joins later is seen at the next look.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/lab/ports.js';
import type { LabServer } from '../../src/lab/server.js';
import { joinGroup, prepareMember, startGroup, untilOnline } from '../support/group.js';
import { addAccounts, interlock, RunningInterlock } from '../support/interlock.js';
import { labFor } from '../support/lab.js';
import { rowsIn } from './residue-scene.js';

const DEADLINE_MS = 30_000;
const DROP = 'DROP TABLE app.t';
/** A busy machine makes nobody unknown. */
const more = ['links: { freshness: 1s, deadline: 5s }'];

describe('a replication group', () => {
  const stage = labFor(async (lab) => {
    await Promise.all([
      startGroup(lab, ['db1', 'db2']),
      lab.start({ line: 'mysql-9', name: 'db3' }),
    ]);
  });
  const db1 = (): LabServer => stage.server('db1');
  const db2 = (): LabServer => stage.server('db2');
  const db3 = (): LabServer => stage.server('db3');
  let running: RunningInterlock;

  beforeAll(async () => {
    const servers = ['db1', 'db2', 'db3'].map(stage.server);
    await addAccounts(servers);
    await db1().execute('CREATE DATABASE app', 'CREATE TABLE app.t (id INT PRIMARY KEY)');
    await db1().execute('INSERT INTO app.t VALUES (1), (2)');
    await untilRows(db2(), 2);
    running = await RunningInterlock.start({ guarded: [db1(), db2()], watched: [db3()], more });
  });
  afterAll(() => running?.stop());

  const refused = async (server: string): Promise<string> => {
    const session = await running.connect(server);
    const error: unknown = await session.query(DROP).catch((thrown: unknown) => thrown);
    await session.end();
    expect(error).toMatchObject({ errno: 1644 });
    return error instanceof Error ? error.message : '';
  };
  const linkTo = async (peer: string): Promise<unknown> => {
    const { stdout } = await interlock(['links', '--json', '--config', running.at.configFile]);
    const { links } = JSON.parse(stdout);
    return links.find(
      ({ source, consumer }: Record<string, string>) => source === 'db1' && consumer === peer,
    );
  };

  it('is one of live links, and a DROP is refused with its members named', async () => {
    expect(await refused('db1')).toMatch(/db2 \(live\b/);
    expect(await refused('db2')).toMatch(/db1 \(live\b/);
    const reason = 'both are members of one replication group';
    expect(await linkTo('db2')).toMatchObject({ state: 'live', reason });
    expect(await linkTo('db3')).toMatchObject({ state: 'severed' });
  });

  it('is not left by stopping: what was dropped meanwhile is dropped at the return', async () => {
    await db1().execute('CREATE TABLE app.gone (id INT PRIMARY KEY)');
    await untilRows(db2(), 0, 'app.gone');
    await db2().query('STOP GROUP_REPLICATION');
    // What is shown may be as old as `freshness`.
    await expect.poll(() => linkTo('db2')).toMatchObject({ state: 'armed' });
    expect(await refused('db1')).toMatch(/db2 \(armed\b/);
    await db1().execute('DROP TABLE app.gone');
    expect(await rowsIn(db2(), 'app.gone')).toBe(0);
    await joinGroup(db2());
    await untilRows(db2(), -1, 'app.gone');
    await untilOnline([db1(), db2()]);
    expect([await rowsIn(db1(), 'app.t'), await rowsIn(db2(), 'app.t')]).toEqual([2, 2]);
  });

  it('is joined by a server that had no plugin when Interlock looked first', async () => {
    await db3().query("INSTALL PLUGIN group_replication SONAME 'group_replication.so'");
    for (const name of SETTINGS) {
      const [row] = await db1().query(`SELECT @@GLOBAL.group_replication_${name} AS value`);
      await db3().query(`SET GLOBAL group_replication_${name} = ?`, [row?.value]);
    }
    const address = `127.0.0.1:${await freePort()}`;
    await db3().query('SET GLOBAL group_replication_local_address = ?', [address]);
    await prepareMember(db3());
    await joinGroup(db3());
    await untilOnline([db1(), db2(), db3()]);
    await expect.poll(() => linkTo('db3')).toMatchObject({ state: 'live' });
    expect(await refused('db1')).toMatch(/db3 \(live\b/);
  });
});

const SETTINGS = [
  'group_name',
  'group_seeds',
  'ip_allowlist',
  'single_primary_mode',
  'enforce_update_everywhere_checks',
  'recovery_get_public_key',
];

async function untilRows(server: LabServer, wanted: number, table = 'app.t'): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const rows = await rowsIn(server, table);
    if (rows === wanted) return;
    expect(performance.now(), `${server.name} has ${rows} rows`).toBeLessThan(deadline);
    await sleep(20);
  }
}
