// The proof of docs/how-to-recover.md: the places in the audit record, fed to the servers' own
// mysqlbinlog, bring back on another server the state before the drop and everything after it but
// the drop.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JoinedRecord } from '../../src/audit/joined.js';
import type { OutcomeRecord } from '../../src/audit/outcome-record.js';
import type { ServerLine } from '../../src/lab/lines.js';
import { type Coordinates, coordinates } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import { addAccounts, RunningInterlock, interlock as runInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';
import {
  dropAmongOthers,
  type Loss,
  placeOf,
  recoverByGtid,
  recoverByPosition,
  shopOf,
} from '../support/recovering.js';

const CASES: readonly { readonly line: ServerLine; readonly gtid: boolean }[] = [
  { line: 'mariadb-10.11', gtid: true },
  { line: 'mysql-9', gtid: true },
  { line: 'mysql-9', gtid: false },
  { line: 'mysql-5.6', gtid: false },
];

describe.each(CASES)('recovering on $line, GTIDs $gtid', ({ line, gtid }) => {
  const options = line === 'mysql-9' && !gtid ? ['--gtid-mode=OFF'] : [];
  const stage = labWith({ line, servers: ['db1', 'spare'], gtid, options });
  let db1: LabServer;
  let interlock: RunningInterlock | undefined;
  let begin: Coordinates;
  let before: string;
  let dropped: OutcomeRecord;

  beforeAll(async () => {
    db1 = stage.server('db1');
    await addAccounts([db1]);
    interlock = await RunningInterlock.start({
      guarded: [db1],
      // Evidence must not hang on how busy the machine is.
      more: ['links: { freshness: 1s, deadline: 10s }'],
    });
    begin = await coordinates(db1);
    const client = await interlock.connect('db1');
    await client.query(
      'CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, what VARCHAR(20)); ' +
        'CREATE TABLE shop.notes (id INT PRIMARY KEY); ' +
        "INSERT INTO shop.orders VALUES (1, 'a'), (2, 'b')",
    );
    await db1.execute('FLUSH BINARY LOGS');
    await client.query("UPDATE shop.orders SET what = 'c' WHERE id = 2");
    before = await shopOf(db1);
    dropped = await dropAmongOthers({ interlock, server: 'db1', client });
    await client.query('INSERT INTO shop.notes VALUES (1000)');
    await db1.execute('FLUSH BINARY LOGS');
    await client.query('CREATE TABLE shop.later (id INT PRIMARY KEY)');
    await client.query('INSERT INTO shop.later VALUES (7); DELETE FROM shop.notes WHERE id = 1000');
  });
  afterAll(() => interlock?.stop());

  const loss = (): Loss => {
    const spare = stage.server('spare');
    return { original: db1, spare, begin, before, table: 'orders', dropped };
  };

  it('knows exactly which transaction the drop is, among others at the same time', () => {
    expect(dropped.outcome).toBe('ok');
    const place = placeOf(loss());
    expect(place.gtid === undefined).toBe(!gtid);
    expect(place.end).toBeGreaterThan(place.start);
  });

  it('brings back the state before it, and then all but it, by position', () =>
    recoverByPosition(loss()));

  it('names the transaction in which rows were deleted, once it has committed', async () => {
    const client = await interlock?.connect('db1');
    await client?.query('CREATE DATABASE box; CREATE TABLE box.t (id INT); BEGIN');
    await client?.query('INSERT INTO box.t VALUES (1), (2)');
    await client?.query('DELETE FROM box.t');
    const find = async (kind: string) => {
      const records = (await interlock?.records()) ?? [];
      const { id } = records.findLast((record) => record.kind === 'decision') ?? {};
      return records.find((record) => record.kind === kind && record.id === id);
    };
    await expect.poll(() => find('outcome'), { timeout: 20_000 }).toBeDefined();
    expect(await find('outcome')).toMatchObject({ inTransaction: true });
    expect(await find('logged')).toBeUndefined();
    await client?.query('COMMIT');
    await expect.poll(() => find('logged'), { timeout: 20_000 }).toBeDefined();
    expect(await find('logged')).toMatchObject({ loggedAs: [expect.objectContaining({})] });
  });

  it('is what the command line shows of the record, in a chain that holds', async () => {
    const { configFile } = interlock?.at ?? { configFile: '' };
    const audit = (...args: readonly string[]) =>
      runInterlock(['audit', ...args, '--config', configFile]);
    const shown = await audit('show', '--json', '--verdict', 'permit');
    const records: readonly JoinedRecord[] = JSON.parse(shown.stdout);
    expect(records.find(({ id }) => id === dropped.id)).toMatchObject({
      ...{ outcome: 'ok', loggedAs: dropped.loggedAs, verdict: 'permit', user: 'dba' },
      ...{ statement: 'DROP TABLE shop.orders', identity: { serverId: db1.serverId } },
    });
    const head = (await audit('head')).stdout.trim();
    expect(await audit('verify', '--head', head, '--whole')).toMatchObject({ code: 0 });
  });

  if (!gtid) return;
  it('brings it all back by GTID, without positions', () => recoverByGtid(loss()));

  it('names it by the GTID that the session was told, where two could be it', async () => {
    const client = await interlock?.connect('db1');
    await client?.query(
      'CREATE DATABASE bin; CREATE TABLE bin.t (id INT PRIMARY KEY); INSERT INTO bin.t VALUES (1)',
    );
    /** A DELETE that commits while somebody else deletes from the same table. */
    const logged = async () => {
      await client?.query('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
      await client?.query('BEGIN');
      await client?.query('DELETE FROM bin.t');
      await db1.execute('INSERT INTO bin.t VALUES (2)', 'DELETE FROM bin.t WHERE id = 2');
      await client?.query('INSERT INTO bin.t VALUES (1)');
      await client?.query('COMMIT');
      const found = async () => {
        const records = (await interlock?.records()) ?? [];
        const { id } = records.findLast(({ kind }) => kind === 'decision') ?? {};
        return records.flatMap((record) =>
          record.kind === 'logged' && record.id === id ? [record] : [],
        )[0];
      };
      await expect.poll(found, { timeout: 60_000 }).toBeDefined();
      return found();
    };
    expect(await logged()).not.toHaveProperty('loggedAs');
    await client?.query(
      line === 'mysql-9'
        ? 'SET SESSION session_track_gtids = OWN_GTID'
        : "SET SESSION session_track_system_variables = 'last_gtid'",
    );
    const named = await logged();
    const [gtid] = named?.gtids ?? [];
    expect(gtid).toMatch(/^[-0-9a-f]+[:-]\d+$/);
    expect(named?.loggedAs).toMatchObject([{ gtid }]);
    expect((await coordinates(db1)).gtid).toContain(gtid?.split(/[:-]/).at(-1));
  });
});
