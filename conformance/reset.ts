// Puts a server back to how it was before any test: schemas, accounts, global variables, sessions.
// What cannot be put back is told, so that the server is replaced and no test inherits it.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import type { LabServer } from '../src/lab/server.js';
import { MONITOR } from '../test/support/interlock.js';

const SYSTEM_SCHEMAS = ['mysql', 'information_schema', 'performance_schema', 'sys', 'mtr'];
/** Move by themselves, or can only be set in a session or at start. */
const MOVING =
  /^(gtid_|timestamp|insert_id|last_insert|rand_seed|error_count|warning_count|pseudo_)/i;

export class Baseline {
  readonly #server: LabServer;
  readonly #accounts: ReadonlySet<string>;
  #variables: ReadonlyMap<string, string>;

  private constructor(
    server: LabServer,
    accounts: ReadonlySet<string>,
    variables: ReadonlyMap<string, string>,
  ) {
    this.#server = server;
    this.#accounts = accounts;
    this.#variables = variables;
  }

  static async take(server: LabServer): Promise<Baseline> {
    return withRoot(server, async (root) => {
      return new Baseline(server, new Set(await accounts(root)), await variables(root));
    });
  }

  /** After a restart with other flags: those are now how it was. */
  async takeVariables(): Promise<void> {
    this.#variables = await withRoot(this.#server, variables);
  }

  async restore(): Promise<void> {
    await withRoot(this.#server, async (root) => {
      await killSessions(root);
      await this.#restoreVariables(root);
      await dropSchemas(root, join(this.#server.directory, 'data'));
      await this.#restoreAccounts(root);
      await forget(root, this.#server.line);
    });
  }

  async #restoreVariables(root: Connection): Promise<void> {
    for (const [name, now] of await variables(root)) {
      const before = this.#variables.get(name);
      if (before === undefined || before === now || MOVING.test(name)) continue;
      const value = /^-?\d+(\.\d+)?$/.test(before) ? before : root.escape(before);
      await root.query(`SET GLOBAL ${name} = ${value}`).catch(() => undefined);
    }
  }

  async #restoreAccounts(root: Connection): Promise<void> {
    const now = await accounts(root);
    for (const account of now) {
      if (!this.#accounts.has(account)) await root.query(`DROP USER IF EXISTS ${account}`);
    }
    const lost = [...this.#accounts].filter((account) => !now.includes(account));
    if (lost.length > 0) throw new Error(`accounts were lost: ${lost.join(', ')}`);
  }
}

async function withRoot<T>(server: LabServer, act: (root: Connection) => Promise<T>): Promise<T> {
  const root = await server.connect({ connectTimeout: 5_000 });
  try {
    // A test may have set them for all who come after it.
    const writes = server.line === 'mariadb-10.11' ? 'tx_read_only' : 'transaction_read_only';
    const safe = `sql_safe_updates = 0, ${writes} = 0`;
    await root.query(`SET sql_log_bin = 0, sql_mode = '', lock_wait_timeout = 10, ${safe}`);
    return await act(root);
  } finally {
    root.destroy();
  }
}

async function rows(root: Connection, sql: string): Promise<readonly Record<string, unknown>[]> {
  const [found] = await root.query({ sql, rowsAsArray: false });
  return Array.isArray(found) ? found.map((row) => ({ ...row })) : [];
}

async function accounts(root: Connection): Promise<readonly string[]> {
  const found = await rows(root, 'SELECT User AS user, Host AS host FROM mysql.user');
  return found.map(({ user, host }) => {
    const name = root.escape(String(user));
    return host === '' ? name : `${name}@${root.escape(String(host))}`;
  });
}

async function variables(root: Connection): Promise<ReadonlyMap<string, string>> {
  const found = await rows(root, 'SHOW GLOBAL VARIABLES');
  return new Map(found.map((row) => [String(row.Variable_name), String(row.Value)]));
}

async function killSessions(root: Connection): Promise<void> {
  const sessions = await rows(
    root,
    `SELECT ID AS id FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()
       AND USER NOT IN ('system user', 'event_scheduler', ${root.escape(MONITOR.user)})`,
  );
  for (const { id } of sessions) await root.query(`KILL ${id}`).catch(() => undefined);
}

async function dropSchemas(root: Connection, dataFolder: string): Promise<void> {
  await root.query('SET foreign_key_checks = 0');
  for (const { name } of await rows(
    root,
    'SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA',
  )) {
    if (SYSTEM_SCHEMAS.includes(String(name).toLowerCase())) continue;
    const drop = `DROP DATABASE ${root.escapeId(String(name))}`;
    await root.query(drop).catch(async (cause: unknown) => {
      // Its tables are gone, and what a test wrote beside them (INTO OUTFILE) holds the folder.
      if (!isError(cause, ER_DB_DROP_RMDIR)) throw cause;
      const folder = join(dataFolder, String(name));
      for (const file of await readdir(folder)) await rm(join(folder, file), { recursive: true });
      await root.query(drop);
    });
  }
  await root.query('CREATE DATABASE test');
}

const ER_DB_DROP_RMDIR = 1010;

function isError(thrown: unknown, errno: number): boolean {
  return thrown instanceof Error && 'errno' in thrown && thrown.errno === errno;
}

/** What tests leave that belongs to no schema. Not every server has all of these. */
async function forget(root: Connection, line: string): Promise<void> {
  const statistics = ['table_stats', 'column_stats', 'index_stats'];
  const both = ['general_log', 'slow_log', 'servers', 'func'];
  const tables = line === 'mariadb-10.11' ? [...both, ...statistics] : both;
  const reset = line === 'mysql-9' ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER';
  const statements = [
    ...tables.map((table) => `TRUNCATE mysql.${table}`),
    reset,
    'FLUSH TABLES',
    'FLUSH PRIVILEGES',
    'FLUSH STATUS',
  ];
  for (const statement of statements) await root.query(statement).catch(() => undefined);
}
