// A Galera cluster on loopback: what one member commits the others have, and a member that leaves
// comes back with what it missed.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { Lab } from '../../src/lab/lab.js';
import type { LabServer } from '../../src/lab/server.js';
import { startGalera, untilSynced } from '../support/galera.js';

const DEADLINE_MS = 20_000;

describe('a Galera cluster', () => {
  let lab: Lab | undefined;
  afterAll(() => lab?.close());

  it('shares what its members write, and takes back who had left', async () => {
    lab = await Lab.open();
    const nodes = await startGalera(lab, { names: ['db1', 'db2'] });
    const [db1, db2] = nodes;
    if (db1 === undefined || db2 === undefined) throw new Error('no cluster');
    await db1.execute('CREATE DATABASE app', 'CREATE TABLE app.t (id INT PRIMARY KEY)');
    await db2.execute('INSERT INTO app.t VALUES (1)');
    await untilRows(db1, 1);
    await db2.shutDown();
    await untilSynced([db1]);
    await db1.execute('INSERT INTO app.t VALUES (2)');
    await db2.restart();
    await untilSynced(nodes);
    await untilRows(db2, 2);
  });
});

async function untilRows(server: LabServer, wanted: number): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const [row] = await server.query('SELECT COUNT(*) AS n FROM app.t').catch(() => []);
    if (Number(row?.n) === wanted) return;
    expect(performance.now(), `${server.name} has ${row?.n} rows`).toBeLessThan(deadline);
    await sleep(20);
  }
}
