// What a source has purged and only its consumer's relay log still holds, on real servers: START is
// judged by it, and what it would have done is what is done when it is started around Interlock.
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  channels,
  replicate,
  startReplication,
  stopReplication,
  untilCaughtUp,
} from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import { runThreads } from '../../src/lab/terms.js';
import { addAccounts, interlock, RunningInterlock } from '../support/interlock.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { rowsIn } from './residue-scene.js';

describeOnEveryLine('a relay log', (line) => {
  const stage = labWith({ line, servers: ['db1', 'db2'] });
  const db1 = (): LabServer => stage.server('db1');
  const db2 = (): LabServer => stage.server('db2');
  let running: RunningInterlock;

  beforeAll(async () => {
    await addAccounts([db1(), db2()]);
    await replicate({ consumer: db1(), source: db2() });
    await db2().execute(
      'CREATE DATABASE app',
      'CREATE TABLE app.t (id INT PRIMARY KEY)',
      'CREATE TABLE app.old (id INT PRIMARY KEY)',
    );
    await untilCaughtUp({ consumer: db1(), source: db2() });
    const more = ['links: { freshness: 1s, deadline: 20s }'];
    running = await RunningInterlock.start({ guarded: [db1(), db2()], more });
  });
  afterAll(() => running?.stop());

  const startApplier = runThreads(line, 'START', { channel: '', thread: 'sql' });

  /** Done on db2 while db1 only receives; then db2 forgets that it was. */
  const purgedOnSource = async (...statements: readonly string[]): Promise<void> => {
    await stopReplication(db1(), { thread: 'sql' });
    await db2().execute(...statements, 'FLUSH BINARY LOGS');
    const files = await db2().query('SHOW BINARY LOGS');
    const last = String(files.at(-1)?.Log_name);
    await expect.poll(async () => await receivedFile(db1()), { timeout: 30_000 }).toBe(last);
    // It keeps what is still being sent; a thread may take its time to leave a file.
    const kept = async () => {
      await db2().execute(`PURGE BINARY LOGS TO '${last}'`);
      return (await db2().query('SHOW BINARY LOGS')).map(({ Log_name }) => Log_name);
    };
    await expect.poll(kept, { timeout: 30_000 }).toEqual([last]);
  };
  const residue = async () => {
    const shown = await interlock(['links', '--config', running.at.configFile, '--json']);
    const pairs: readonly { source: string; consumer: string; state: string; doubts: string[] }[] =
      JSON.parse(shown.stdout).residue;
    return pairs.find(({ source, consumer }) => source === 'db2' && consumer === 'db1');
  };

  it('without anything destructive lets START pass', async () => {
    await purgedOnSource('INSERT INTO app.t VALUES (1), (2)');
    await expect.poll(residue, { timeout: 30_000 }).toMatchObject({ state: 'none', doubts: [] });
    const client = await running.connect('db1');
    await client.query(startApplier);
    await client.end();
    await untilCaughtUp({ consumer: db1(), source: db2() });
    expect(await rowsIn(db1(), 'app.t')).toBe(2);
  });

  it('with a drop in it is named: START is refused, and around Interlock the table is gone', async () => {
    await purgedOnSource('INSERT INTO app.t VALUES (3)', 'DROP TABLE app.old');
    await expect.poll(residue, { timeout: 30_000 }).toMatchObject({ state: 'some', count: 1 });
    await expect
      .poll(() => running.metric('residue_destructive_events', { server: 'db2', peer: 'db1' }))
      .toBe(1);
    const client = await running.connect('db1');
    for (const start of [startApplier, runThreads(line, 'START', { channel: '' })]) {
      const refused = client.query(start);
      await expect(refused, start).rejects.toMatchObject({ errno: 1644 });
      await expect(refused).rejects.toThrow(
        /replay 1 destructive event of db2: DROP TABLE app\.old/,
      );
    }
    await client.end();
    expect(await rowsIn(db1(), 'app.old')).toBe(0);
    await startReplication(db1(), { thread: 'sql' });
    await untilCaughtUp({ consumer: db1(), source: db2() });
    expect(await rowsIn(db1(), 'app.old')).toBe(-1);
    await expect.poll(residue, { timeout: 30_000 }).toMatchObject({ state: 'none', doubts: [] });
  });
});

async function receivedFile(consumer: LabServer): Promise<string> {
  const [row] = await channels(consumer);
  return String(row?.Source_Log_File ?? row?.Master_Log_File);
}
