// Getting back what was dropped, by docs/how-to-recover.md: the places of an audit record, fed to the
// servers' own mysqlbinlog, and its output to the client of a spare server. No copy of Interlock's
// own reading of a log takes part.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { expect } from 'vitest';
import type { LoggedPlace, OutcomeRecord } from '../../src/audit/outcome-record.js';
import { run } from '../../src/lab/program.js';
import { type Coordinates, coordinates } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import type { RunningInterlock } from './interlock.js';

export interface Loss {
  readonly original: LabServer;
  readonly spare: LabServer;
  /** Where the backup was taken: in these tests, before there was a shop. */
  readonly begin: Coordinates;
  /** shopOf the original, before the drop. */
  readonly before: string;
  /** The table of the shop that was dropped. */
  readonly table: string;
  readonly dropped: Pick<OutcomeRecord, 'loggedAs'>;
}

/** Drops the orders through Interlock while others write; what became of it, by its record. */
export async function dropAmongOthers(among: {
  readonly interlock: RunningInterlock;
  readonly server: string;
  readonly client: Connection;
}): Promise<OutcomeRecord> {
  const { interlock, server, client } = among;
  const other = await interlock.connect(server, { database: 'shop' });
  const writing = (async () => {
    for (let id = 1; id <= 40; id++) await other.query('INSERT INTO notes VALUES (?)', [id]);
  })();
  await client.query('DROP TABLE shop.orders');
  await writing;
  let found: OutcomeRecord | undefined;
  await interlock.until('done recording', async () => {
    const records = await interlock.records();
    const decided = records.findLast(
      (record) => record.kind === 'decision' && record.statement === 'DROP TABLE shop.orders',
    );
    for (const record of records) {
      if (record.kind === 'outcome' && record.id === decided?.id) found = record;
    }
    return found !== undefined;
  });
  if (found === undefined) throw new Error('no outcome');
  return found;
}

/** The state before the drop, and then all but it. */
export async function recoverByPosition(loss: Loss): Promise<void> {
  const { original, spare, begin, before } = loss;
  const { file, start, end } = placeOf(loss);
  const last = join(original.directory, 'data', file);
  const files = await filesFrom(original, begin.file);
  const upTo = [`--start-position=${begin.position}`, `--stop-position=${start}`];
  await replay(
    loss,
    upTo,
    files.filter((path) => path <= last),
  );
  // Others may have written while the drop was on its way; nothing of the dropped table is theirs.
  expect((await shopOf(spare)).split('\n')).toEqual(expect.arrayContaining(before.split('\n')));
  await replay(loss, [`--start-position=${end}`], await filesFrom(original, file));
  await expectRecovered(loss);
}

/** Everything but the drop, without positions in the middle, on a spare server that starts over. */
export async function recoverByGtid(loss: Loss): Promise<void> {
  const { original, spare, begin } = loss;
  await startOver(spare);
  const { gtid = '' } = placeOf(loss);
  const files = await filesFrom(original, begin.file);
  if (original.line === 'mariadb-10.11') {
    // MariaDB begins behind the GTID that it is given; a log may hold nothing yet.
    const from = begin.gtid === '' ? [] : [`--start-position=${begin.gtid}`];
    await replay(loss, [...from, `--stop-position=${gtidBefore(gtid)}`], files);
    await replay(loss, [`--start-position=${gtid}`], files);
  } else await replay(loss, [`--exclude-gtids=${gtid}`], files);
  await expectRecovered(loss);
}

/** The one place that the record names; a drop is one transaction. */
export function placeOf({ dropped }: Pick<Loss, 'dropped'>): LoggedPlace {
  const [first, ...more] = dropped.loggedAs ?? [];
  expect(more).toEqual([]);
  if (first === undefined) throw new Error(`no place in ${JSON.stringify(dropped)}`);
  return first;
}

/** Every row of the shop, one a line: `table values`. */
export async function shopOf(server: LabServer): Promise<string> {
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

/** The original as it is, with the table that was dropped as it was before. */
async function expectRecovered({ original, spare, before, table }: Loss): Promise<void> {
  const [now, recovered] = [await shopOf(original), await shopOf(spare)];
  const isOf = (row: string): boolean => row.split(' ', 1)[0] === table;
  expect(recovered.split('\n').filter((row) => !isOf(row))).toEqual(now.split('\n'));
  expect(recovered.split('\n').filter(isOf)).toEqual(before.split('\n').filter(isOf));
}

/** The files of a server's log from this one to the one it writes now. */
async function filesFrom(server: LabServer, first: string): Promise<readonly string[]> {
  const number = (file: string): number => Number(file.split('.').at(-1));
  const { file: last } = await coordinates(server);
  const stem = first.replace(/\d+$/, '');
  const width = first.length - stem.length;
  return Array.from({ length: number(last) - number(first) + 1 }, (_, index) =>
    join(server.directory, 'data', stem + String(number(first) + index).padStart(width, '0')),
  );
}

async function replay(
  { spare }: Loss,
  args: readonly string[],
  files: readonly string[],
): Promise<void> {
  const { binlog, client } = spare.clientTools;
  if (binlog === undefined) throw new Error(`no mysqlbinlog beside ${spare.version}`);
  const { stdout } = await run(binlog, ['--no-defaults', ...args, ...files]);
  await writeFile(join(spare.directory, 'replay.sql'), stdout);
  const to = ['--no-defaults', '-h127.0.0.1', `-P${spare.port}`, '-uroot', '--binary-mode'];
  await run(client, to, { input: stdout });
}

async function startOver(server: LabServer): Promise<void> {
  await server.execute('DROP DATABASE IF EXISTS shop');
  await server.execute(server.line === 'mysql-9' ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER');
}

/** The one before it in the same domain. */
function gtidBefore(gtid: string): string {
  const [domain = '', server = '', sequence = ''] = gtid.split('-');
  return `${domain}-${server}-${Number(sequence) - 1}`;
}
