// Until it is logged, on real servers through the real process: what passed because nobody followed
// waits for a lock or for its COMMIT while somebody links again, around Interlock or through it.
import type { Connection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { coordinates, replicate, sever, untilCaughtUp } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import { addAccounts, RunningInterlock } from '../support/interlock.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { changeTo, rowsIn } from './residue-scene.js';

const ROWS = 3;
const RULES = 'rules:\n  - { override: delete-needs-where, mode: enforce }\n';
const PLAN = {
  more: ['links: { freshness: 0s, deadline: 2s }', 'rules: [default, ./mine.yaml]'],
  files: { 'mine.yaml': RULES },
};

describeOnEveryLine('what is in flight', (line) => {
  const stage = labWith({ line, servers: ['db1', 'db2'], gtid: false });
  let db1: LabServer;
  let db2: LabServer;
  let interlock: RunningInterlock;
  const holders: Connection[] = [];
  // Whoever still holds a lock would hang the tests after a failed one.
  afterEach(() => {
    for (const holder of holders.splice(0)) holder.destroy();
  });

  beforeAll(async () => {
    [db1, db2] = [stage.server('db1'), stage.server('db2')];
    await addAccounts([db1, db2]);
    // The account that replicates, and nothing else of the link.
    await replicate({ consumer: db1, source: db2, gtid: false });
    await sever(db1);
    interlock = await RunningInterlock.start({
      ...{ guarded: [db1, db2], files: PLAN.files },
      // One line with workers: what is watched is in another process than the session.
      more: [...PLAN.more, ...(line === 'mysql-9' ? ['workers: 2'] : [])],
    });
  });
  afterAll(() => interlock?.stop());
  beforeEach(async () => {
    await sever(db1).catch(() => undefined);
    for (const server of [db1, db2]) {
      await server.execute(
        'SET sql_log_bin=0',
        'CREATE DATABASE IF NOT EXISTS app',
        'DROP TABLE IF EXISTS app.t, app.marker',
        'CREATE TABLE app.t (id INT PRIMARY KEY) ENGINE=InnoDB',
        'CREATE TABLE app.marker (id INT PRIMARY KEY) ENGINE=InnoDB',
        'INSERT INTO app.t VALUES (1), (2), (3)',
        'SET sql_log_bin=1',
      );
    }
  });

  const joined = async (by: RunningInterlock = interlock): Promise<Connection> => {
    const client = await by.connect('db2', { database: 'app' });
    holders.push(client);
    return client;
  };

  const relinkAround = (): Promise<void> => replicate({ consumer: db1, source: db2, gtid: false });

  /** A DROP through Interlock that waits until the lock is let go. */
  const waitingDrop = async (by: RunningInterlock = interlock) => {
    const holder = await db2.connect();
    holders.push(holder);
    await holder.query('LOCK TABLES app.t READ');
    const client = await joined(by);
    const dropped = client.query('DROP TABLE t').then(
      () => 'it was dropped',
      (thrown: unknown) => thrown,
    );
    await by.until('waiting for the lock', async () => (await droppers(db2)).length === 1);
    const letGo = async (): Promise<void> => {
      await holder.query('UNLOCK TABLES');
    };
    return { client, dropped, letGo };
  };

  /** Whatever was logged by now has reached db1, and the table is whole on both. */
  const expectNothingArrived = async (): Promise<void> => {
    await db2.query('INSERT INTO app.marker VALUES (1)');
    await untilCaughtUp({ consumer: db1, source: db2 });
    expect(await rowsIn(db1, 'app.marker')).toBe(1);
    expect([await rowsIn(db1, 'app.t'), await rowsIn(db2, 'app.t')]).toEqual([ROWS, ROWS]);
  };

  it('ends a DROP that waits for a lock once somebody links again, and says why', async () => {
    const { dropped, letGo } = await waitingDrop();
    await relinkAround();
    const error = await dropped;
    expect(error).toMatchObject({ errno: 1644, sqlState: '45000' });
    expect(String(error)).toMatch(/ended this session: DROP TABLE app\.t .* db1 \((live|armed)/);
    await interlock.until('rid of its thread', async () => (await droppers(db2)).length === 0);
    await letGo();
    await expectNothingArrived();
    const id = /Record (\S+)\.$/.exec(String(error))?.[1];
    const ended = async () =>
      (await interlock.records()).find((each) => each.kind === 'outcome' && each.id === id);
    await interlock.until('done with the record', async () => (await ended()) !== undefined);
    expect(await ended()).toMatchObject({ outcome: 'ended', rule: 'no-drop-while-linked' });
    const labels = { server: 'db2', result: 'ended' };
    expect(await interlock.metric('in_flight_ended_total', labels)).toBeGreaterThan(0);
  });

  it('ends a DELETE that waits for its COMMIT, and answers the COMMIT', async () => {
    const client = await joined();
    await client.query('BEGIN');
    await client.query('DELETE FROM t');
    await flying(interlock, 1);
    await relinkAround();
    await gone(interlock);
    const refused = client.query('COMMIT');
    await expect(refused).rejects.toMatchObject({ errno: 1644, sqlState: '45000' });
    await expectNothingArrived();
  });

  it('judges the COMMIT anew, whatever the watch has seen', async () => {
    const client = await joined();
    await client.query('SET autocommit=0');
    await client.query('DELETE FROM t');
    await relinkAround();
    await expect(client.query('SET autocommit=1')).rejects.toMatchObject({ errno: 1644 });
    await gone(interlock);
    await expectNothingArrived();
  });

  it('lets a transaction commit while nobody follows, and go on', async () => {
    const client = await joined();
    await client.query('BEGIN');
    await client.query('DELETE FROM t');
    await client.query('INSERT INTO t VALUES (7)');
    await client.query('COMMIT');
    await gone(interlock);
    await client.query('BEGIN');
    await client.query('DELETE FROM t');
    await client.query('ROLLBACK');
    await gone(interlock);
    expect([await rowsIn(db1, 'app.t'), await rowsIn(db2, 'app.t')]).toEqual([ROWS, 1]);
  });

  it('refuses to link what is in flight, and names it', async () => {
    const { dropped, letGo } = await waitingDrop();
    const linker = await interlock.connect('db1');
    const refused = linker.query(changeTo(line, db2, await coordinates(db2)));
    const named = /in flight \(DROP TABLE app\.t on db2.*built-in-in-flight/;
    expect(await messageOf(refused)).toMatch(named);
    await letGo();
    expect(await dropped).toBe('it was dropped');
    await gone(interlock);
    expect(await rowsIn(db1, 'app.t')).toBe(ROWS);
  });

  it('ends at its server what a client that has left was waiting for', async () => {
    const { client, letGo } = await waitingDrop();
    client.destroy();
    await relinkAround();
    await interlock.until('rid of its thread', async () => (await droppers(db2)).length === 0);
    await letGo();
    await expectNothingArrived();
    await gone(interlock);
  });

  it('keeps what XA has prepared until it is finished, by whomever', async () => {
    const one = await joined();
    const other = await joined();
    for (const sql of ["XA START 'x'", 'DELETE FROM t', "XA END 'x'", "XA PREPARE 'x'"]) {
      await one.query(sql);
    }
    const finisher = line === 'mysql-9' ? other : one;
    await flying(interlock, 1);
    const linker = await interlock.connect('db1');
    const refused = await messageOf(linker.query(changeTo(line, db2, await coordinates(db2))));
    expect(refused).toContain('prepared by XA (xid 0x78)');
    await linker.end();
    await relinkAround();
    await expect(other.query("XA COMMIT X'78'")).rejects.toMatchObject({ errno: 1644 });
    await finisher.query("XA ROLLBACK 'x'");
    await gone(interlock);
    await expectPreparedOnly(db1);
  });
});

/** XA PREPARE itself is logged by newer servers: linked around Interlock, it arrives prepared only. */
async function expectPreparedOnly(db1: LabServer): Promise<void> {
  expect(await rowsIn(db1, 'app.t')).toBe(ROWS);
}

async function messageOf(failing: Promise<unknown>): Promise<string> {
  return failing.then(
    () => 'it did not fail',
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
  );
}

async function droppers(server: LabServer): Promise<readonly unknown[]> {
  return server.query(
    "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'DROP TABLE t%' AND STATE LIKE '%lock%'",
  );
}

const gone = (interlock: RunningInterlock): Promise<void> => flying(interlock, 0);

/** What an earlier session had in flight is told a moment after that session's end. */
async function flying(interlock: RunningInterlock, count: number): Promise<void> {
  await interlock.until(
    `at ${count} in flight`,
    async () => (await interlock.metric('in_flight', { server: 'db2' })) === count,
  );
}
