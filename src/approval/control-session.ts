// One session at one server of the control database, set up so that what it confirms is committed and
// what it reads is what others have committed. Every answer has a deadline; past it the session is
// destroyed. It never goes through Interlock: that is asked first.
import { readFile } from 'node:fs/promises';
import { type Connection, createConnection } from 'mysql2';
import { addressLabel } from '../config/address.js';
import type { HostPort, StoreServer } from '../config/config.js';
import { readPassword } from '../config/secrets.js';
import { InterlockError } from '../errors.js';
import { connectionOptions } from '../topology/driver-options.js';
import { ALL_ROWS } from '../topology/questions.js';
import { isOn, type Row, rowsOf } from '../topology/rows.js';
import { isUndoneCommit, NoAnswer, UnconfirmedCommit, UnfitServer } from './control-failure.js';

export type Environment = Readonly<Record<string, string | undefined>>;
export type Value = string | number;

/** How long one answer may take, but that to COMMIT: a cluster that has lost a member is slow there. */
const ANSWER_TIMEOUT_MS = 3_000;
const CONNECT_TIMEOUT_MS = 2_000;

/** Of an OK packet; what returns rows has none of these. */
export interface Changed {
  readonly affectedRows: number;
  readonly insertId: number;
}

export interface ControlSession {
  /** `c1:3306` */
  readonly address: string;
  /** Where this is: the same for all members of a cluster, another on any other server. */
  readonly home: string;
  /** What about this server could lose a commit that it confirmed. */
  readonly warnings: readonly string[];
  readonly isBroken: boolean;
  rows(sql: string, values?: readonly Value[]): Promise<readonly Row[]>;
  change(sql: string, values?: readonly Value[]): Promise<Changed>;
  /** Throws UnconfirmedCommit unless the server said yes, or that it has undone it. */
  commit(): Promise<void>;
  /** No answer is waited for past this moment of `performance.now()`. */
  until(deadlineMs: number): void;
  destroy(): void;
}

/** Rejects with whatever the server or the network said, or with UnfitServer. */
export async function openControlSession(
  address: HostPort,
  place: StoreServer,
  env: Environment,
): Promise<ControlSession> {
  const { user, database, tls } = place;
  const password = readPassword(place, 'the password of approvals.store', env);
  if ('message' in password) throw new InterlockError('CONFIG_INVALID', password.message);
  const ca = tls.caFile === undefined ? {} : { ca: await readFile(tls.caFile, 'utf8') };
  const connection = createConnection({
    ...connectionOptions({
      ...{ server: 'approvals.store', ...address, user, ...password },
      tls: { verify: tls.verify, ...ca },
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
    }),
    database,
    multipleStatements: false,
  });
  const session = new Session(connection);
  try {
    await session.connect();
    return await setUp(session, addressLabel(address));
  } catch (thrown) {
    session.destroy();
    throw thrown;
  }
}

const SETTINGS = [
  // Values are escaped with backslashes; what does not fit must be an error.
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
  `SET SESSION autocommit = 1, completion_type = 0, innodb_lock_wait_timeout = 2, ${ALL_ROWS}`,
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
  // Interlock keeps this from the server; a server keeps it for the session.
  "SET @interlock_token = ''",
] as const;

const VARIABLES = `SHOW GLOBAL VARIABLES WHERE Variable_name IN ('hostname', 'port', 'server_id',
  'server_uuid', 'server_uid', 'read_only', 'wsrep_on', 'group_replication_group_name',
  'innodb_flush_log_at_trx_commit', 'log_bin', 'sync_binlog')`;
const STATUS = `SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_cluster_state_uuid',
  'wsrep_cluster_status')`;

async function setUp(session: Session, address: string): Promise<ControlSession> {
  for (const setting of SETTINGS) await session.change(setting);
  const facts = factsOf([...(await session.rows(VARIABLES)), ...(await session.rows(STATUS))]);
  const readOnly = facts.get('read_only');
  if (readOnly !== undefined && !/^(0|off)$/i.test(readOnly)) {
    throw new UnfitServer('it is read-only');
  }
  const cluster = await joinedCluster(session, facts);
  const [through] = await session.rows('SELECT @interlock_token IS NULL AS kept');
  if (Number(through?.kept) !== 0) {
    throw new UnfitServer('it is reached through Interlock: name the address of the server itself');
  }
  session.is({
    address,
    home: cluster ?? homeOfServer(facts),
    warnings: cluster === undefined ? durability(facts) : [],
  });
  return session;
}

