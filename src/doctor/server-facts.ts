// What is asked of one server for the doctor, and how its answers read. Each question is asked
// alone: what the account may not see is undefined, and is said to be unseen, never taken for none.
import { messageOf } from '../errors.js';
import { holdsRoles, rightsIn } from '../topology/grants.js';
import type { QuestionConnection } from '../topology/question-connection.js';
import { isOn, numberOf, type Row, someTextOf, textOf } from '../topology/rows.js';

/** An account, or an account's rights on one schema. */
export interface AccountRow {
  readonly user: string;
  readonly host: string;
  /** Rights by which data is destroyed, in GRANT's words: DROP, DELETE, ALTER, SUPER. */
  readonly destroys: readonly string[];
}

export interface ServerFacts {
  readonly flavour: 'mariadb' | 'mysql';
  /** SHOW GLOBAL VARIABLES, by lower-case name. */
  readonly variables: ReadonlyMap<string, string>;
  /** As which account, from which address, the server sees this question: `interlock@10.0.9.5`. */
  readonly seenAs: string;
  /** Rights of the account that asks, in GRANT's words. */
  readonly ownRights: readonly string[];
  /** It holds roles, whose rights these are not. */
  readonly hasRoles: boolean;
  /** Undefined: mysql.user and mysql.db may not be read. */
  readonly accounts: readonly AccountRow[] | undefined;
  /** `schema.name` of enabled events; undefined: may not be seen. */
  readonly events: readonly string[] | undefined;
  /** Servers that FEDERATED and SPIDER tables reach, by CREATE SERVER's name. */
  readonly foreignServers: readonly string[] | undefined;
  /** Tables whose engine writes elsewhere: `schema.name (FEDERATED)`. */
  readonly foreignTables: readonly string[];
  /** Active plugins by lower-case name. */
  readonly plugins: ReadonlySet<string>;
  /** The server's clock minus ours, milliseconds; the round trip is its uncertainty. */
  readonly clockSkewMs: number;
  readonly roundTripMs: number;
  /** What could not be asked, and why. */
  readonly unseen: readonly { readonly what: string; readonly why: string }[];
}

const TIMEOUT_MS = 5_000;
const DESTROYING = ['Drop', 'Delete', 'Alter', 'Super'] as const;

/** Rejects only when the server cannot be asked at all. */
export async function serverFacts(
  connection: QuestionConnection,
  now: () => number,
): Promise<ServerFacts> {
  const unseen: { what: string; why: string }[] = [];
  const must = (sql: string): Promise<readonly Row[]> => connection.ask(sql, [], TIMEOUT_MS);
  const may = async (what: string, sql: string): Promise<readonly Row[] | undefined> => {
    try {
      return await must(sql);
    } catch (thrown) {
      unseen.push({ what, why: messageOf(thrown) });
      return undefined;
    }
  };
  const clock = await clockOf(must, now);
  const [about] = await must('SELECT VERSION() AS version, USER() AS seen');
  const variables = variablesOf(await must('SHOW GLOBAL VARIABLES'));
  const plugins = await must(
    "SELECT PLUGIN_NAME AS name FROM information_schema.PLUGINS WHERE PLUGIN_STATUS = 'ACTIVE'",
  );
  const users = await may('its accounts', 'SELECT * FROM mysql.user');
  const schemas = await may('rights on single schemas', 'SELECT * FROM mysql.db');
  const events = await may(
    'its events',
    "SELECT EVENT_SCHEMA AS s, EVENT_NAME AS n FROM information_schema.EVENTS WHERE STATUS = 'ENABLED'",
  );
  const grants = await must('SHOW GRANTS');
  const foreign = await may('the servers of FEDERATED tables', 'SELECT * FROM mysql.servers');
  const tables = await must(FOREIGN_TABLES_SQL);
  return {
    flavour: /mariadb/i.test(textOf(about, ['version']) ?? '') ? 'mariadb' : 'mysql',
    variables,
    seenAs: textOf(about, ['seen']) ?? '',
    ownRights: rightsIn(grants),
    hasRoles: holdsRoles(grants),
    accounts: users && accountsOf([...users, ...(schemas ?? [])]),
    events: events?.map((row) => `${textOf(row, ['s'])}.${textOf(row, ['n'])}`),
    foreignServers: foreign?.map((row) => textOf(row, ['Server_name']) ?? '?'),
    foreignTables: tables.map(
      (row) => `${textOf(row, ['s'])}.${textOf(row, ['n'])} (${textOf(row, ['e'])})`,
    ),
    plugins: new Set(plugins.map((row) => (textOf(row, ['name']) ?? '').toLowerCase())),
    ...clock,
    unseen,
  };
}

const FOREIGN_TABLES_SQL =
  'SELECT TABLE_SCHEMA AS s, TABLE_NAME AS n, ENGINE AS e FROM information_schema.TABLES ' +
  "WHERE ENGINE IN ('FEDERATED', 'CONNECT', 'SPIDER')";

async function clockOf(
  must: (sql: string) => Promise<readonly Row[]>,
  now: () => number,
): Promise<Pick<ServerFacts, 'clockSkewMs' | 'roundTripMs'>> {
  // The first answer pays for the login.
  await must('SELECT 1');
  const before = now();
  const [row] = await must('SELECT ROUND(UNIX_TIMESTAMP(NOW(6)) * 1000) AS ms');
  const after = now();
  const server = numberOf(row, ['ms']) ?? after;
  return { clockSkewMs: Math.round(server - (before + after) / 2), roundTripMs: after - before };
}

function variablesOf(rows: readonly Row[]): ReadonlyMap<string, string> {
  return new Map(
    rows.map((row) => [
      (textOf(row, ['Variable_name']) ?? '').toLowerCase(),
      textOf(row, ['Value']) ?? '',
    ]),
  );
}

/** One entry an account, its rights on everything and on schemas together. */
function accountsOf(rows: readonly Row[]): readonly AccountRow[] {
  const accounts = new Map<string, { user: string; host: string; destroys: Set<string> }>();
  for (const row of rows) {
    if (isOn(textOf(row, ['is_role', 'account_locked'])?.replace(/^Y$/, 'yes'))) continue;
    const user = textOf(row, ['User']) ?? '';
    const host = someTextOf(row, ['Host']);
    if (host === undefined) continue;
    const key = `${user}@${host}`;
    const account = accounts.get(key) ?? { user, host, destroys: new Set() };
    for (const right of DESTROYING) {
      if (textOf(row, [`${right}_priv`]) === 'Y') account.destroys.add(right.toUpperCase());
    }
    accounts.set(key, account);
  }
  return [...accounts.values()].map(({ destroys, ...rest }) => ({
    ...rest,
    destroys: [...destroys],
  }));
}
