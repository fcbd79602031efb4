// What waits behind a link, on real servers: found, shown, counted; refused when it would be
// replayed through Interlock, and let through when there is nothing or it was skipped.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  channels,
  coordinates,
  replicate,
  sever,
  startReplication,
  stopReplication,
  untilCaughtUp,
} from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import { resetReplica, runThreads } from '../../src/lab/terms.js';
import { addAccounts, interlock, RunningInterlock } from '../support/interlock.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { changeTo, rowsIn, unloggedRestore } from './residue-scene.js';

const TABLES = [
  'CREATE DATABASE app',
  'CREATE TABLE app.t (id INT PRIMARY KEY)',
  'INSERT INTO app.t VALUES (1), (2)',
  'CREATE TABLE app.old (id INT PRIMARY KEY)',
  'CREATE TABLE app.older (id INT PRIMARY KEY)',
  'CREATE TABLE app.wide (id INT PRIMARY KEY, b INT)',
];

describeOnEveryLine('residue', (line) => {
  const stage = labWith({ line, servers: ['db1', 'db2'], links: [['db2', 'db1']] });
  const db1 = (): LabServer => stage.server('db1');
  const db2 = (): LabServer => stage.server('db2');
  let running: RunningInterlock;

  beforeAll(async () => {
    await addAccounts([db1(), db2()]);
    await replicate({ consumer: db1(), source: db2() });
    await db1().execute(...TABLES);
    await untilCaughtUp({ consumer: db2(), source: db1() });
    await untilCaughtUp({ consumer: db1(), source: db2() });
    // On a busy machine a log takes longer to read than the second that is given here otherwise.
    const more = ['links: { freshness: 1s, deadline: 20s }'];
    running = await RunningInterlock.start({ guarded: [db1(), db2()], more });
  });
  afterAll(() => running?.stop());
  afterEach(async () => {
    expect(await rowsIn(db1(), 'app.t')).toBeGreaterThanOrEqual(2);
  });

  const through = async (...statements: string[]): Promise<void> => {
    const connection = await running.connect('db1');
    for (const statement of statements) await connection.query(statement);
    await connection.end();
  };
  const refusal = async (sql: string): Promise<string> => {
    const error: unknown = await through(sql).then(
      () => `not refused: ${sql}`,
      (thrown: unknown) => thrown,
    );
    expect(error, sql).toMatchObject({ errno: 1644, sqlState: '45000' });
    return error instanceof Error ? error.message : '';
  };
  const start = runThreads(line, 'START', { channel: '' });
  const stop = runThreads(line, 'STOP', { channel: '' });
  const waiting = () =>
    running.metric('residue_destructive_events', { server: 'db2', peer: 'db1' });

  it('is none for a pair that is linked and level, and START passes', async () => {
    await through(stop, start);
    await running.until('level', async () => (await waiting()) === 0);
  });

  it('is a drop around Interlock: START is refused until it is skipped', async () => {
    await through(stop);
    await db2().execute('DROP TABLE app.old', 'INSERT INTO app.t VALUES (3)');
    const message = await refusal(start);
    expect(message).toContain('it would replay 1 destructive event of db2: DROP TABLE app.old (');
    expect(message).toContain('Rule no-relink-over-residue.');
    await running.until('counted', async () => (await waiting()) === 1);
    await through(...skipping(message));
    await through(start);
    await untilCaughtUp({ consumer: db1(), source: db2() });
    expect(await rowsIn(db1(), 'app.old')).toBe(0);
    expect(await rowsIn(db1(), 'app.t')).toBe(3);
    await running.until('level', async () => (await waiting()) === 0);
  });

  // With GTIDs MySQL has no skip counter.
  const itOnMariadb = line === 'mariadb-10.11' ? it : () => undefined;
  itOnMariadb('is not what comes next: the skip counter passes only that', async () => {
    await through(stop);
    await db2().execute('CREATE TABLE app.newer (id INT)', 'DROP TABLE app.older');
    const skip = 'SET GLOBAL sql_slave_skip_counter = 1';
    await refusal(`${skip}; ${start}`);
    const message = await refusal(start);
    await through(...skipping(message), start);
    await untilCaughtUp({ consumer: db1(), source: db2() });
    expect(await rowsIn(db1(), 'app.older')).toBe(0);
  });

  // MySQL 5.6 has one channel.
  const itWithChannels = line === 'mysql-5.6' ? () => undefined : it;
  itWithChannels('is what the channel that is meant would replay, by any name', async () => {
    await sever(db1());
    await replicate({ consumer: db1(), source: db2(), channel: 'far', start: false });
    await db2().query('# Dummy\nALTER TABLE app.wide DROP COLUMN b');
    const startOf = (channel: string): string => runThreads(line, 'START', { channel });
    const what = 'it would replay 1 destructive event of db2: ALTER TABLE DROP COLUMN app.wide';
    for (const name of ['far', 'FAR']) expect(await refusal(startOf(name))).toContain(what);
    if (line === 'mariadb-10.11') {
      // Each connection has a counter of its own.
      const nobody = { host: '127.0.0.1', port: 1 };
      await db1().query(changeTo(line, nobody, { file: 'binlog.000001', position: 4 }));
      const skip = 'SET GLOBAL sql_slave_skip_counter = 1';
      expect(await refusal(`${skip}; ${startOf('far')}`)).toContain(what);
      await through(skip);
      expect(await refusal(startOf('far'))).toContain(what);
      await sever(db1());
    }
    expect(await db1().query('SELECT b FROM app.wide')).toEqual([]);
    await sever(db1(), 'far');
    await replicate({ consumer: db1(), source: db2() });
    await untilCaughtUp({ consumer: db1(), source: db2() });
    await expect(db1().query('SELECT b FROM app.wide')).rejects.toThrow("'b'");
  });

  // MySQL 5.6 logs a transaction of XA when it is committed.
  const itWithPrepared = line === 'mysql-5.6' ? () => undefined : it;
  itWithPrepared('is what XA had prepared on both, and commits now', async () => {
    await db2().execute(
      'CREATE TABLE app.xa (id INT PRIMARY KEY)',
      'INSERT INTO app.xa VALUES (1)',
    );
    const session = await db2().connect();
    const xa = ["XA START 'x'", 'DELETE FROM app.xa', "XA END 'x'", "XA PREPARE 'x'"];
    for (const sql of ["SET SESSION binlog_format='STATEMENT'", ...xa]) await session.query(sql);
    await untilCaughtUp({ consumer: db1(), source: db2() });
    await through(stop);
    await session.query("XA COMMIT 'x'");
    await session.end();
    expect(await refusal(start)).toContain('1 destructive event of db2: DELETE app.xa (');
    expect(await rowsIn(db1(), 'app.xa')).toBe(1);
    await startReplication(db1());
    await untilCaughtUp({ consumer: db1(), source: db2() });
    expect(await rowsIn(db1(), 'app.xa')).toBe(0);
  });

  const itWithTags = line === 'mysql-9' ? it : () => undefined;
  itWithTags('is a drop under a tagged GTID, until that is executed', async () => {
    await db2().execute('CREATE TABLE app.newer (id INT PRIMARY KEY)');
    await untilCaughtUp({ consumer: db1(), source: db2() });
    await through(stop);
    const drop = ["SET GTID_NEXT='AUTOMATIC:mine'", 'DROP TABLE app.newer'];
    await db2().execute(...drop, "SET GTID_NEXT='AUTOMATIC'");
    const message = await refusal(start);
    expect(message).toMatch(/1 destructive event of db2: DROP TABLE app\.newer \(\S+:mine:1,/);
    await through(...skipping(message), start);
    await untilCaughtUp({ consumer: db1(), source: db2() });
    expect(await rowsIn(db1(), 'app.newer')).toBe(0);
  });

  it('is none after an unlogged restore: linking again passes and nobody loses a row', async () => {
    await through(stop, resetReplica(line, '', true));
    await sever(db2());
    await unloggedRestore(db2());
    await through(changeTo(line, db2()), start);
    await replicate({ consumer: db2(), source: db1() });
    await db2().execute('INSERT INTO app.t VALUES (10)');
    await db1().execute('INSERT INTO app.t VALUES (11)');
    await untilCaughtUp({ consumer: db1(), source: db2() });
    await untilCaughtUp({ consumer: db2(), source: db1() });
    expect(await rowsIn(db1(), 'app.t')).toBe(5);
    expect(await rowsIn(db2(), 'app.t')).toBe(5);
  });

  it('is a logged restore: linking again by GTID is refused with its events named', async () => {
    await stopReplication(db2());
    await through(stop, resetReplica(line, '', true));
    await sever(db2());
    await db2().execute('DROP TABLE app.t', 'CREATE TABLE app.t (id INT PRIMARY KEY)');
    const message = await refusal(changeTo(line, db2()));
    expect(message).toContain('it would replay 1 destructive event of db2: DROP TABLE app.t (');
    const { stdout } = await interlock(['links', '--json', '--config', running.at.configFile]);
    const { residue } = JSON.parse(stdout);
    expect(residue).toContainEqual(
      expect.objectContaining({ source: 'db2', consumer: 'db1', state: 'some', count: 1 }),
    );
    const asked = ['explain', '--server', 'db1', '--config', running.at.configFile];
    const explained = await interlock([...asked, changeTo(line, db2())]);
    expect(explained).toMatchObject({ code: 1 });
    expect(explained.stdout).toContain('no-relink-over-residue');
    expect(explained.stdout).toContain('1 destructive event of db2');
    const alone = await interlock(['links', '--config', running.at.configFile]);
    expect(alone.stdout).toContain('db2 → db1  1 destructive event waits');
    expect(alone.stdout).toMatch(/binlog\.\d+:\d+ \S+ {2}DROP TABLE `app`\.`t`/);
  });

  it('never stands in the way of STOP and RESET … ALL', async () => {
    await replicate({ consumer: db1(), source: db2(), start: false });
    await through(stop, resetReplica(line, '', true));
    await refusal(changeTo(line, db2()));
  });

  it('never does, with a source that is down and an audit file that takes nothing', async () => {
    await replicate({ consumer: db1(), source: db2(), gtid: false });
    const mute = await RunningInterlock.startUnready({
      guarded: [db1(), db2()],
      more: ['audit: { file: ./a-file/audit.jsonl }'],
      files: { 'a-file': '' },
    });
    try {
      await db2().kill('SIGKILL');
      const client = await mute.connect('db1');
      const refused = client.query('DROP TABLE app.t');
      await expect(refused).rejects.toThrow('Rule built-in-audit-unavailable.');
      await expect(client.query(start)).rejects.toMatchObject({ errno: 1644 });
      await client.query(stop);
      await client.query(resetReplica(line, '', false)).catch(() => undefined);
      expect(await channels(db1())).toHaveLength(1);
      await client.query(resetReplica(line, '', true));
      expect(await channels(db1())).toEqual([]);
      await client.end();
    } finally {
      await mute.stop();
    }
  });
});

/** What the refusal itself says would skip it. */
function skipping(message: string): readonly string[] {
  const gtid = /SET GTID_NEXT='([^']+)'/.exec(message)?.[1];
  if (gtid !== undefined) {
    return [`SET GTID_NEXT='${gtid}'`, 'BEGIN', 'COMMIT', "SET GTID_NEXT='AUTOMATIC'"];
  }
  const set = /SET GLOBAL gtid_slave_pos='[^']+'/.exec(message)?.[0];
  if (set === undefined) throw new Error(`no way out in: ${message}`);
  return [set];
}

