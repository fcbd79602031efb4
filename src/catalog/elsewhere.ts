// Tables whose rows live on another server: what is emptied here is emptied there. Finds them among
// the objects of an effect, and where they point, without ever showing a password.
import type { Effect, EffectObject, StatementEffect } from '../sql/effect.js';
import { textOf } from '../topology/rows.js';
import { type ReachEntry, STRANGER } from '../topology/snapshot.js';
import type { CatalogConnection } from './catalog-connection.js';
import { showTableSql } from './questions.js';

/** Effects that reach the rows of such a table. DROP and RENAME only take away the way to them. */
const REACHING: ReadonlySet<Effect> = new Set<Effect>([
  'truncate-table',
  'delete-unbounded',
  'update-unbounded',
  'replace-table',
  'drop-partition',
]);

const ENGINES: ReadonlySet<string> = new Set(['FEDERATED', 'CONNECT', 'SPIDER']);

/** More tables than these in one statement are not asked about one by one. */
const MOST_TABLES = 64;

/** The objects that may be such tables. */
export function reachingObjects(effects: readonly StatementEffect[]): readonly EffectObject[] {
  const objects = effects
    .filter(({ effect }) => REACHING.has(effect))
    .flatMap((effect) => effect.objects)
    .filter(({ name }) => name !== undefined);
  return [...new Map(objects.map((object) => [JSON.stringify(object), object])).values()];
}

/** One entry of reach for every such table. */
export async function reachedElsewhere(
  connection: CatalogConnection,
  server: string,
  objects: readonly EffectObject[],
): Promise<readonly ReachEntry[]> {
  const entries: ReachEntry[] = [];
  for (const object of objects.slice(0, MOST_TABLES)) {
    for (const table of await tablesNamed(connection, object)) {
      if (!ENGINES.has(table.engine.toUpperCase())) continue;
      const where = await placeOf(connection, table);
      if (where === undefined) continue;
      const reason = `${table.schema}.${table.name} is a ${table.engine} table: its rows are on ${where}`;
      entries.push(strangerEntry(server, reason));
    }
  }
  return entries;
}

export function strangerEntry(server: string, reason: string): ReachEntry {
  return { server: STRANGER, path: [server, STRANGER], state: 'live', writable: true, reason };
}

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly engine: string;
}

/** A bare name in an unknown schema may be a table in any. Of a view, the tables it is made of. */
async function tablesNamed(
  connection: CatalogConnection,
  { schema, name = '' }: EffectObject,
  depth = 0,
): Promise<readonly Table[]> {
  const bySchema = schema === undefined ? '' : ' AND TABLE_SCHEMA = ?';
  const rows = await connection.ask(
    'SELECT TABLE_SCHEMA AS `schema`, TABLE_NAME AS name, ENGINE AS engine, TABLE_TYPE AS type ' +
      `FROM information_schema.TABLES WHERE TABLE_NAME = ?${bySchema}`,
    { values: schema === undefined ? [name] : [name, schema] },
  );
  const tables: Table[] = [];
  for (const row of rows) {
    const found = {
      schema: textOf(row, ['schema']) ?? '',
      name: textOf(row, ['name']) ?? '',
      engine: textOf(row, ['engine']) ?? '',
    };
    if (textOf(row, ['type']) !== 'VIEW') tables.push(found);
    else if (depth < DEEPEST_VIEW) tables.push(...(await tablesOfView(connection, found, depth)));
  }
  return tables;
}

const DEEPEST_VIEW = 8;

async function tablesOfView(
  connection: CatalogConnection,
  view: Table,
  depth: number,
): Promise<readonly Table[]> {
  const [row] = await connection.ask(
    'SELECT VIEW_DEFINITION AS definition FROM information_schema.VIEWS ' +
      'WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?',
    { values: [view.schema, view.name] },
  );
  const tables: Table[] = [];
  for (const object of tablesIn(textOf(row, ['definition']) ?? '').slice(0, MOST_TABLES)) {
    tables.push(...(await tablesNamed(connection, object, depth + 1)));
  }
  return tables;
}

/** A server shows a view with every table as `schema`.`table`. */
export function tablesIn(
  definition: string,
): readonly { readonly schema: string; readonly name: string }[] {
  const pairs = definition.matchAll(/`((?:[^`]|``)+)`\.`((?:[^`]|``)+)`/g);
  const tables = [...pairs].map(([, schema = '', name = '']) => ({
    schema: schema.replaceAll('``', '`'),
    name: name.replaceAll('``', '`'),
  }));
  return [...new Map(tables.map((table) => [JSON.stringify(table), table])).values()];
}

const UNSEEN = 'another server (the monitor account may not see which)';

/** Where its rows are, in words; undefined for a CONNECT table that is a file of this server. */
async function placeOf(connection: CatalogConnection, table: Table): Promise<string | undefined> {
  let create: string;
  try {
    const [row] = await connection.ask(showTableSql(table.schema, table.name));
    create = textOf(row, ['Create Table']) ?? '';
  } catch {
    return UNSEEN;
  }
  const isFile = table.engine.toUpperCase() === 'CONNECT' && !AWAY.test(create);
  if (isFile) return undefined;
  const places = [...addressesIn(create), ...(await serversIn(connection, create))];
  return places.length === 0 ? UNSEEN : [...new Set(places)].join(', ');
}

/** CONNECT's kinds of tables whose rows a server keeps. */
const AWAY = /table_type`?\s*=\s*'?"?(mysql|odbc|jdbc|mongo|tbl)|connection\s*=/i;

/** mysql://user:password@host:port/…, and Spider's host "…", port "…". */
function addressesIn(create: string): readonly string[] {
  const urls = [...create.matchAll(/\w+:\/\/(?:[^@'"/]*@)?([^/'"@\s]+)/g)].map(([, host]) => host);
  const hosts = [...create.matchAll(/\bhost\s+"([^"]+)"(?:\s*,\s*port\s+"(\d+)")?/gi)].map(
    ([, host, port]) => (port === undefined ? host : `${host}:${port}`),
  );
  return [...urls, ...hosts].filter((place) => place !== undefined);
}

/** CONNECTION='server/table', and Spider's srv "…": entries of mysql.servers. */
async function serversIn(
  connection: CatalogConnection,
  create: string,
): Promise<readonly string[]> {
  const named = [
    ...create.matchAll(/CONNECTION\s*=\s*'([^/:']+)(?:\/[^']*)?'/gi),
    ...create.matchAll(/\b(?:srv|server)\s+"([^"]+)"/gi),
  ].flatMap(([, name]) => (name === undefined ? [] : [name]));
  const places: string[] = [];
  for (const name of new Set(named)) {
    const sql = 'SELECT Host AS host, Port AS port FROM mysql.servers WHERE Server_name = ?';
    const rows = await connection.ask(sql, { values: [name] }).catch(() => []);
    const host = textOf(rows[0], ['host']);
    const address = host === undefined ? '' : ` (${host}:${textOf(rows[0], ['port']) ?? ''})`;
    places.push(`the server ${name}${address}`);
  }
  return places;
}