type ServerWords = ReadonlyMap<string, string>;

function factsOf(rows: readonly Row[]): ServerWords {
  return new Map(rows.map((row) => [String(row.Variable_name), String(row.Value ?? '')]));
}

/** The name of the cluster, if it is a member of one; its reads then wait for what others committed. */
async function joinedCluster(session: Session, facts: ServerWords): Promise<string | undefined> {
  if (isOn(facts.get('wsrep_on'))) {
    const status = facts.get('wsrep_cluster_status') ?? '';
    if (status !== 'Primary') throw new UnfitServer(`its cluster is ${status || 'away'}`);
    await session.change('SET SESSION wsrep_sync_wait = 7');
    return `galera ${facts.get('wsrep_cluster_state_uuid')}`;
  }
  const group = facts.get('group_replication_group_name') ?? '';
  if (group === '') return undefined;
  await session.change("SET SESSION group_replication_consistency = 'BEFORE'");
  return `group ${group}`;
}

function homeOfServer(facts: ServerWords): string {
  const named = facts.get('server_uuid') || facts.get('server_uid');
  const where = named || `${facts.get('hostname')}:${facts.get('port')}`;
  return `server ${where} ${facts.get('server_id')}`;
}

function durability(facts: ServerWords): readonly string[] {
  const flush = facts.get('innodb_flush_log_at_trx_commit');
  const sync = facts.get('sync_binlog');
  return [
    ...(flush === '1' ? [] : [`innodb_flush_log_at_trx_commit is ${flush}`]),
    ...(!isOn(facts.get('log_bin')) || sync === '1' ? [] : [`sync_binlog is ${sync}`]),
  ];
}

class Session implements ControlSession {
  readonly #connection: Connection;
  #isBroken = false;
  #deadlineMs = Number.POSITIVE_INFINITY;
  #about: Pick<ControlSession, 'address' | 'home' | 'warnings'> | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    const broke = (): void => {
      this.#isBroken = true;
    };
    connection.on('error', broke);
    connection.on('end', broke);
  }

  is(about: Pick<ControlSession, 'address' | 'home' | 'warnings'>): void {
    this.#about = about;
  }

  get address(): string {
    return this.#about?.address ?? '';
  }

  get home(): string {
    return this.#about?.home ?? '';
  }

  get warnings(): readonly string[] {
    return this.#about?.warnings ?? [];
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  connect(): Promise<unknown> {
    return this.#within(CONNECT_TIMEOUT_MS, (done) =>
      this.#connection.connect((error) => done(error, undefined)),
    );
  }

  async rows(sql: string, values: readonly Value[] = []): Promise<readonly Row[]> {
    return rowsOf(await this.#query(sql, values, ANSWER_TIMEOUT_MS));
  }

  async change(sql: string, values: readonly Value[] = []): Promise<Changed> {
    const answer = await this.#query(sql, values, ANSWER_TIMEOUT_MS);
    const [ok] = rowsOf([answer]);
    return { affectedRows: Number(ok?.affectedRows ?? 0), insertId: Number(ok?.insertId ?? 0) };
  }

  until(deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
  }

  async commit(): Promise<void> {
    // As long as nothing was sent, nothing is in doubt.
    if (this.#isBroken) throw new UnfitServer('its connection has ended');
    if (performance.now() >= this.#deadlineMs) throw new UnfitServer('it took too long');
    try {
      await this.#query('COMMIT', [], Number.POSITIVE_INFINITY);
    } catch (thrown) {
      throw isUndoneCommit(thrown) ? thrown : new UnconfirmedCommit(thrown);
    }
  }

  destroy(): void {
    this.#isBroken = true;
    this.#connection.destroy();
  }

  #query(sql: string, values: readonly Value[], mostMs: number): Promise<unknown> {
    const leftMs = Math.max(0, this.#deadlineMs - performance.now());
    return this.#within(Math.min(leftMs, mostMs), (done) =>
      this.#connection.query({ sql, values: [...values] }, done),
    );
  }

  #within(
    timeoutMs: number,
    ask: (done: (error: Error | null, answer: unknown) => void) => void,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.destroy();
        reject(new NoAnswer(`no answer within ${Math.round(timeoutMs)} ms`));
      }, timeoutMs);
      ask((error, answer) => {
        clearTimeout(timer);
        if (error === null) resolve(answer);
        else reject(error);
      });
    });
  }
}