describe.each(['mysql-5.6', 'mariadb-10.11'] as const)('residue by position on %s', (line) => {
  const stage = labWith({ line, servers: ['db1', 'db2'], links: [['db1', 'db2']], gtid: false });
  let running: RunningInterlock;
  afterAll(() => running?.stop());

  it('is what lies behind the coordinates that a link would begin with', async () => {
    const db1 = stage.server('db1');
    const db2 = stage.server('db2');
    await addAccounts([db1, db2]);
    await db2.execute(...TABLES);
    await untilCaughtUp({ consumer: db1, source: db2 });
    running = await RunningInterlock.start({ guarded: [db1, db2] });
    const dba = await running.connect('db1');
    const refused = async (sql: string) => {
      await expect(dba.query(sql), sql).rejects.toMatchObject({ errno: 1644 });
    };
    const start = runThreads(line, 'START', { channel: '' });
    await dba.query(runThreads(line, 'STOP', { channel: '' }));
    await db2.execute('DROP TABLE app.old');
    await refused(start);
    await dba.query('SET GLOBAL sql_slave_skip_counter = 1');
    await dba.query(start);
    await untilCaughtUp({ consumer: db1, source: db2 });
    expect(await rowsIn(db1, 'app.old')).toBe(0);

    const before = await coordinates(db2);
    await dba.query(runThreads(line, 'STOP', { channel: '' }));
    await dba.query(resetReplica(line, '', true));
    await db2.execute('DROP TABLE app.older');
    const behind = await coordinates(db2);
    await refused(changeTo(line, db2, before));
    await dba.query(changeTo(line, db2, behind));
    await dba.query(start);
    await db2.execute('INSERT INTO app.t VALUES (3)');
    await untilCaughtUp({ consumer: db1, source: db2 });
    expect(await rowsIn(db1, 'app.older')).toBe(0);
    expect(await rowsIn(db1, 'app.t')).toBe(3);
  });
});
