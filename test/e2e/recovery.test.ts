// The proof of docs/how-to-recover.md: the places in the audit record, fed to the servers' own
// mysqlbinlog, bring back on another server the state before the drop and everything after it but
// the drop.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JoinedRecord } from '../../src/audit/joined.js';
import type { LoggedPlace, OutcomeRecord } from '../../src/audit/record.js';
import type { ServerLine } from '../../src/lab/lines.js';
import { run } from '../../src/lab/program.js';
import { type Coordinates, coordinates } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import { addAccounts, RunningInterlock, interlock as runInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';

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
  let spare: LabServer;
  let interlock: RunningInterlock | undefined;
  let begin: Coordinates;
  let last: string;
  let before: string;
  let dropped: OutcomeRecord;

  beforeAll(async () => {
    db1 = stage.server('db1');
    spare = stage.server('spare');
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
    before = await stateOf(db1);
    dropped = await dropAmongOthers(interlock, client);
    await client.query('INSERT INTO shop.notes VALUES (1000)');
    await db1.execute('FLUSH BINARY LOGS');
    await client.query('CREATE TABLE shop.later (id INT PRIMARY KEY)');
    await client.query('INSERT INTO shop.later VALUES (7); DELETE FROM shop.notes WHERE id = 1000');
    last = (await coordinates(db1)).file;
  });
  afterAll(() => interlock?.stop());

  const filesFrom = (first: string): readonly string[] => {
    const number = (file: string): number => Number(file.split('.').at(-1));
    const stem = first.replace(/\d+$/, '');
    const width = first.length - stem.length;
    return Array.from({ length: number(last) - number(first) + 1 }, (_, index) =>
      join(db1.directory, 'data', stem + String(number(first) + index).padStart(width, '0')),
    );
  };
  const replay = async (args: readonly string[], files: readonly string[]): Promise<void> => {
    const { binlog, client } = spare.clientTools;
    if (binlog === undefined) throw new Error(`no mysqlbinlog beside ${spare.version}`);
    const { stdout } = await run(binlog, ['--no-defaults', ...args, ...files]);
    const file = join(stage.lab().folder, 'replay.sql');
    await writeFile(file, stdout);
    const to = ['--no-defaults', '-h127.0.0.1', `-P${spare.port}`, '-uroot', '--binary-mode'];
    await run(client, to, { input: stdout });
  };
  const place = (): LoggedPlace => {
    const [first, ...more] = dropped.loggedAs ?? [];
    expect(more).toEqual([]);
    if (first === undefined) throw new Error(`no place in ${JSON.stringify(dropped)}`);
    return first;
  };
  /** The original, with the table that was dropped as it was before. */
  const expectRecovered = async (): Promise<void> => {
    const [now, recovered] = [await stateOf(db1), await stateOf(spare)];
    expect(recovered.split('\n').filter((row) => !row.startsWith('orders'))).toEqual(
      now.split('\n'),
    );
    expect(recovered.split('\n').filter((row) => row.startsWith('orders'))).toEqual(
      before.split('\n').filter((row) => row.startsWith('orders')),
    );
  };

  it('knows exactly which transaction the drop is, among others at the same time', () => {
    expect(dropped.outcome).toBe('ok');
    expect(place().gtid === undefined).toBe(!gtid);
    expect(place().end).toBeGreaterThan(place().start);
  });

  it('brings back the state before it, and then all but it, by position', async () => {
    const { file, start, end } = place();
    const upTo = [`--start-position=${begin.position}`, `--stop-position=${start}`];
    const old = filesFrom(begin.file).filter((path) => path <= join(db1.directory, 'data', file));
    await replay(upTo, old);
    // Others wrote while the drop was on its way; nothing of the dropped table is theirs.
    expect((await stateOf(spare)).split('\n')).toEqual(expect.arrayContaining(before.split('\n')));
    await replay([`--start-position=${end}`], filesFrom(file));
    await expectRecovered();
  });

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
  it('brings it all back by GTID, without positions', async () => {
    await startOver(spare);
    const { gtid: name = '' } = place();
    if (line === 'mariadb-10.11') {
      const around = gtidsAround(name);
      await replay([`--stop-position=${around.before}`], filesFrom(begin.file));
      await replay([`--start-position=${name}`], filesFrom(begin.file));
    } else {
      await replay([`--exclude-gtids=${name}`], filesFrom(begin.file));
    }
    await expectRecovered();
  });
});

/** Drops through Interlock while others write through it and around it. */
async function dropAmongOthers(
  interlock: RunningInterlock,
  client: Connection,
): Promise<OutcomeRecord> {
  const other = await interlock.connect('db1', { database: 'shop' });
  const writing = (async () => {
    for (let id = 1; id <= 40; id++) await other.query('INSERT INTO notes VALUES (?)', [id]);
  })();
  await client.query('DROP TABLE shop.orders');
  await writing;
  let found: OutcomeRecord | undefined;
  await interlock.until('done recording', async () => {
    const records = await interlock.records();
    found = records.find((record) => record.kind === 'outcome');
    return found !== undefined;
  });
  if (found === undefined) throw new Error('no outcome');
  return found;
}

/** Every row of the shop, one a line: `table values`. */
async function stateOf(server: LabServer): Promise<string> {
  const tables = await server.query(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop' ORDER BY 1",
  );
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await server.query(`SELECT * FROM shop.${String(name)} ORDER BY 1`);
    rows.push(`${String(name)} exists`);
    rows.push(...found.map((row) => `${String(name)} ${JSON.stringify(row)}`));
  }
  return rows.join('\n');
}

async function startOver(server: LabServer): Promise<void> {
  await server.execute('DROP DATABASE shop');
  await server.execute(server.line === 'mysql-9' ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER');
}

function gtidsAround(gtid: string): { readonly before: string } {
  const [domain = '', server = '', sequence = ''] = gtid.split('-');
  return { before: `${domain}-${server}-${Number(sequence) - 1}` };
}
