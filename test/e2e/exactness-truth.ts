// What a server did with one statement, from the server itself: its own counters in that session,
// and what stood in its schemas before and after.
import type { RawClient, RawResult } from './raw-client.js';

/**
 * Counted when the server has understood a statement as one of these, whether it succeeds or not,
 * also inside what another statement runs.
 */
export const DESTRUCTIVE = new Set(
  `drop_table drop_db truncate drop_view drop_index drop_function drop_procedure drop_trigger
  drop_event drop_package drop_package_body drop_sequence drop_user drop_role drop_roles drop_server
  rename_table purge purge_before_date change_master change_replication_source
  change_replication_filter change_repl_filter slave_start replica_start start_all_slaves
  start_slave group_replication_start shutdown restart clone import binlog`.split(/\s+/),
);

const OURS = "NOT IN ('mysql','information_schema','performance_schema','sys','mtr')";
/** MariaDB calls one another thing once it has ADD SYSTEM VERSIONING: it is as much a table as before. */
const TABLE = "IN ('BASE TABLE', 'SYSTEM VERSIONED')";
const SYSTEM = [
  // A view that is altered, or whose table is, has other columns: no data is gone with them.
  `SELECT CONCAT('columns ', c.table_schema, '.', c.table_name), COUNT(*)
   FROM information_schema.columns c JOIN information_schema.tables t
   ON t.table_schema = c.table_schema AND t.table_name = c.table_name
   WHERE t.table_type ${TABLE} AND c.table_schema ${OURS} GROUP BY 1`,
  `SELECT LOWER(CONCAT('column ', table_schema, '.', table_name, '.', column_name)), 1
   FROM information_schema.columns WHERE table_schema ${OURS}`,
  `SELECT LOWER(CONCAT('index ', table_schema, '.', table_name, '.', index_name)), 1
   FROM information_schema.statistics WHERE table_schema ${OURS}`,
  `SELECT CONCAT('partition ', table_schema, '.', table_name, '.', partition_name), 1
   FROM information_schema.partitions WHERE partition_name IS NOT NULL AND table_schema ${OURS}`,
  `SELECT CONCAT('schema ', schema_name), 1
   FROM information_schema.schemata WHERE schema_name ${OURS}`,
];

/** Counted alike with and without OR REPLACE. */
const CREATED =
  `create_table create_sequence create_db create_procedure create_function create_trigger
  create_event create_package create_package_body create_user create_role create_server create_index`.split(
    /\s+/,
  );
const COUNTERS = [...DESTRUCTIVE, ...CREATED].map((name) => `'Com_${name}'`).join(',');

export async function countersOf(session: RawClient): Promise<ReadonlyMap<string, number>> {
  const sql = `SHOW SESSION STATUS WHERE Variable_name IN (${COUNTERS})`;
  const rows = await rowsOf(session, sql);
  // With sql_select_limit=0 a session shows nothing.
  if (rows.length === 0) throw new Error('the session shows no counters');
  return new Map(rows.map(([name, value]) => [(name ?? '').slice(4).toLowerCase(), Number(value)]));
}

export async function thingsOf(session: RawClient): Promise<ReadonlyMap<string, number>> {
  const things = new Map<string, number>();
  const results = await session.query([...SYSTEM, TABLES].join(';'));
  const failed = results.find(({ error }) => error !== undefined);
  if (failed !== undefined) throw new Error(failed.error);
  for (const { rows } of results.slice(0, -1)) {
    for (const [name, value] of rows) things.set(name ?? '', Number(value));
  }
  const tables = results.at(-1)?.rows ?? [];
  for (const [index, count] of (await countsOf(session, tables)).entries()) {
    const [schema, name] = tables[index] ?? [];
    things.set(`rows ${schema}.${name}`, count);
  }
  return things;
}

const TABLES = `SELECT table_schema, table_name FROM information_schema.tables
  WHERE table_type ${TABLE} AND engine <> 'MRG_MyISAM' AND table_schema ${OURS}`;

/** All in one text as far as it goes; what stops it (a lock, a changed definition) is not lost. */
async function countsOf(session: RawClient, tables: RawResult['rows']): Promise<readonly number[]> {
  const counts: number[] = [];
  while (counts.length < tables.length) {
    const sqls = tables
      .slice(counts.length)
      .map(([schema, name]) => `SELECT COUNT(*) FROM ${quoted(schema)}.${quoted(name)}`);
    const results = await session.query(sqls.join(';'));
    for (const { rows } of results) counts.push(Number(rows[0]?.[0] ?? Number.POSITIVE_INFINITY));
  }
  return counts;
}

/**
 * Columns are renamed, indexes of a server's own making replaced, rows moved to other partitions:
 * that one of these is gone confirms what was said, and proves nothing by itself. Nor does a name with
 * other letters, which a session is shown otherwise once its character set has changed.
 */
export function isLoss(thing: string): boolean {
  return !/^(column|index|partition) |[^\0-\x7f]/.test(thing);
}

/** What is gone: a thing that is not there any more, or a table with fewer rows or columns. */
export function lostBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly string[] {
  return [...before]
    .filter(([name, count]) => (after.get(name) ?? 0) < count)
    .map(([name]) => name);
}

export function dispatchedBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly string[] {
  return [...after]
    .filter(([name, count]) => count > (before.get(name) ?? 0))
    .map(([name]) => name);
}

export async function rowsOf(session: RawClient, sql: string): Promise<RawResult['rows']> {
  const [result] = await session.query(sql);
  if (result === undefined || result.error !== undefined) {
    throw new Error(`${sql}: ${result?.error ?? 'no answer'}`);
  }
  return result.rows;
}

function quoted(name: string | null | undefined): string {
  return `\`${(name ?? '').replaceAll('`', '``')}\``;
}
