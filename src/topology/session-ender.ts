// Ends a session at its server, under the monitor account: looks whether its thread is there and
// still the same one, and kills it. One connection, opened when something has been in flight for a
// while and closed when nothing is. Decides nothing; never kills a thread that it cannot tell.
import { type Connection, createConnection } from 'mysql2';
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Dialect } from '../sql/dialect.js';
import { connectionOptions, type Target } from './driver-options.js';
import { errorNumberOf, grantStatement, isMissingRight } from './failure.js';
import { PROCESS_TEST_SQL } from './questions.js';
import { numberOf, rowsOf, textOf } from './rows.js';
import { rightToKill } from './terms.js';

/** A session's thread, as it was when it was seen last. */
export interface Thread {
  readonly threadId: number;
  readonly user: string;
  /** When it was certainly there (monotonic). */
  readonly seenMs: number;
}

export type Presence = 'there' | 'gone' | 'unknown';

export type Ending =
  | { readonly kind: 'killed' }
  /** It had ended before. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly reason: string };

export interface SessionEnderOptions {
  readonly target: Omit<Target, 'connectTimeoutMs'>;
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly dialect: () => Dialect | undefined;
  readonly open?: typeof createConnection;
}

const NO_SUCH_THREAD = 1094;
const NOT_OWNER = 1095;
/** Uptime is told in whole seconds. */
const UPTIME_SLACK_MS = 1_500;

export class SessionEnder {
  readonly #options: SessionEnderOptions;
  #connection: Connection | undefined;

  constructor(options: SessionEnderOptions) {
    this.#options = options;
  }

  /** So that a KILL need not wait for a login. */
  warm(): void {
    this.#opened();
  }

  async presence(thread: Thread): Promise<Presence> {
    try {
      return (await this.#look(thread)).presence;
    } catch {
      return 'unknown';
    }
  }

  /** Never rejects. */
  async end(thread: Thread): Promise<Ending> {
    try {
      const { presence, reason } = await this.#look(thread);
      if (presence === 'gone') return { kind: 'gone' };
      if (presence === 'unknown') return { kind: 'failed', reason };
      await this.#query(`KILL CONNECTION ${thread.threadId}`);
      return { kind: 'killed' };
    } catch (thrown) {
      if (errorNumberOf(thrown) === NO_SUCH_THREAD) return { kind: 'gone' };
      return { kind: 'failed', reason: this.#reason(thrown) };
    }
  }

  close(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  async #look(thread: Thread): Promise<{ readonly presence: Presence; readonly reason: string }> {
    const results = await this.#query(
      `SELECT USER FROM information_schema.PROCESSLIST WHERE ID = ${thread.threadId} LIMIT 1; ` +
        // Without PROCESS others' threads would look gone; this fails without it.
        `SHOW GLOBAL STATUS LIKE 'Uptime'; ${PROCESS_TEST_SQL}`,
    );
    const row = rowsOf(results[0])[0];
    const uptime = numberOf(rowsOf(results[1])[0], ['Value']) ?? 0;
    const sinceMs = this.#options.clock.monotonic() - thread.seenMs;
    const hasRestarted = uptime * 1_000 + UPTIME_SLACK_MS < sinceMs;
    if (row === undefined || hasRestarted) return { presence: 'gone', reason: '' };
    const isSame = (textOf(row, ['USER']) ?? '') === thread.user;
    return isSame ? { presence: 'there', reason: '' } : this.#another(thread);
  }

  #another({ threadId }: Thread): { readonly presence: Presence; readonly reason: string } {
    const { server, host, port } = this.#options.target;
    const reason =
      `thread ${threadId} of ${server} belongs to another account: do the monitor and the ` +
      `sessions reach the same server at ${host}:${port}?`;
    return { presence: 'unknown', reason };
  }

  /** Of one connection, one after another; past the deadline it is destroyed. */
  #query(sql: string): Promise<readonly unknown[]> {
    const connection = this.#opened();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#drop(connection);
        reject(new Error(`no answer within ${this.#options.deadlineMs} ms`));
      }, this.#options.deadlineMs);
      connection.query(sql, (error, results: unknown) => {
        clearTimeout(timer);
        if (error === null) resolve(Array.isArray(results) ? results : []);
        else {
          if (errorNumberOf(error) === undefined || error.fatal) this.#drop(connection);
          reject(error);
        }
      });
    });
  }

  #opened(): Connection {
    const kept = this.#connection;
    if (kept !== undefined) return kept;
    const { target, deadlineMs, open = createConnection } = this.#options;
    const connection = open(connectionOptions({ ...target, connectTimeoutMs: deadlineMs }));
    this.#connection = connection;
    // A login that fails, or a server that goes: the next question brings a new one.
    connection.on('error', () => this.#drop(connection));
    return connection;
  }

  #drop(connection: Connection): void {
    connection.destroy();
    if (this.#connection === connection) this.#connection = undefined;
  }

  #reason(thrown: unknown): string {
    const number = errorNumberOf(thrown);
    const dialect = this.#options.dialect();
    const { user } = this.#options.target;
    if (dialect === undefined || (number !== NOT_OWNER && !isMissingRight(thrown))) {
      return messageOf(thrown);
    }
    const right = rightToKill(dialect);
    const grant = grantStatement([right], `${user}@%`);
    const system =
      right === 'CONNECTION_ADMIN' ? ', and SYSTEM_USER for sessions of accounts that hold it' : '';
    return `${messageOf(thrown)}; the monitor account needs ${right} (${grant})${system}`;
  }
}
