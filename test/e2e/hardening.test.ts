// Fifty peers, links that flap, and a monitor account that changes under a running Interlock: never a
// wrong permit, never a session that hangs, and no growth.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabServer } from '../../src/lab/server.js';
import { addAccounts, MONITOR, RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';
import { WirePath } from '../support/wire-cut.js';
import { seeded } from './fault-ring.js';

const PEERS = 48;
const ROUNDS = 12;
const WARM_ROUNDS = 4;
/** Of one peer: its probe, its log, and one that is being opened anew. */
const CONNECTIONS_EACH = 3;
const GROWTH_MAX_BYTES = 64 * 1024 * 1024;
/** So that what can be collected is: with the usual heap a hundred MiB come and go. */
const SMALL_HEAP = '--max-old-space-size=128 --max-semi-space-size=4';
const REFUSED = { errno: 1644, sqlState: '45000' };

describe('a running Interlock', () => {
  const stage = labWith({ line: 'mariadb-10.11', servers: ['db1', 'db2'] });
  const db1 = (): LabServer => stage.server('db1');
  const db2 = (): LabServer => stage.server('db2');
  const paths: WirePath[] = [];
  let running: RunningInterlock | undefined;

  beforeAll(async () => {
    await addAccounts([db1(), db2()]);
    await db2().execute('SET sql_log_bin=0', 'CREATE DATABASE app', 'SET sql_log_bin=1');
  });
  afterAll(async () => {
    await running?.stop();
    for (const path of paths) path.close();
  });

  const monitors = async (): Promise<number> => {
    const counted = 'SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE USER = ?';
    const [row] = await db1().query(counted, [MONITOR.user]);
    return Number(row?.n);
  };

  it('refuses while fifty peers flap, answers every session, and does not grow', async () => {
    for (let index = 0; index < PEERS; index += 1) paths.push(await WirePath.open(db1().port));
    const watched = paths.map(({ port }, index) => ({
      ...{ name: `peer${index}`, host: '127.0.0.1', port },
    }));
    const made = await RunningInterlock.start({
      guarded: [db2()],
      watched: [{ name: 'db1', host: db1().host, port: db1().port }, ...watched],
      more: ['links: { freshness: 0s, deadline: 500ms }'],
      env: { NODE_OPTIONS: SMALL_HEAP },
    });
    running = made;
    const random = seeded(11);
    let before = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const path of paths) flap(path, random());
      // All of them are one server under many names: whatever they say, nobody can be told apart.
      const answers = await Promise.all([1, 2, 3].map(() => answerToDrop(made)));
      expect(answers).toMatchObject([REFUSED, REFUSED, REFUSED]);
      if (round === WARM_ROUNDS) before = await residentBytes(made.pid);
    }
    for (const path of paths) path.mend();
    await expect.poll(monitors).toBeLessThanOrEqual((PEERS + 1) * CONNECTIONS_EACH);
    expect((await residentBytes(made.pid)) - before).toBeLessThan(GROWTH_MAX_BYTES);
    await made.stop();
    await expect.poll(monitors).toBe(0);
  });

  it('knows nothing of a peer whose monitor account has changed, until it is set right', async () => {
    const made = await RunningInterlock.start({
      guarded: [db2()],
      watched: [db1()],
      more: ['links: { freshness: 0s, deadline: 2s }'],
    });
    running = made;
    const client = await made.connect('db2');
    const drop = () => client.query('DROP TABLE IF EXISTS app.t');
    await drop();
    const account = `'${MONITOR.user}'@'127.0.0.%'`;
    await db1().query(`SET PASSWORD FOR ${account} = PASSWORD('another')`);
    // A connection that is open stays open: what was granted to it is what it goes on with.
    await drop();
    await db1().query(`KILL USER '${MONITOR.user}'`);
    const refused = drop();
    await expect(refused).rejects.toMatchObject(REFUSED);
    await expect(refused).rejects.toThrow(/db1 \(unknown\)/);
    await db1().query(`SET PASSWORD FOR ${account} = PASSWORD('${MONITOR.password}')`);
    await drop();
    await db1().query(`REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${account}`);
    await db1().query(`KILL USER '${MONITOR.user}'`);
    await expect(drop()).rejects.toMatchObject(REFUSED);
    await client.end();
  });
});

function flap(path: WirePath, dice: number): void {
  if (dice < 0.2) path.cut();
  else if (dice < 0.4) path.silence();
  else path.mend();
}

/** What a DROP in a session of its own brings: its error, or that there is none. */
async function answerToDrop(made: RunningInterlock): Promise<unknown> {
  const client = await made.connect('db2');
  try {
    return await client.query('DROP TABLE IF EXISTS app.t').then(
      () => 'it passed',
      (thrown: unknown) => thrown,
    );
  } finally {
    client.destroy();
  }
}

async function residentBytes(pid: number): Promise<number> {
  const [, pages] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ');
  return Number(pages) * 4_096;
}
