// A replication group on loopback: what one member commits the others have, and a member that
// stops comes back with what it missed.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { Lab } from '../../src/lab/lab.js';
import type { LabServer } from '../../src/lab/server.js';
import { joinGroup, startGroup, untilOnline } from '../support/group.js';

const DEADLINE_MS = 20_000;

describe('a replication group', () => {
  let lab: Lab | undefined;
  afterAll(() => lab?.close());

  it('shares what its members write, and takes back who had stopped', async () => {
    lab = await Lab.open();
    const members = await startGroup(lab, ['db1', 'db2']);
    const [db1, db2] = members;
    if (db1 === undefined || db2 === undefined) throw new Error('no group');
    await db1.execute('CREATE DATABASE app', 'CREATE TABLE app.t (id INT PRIMARY KEY)');
    await untilRows(db2, 0);
    await db2.execute('INSERT INTO app.t VALUES (1)', 'STOP GROUP_REPLICATION');
    await untilRows(db1, 1);
    await untilOnline([db1]);
    await db1.execute('INSERT INTO app.t VALUES (2)');
    await joinGroup(db2);
    await untilOnline(members);
    await untilRows(db2, 2);
  });
});

async function untilRows(server: LabServer, wanted: number): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const [row] = await server.query('SELECT COUNT(*) AS n FROM app.t').catch(() => []);
    if (row !== undefined && Number(row.n) === wanted) return;
    expect(performance.now(), `${server.name} has ${row?.n} rows`).toBeLessThan(deadline);
    await sleep(20);
  }
}
