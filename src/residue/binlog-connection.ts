// One connection to one source under the monitor account, for its binary log alone. Every question
// is short and bounded: the server holds a lock while it answers SHOW BINLOG EVENTS, and a reader
// that stalls over a long answer would stop its commits.
import { type Connection, createConnection } from 'mysql2';
import type { Dialect } from '../sql/dialect.js';
import { connectionOptions, type Target } from '../topology/driver-options.js';
import { numberOf, type Row, rowsOf, textOf } from '../topology/rows.js';

/** More rows than these are never asked for at once (a stalled reader of 500 cost 11 ms). */
export const ROWS_MAX = 500;

export interface BinlogFile {
  readonly name: string;
  readonly bytes: number;
}

/** For what a server received and has not run yet. */
export interface RelayConnection {
  relayEvents(from: RelayQuestion): Promise<readonly Row[]>;
  destroy(): void;
}

export interface RelayQuestion {
  readonly channel: string;
  readonly dialect: Dialect;
  readonly file: string;
  readonly position: number;
  readonly rows: number;
}

export interface BinlogConnection {
  /** The files the source still has, oldest first. */
  files(): Promise<readonly BinlogFile[]>;
  events(from: {
    readonly file: string;
    readonly position: number;
    readonly rows: number;
  }): Promise<readonly Row[]>;
  destroy(): void;
}

/** An answer that takes longer is given up together with the connection. */
export const BINLOG_ANSWER_TIMEOUT_MS = 10_000;

export function openBinlogConnection(target: Target): BinlogConnection & RelayConnection {
  const connection = createConnection({ ...connectionOptions(target), multipleStatements: false });
  connection.on('error', () => undefined);
  return {
    files: async () => {
      const rows = await ask(connection, 'SHOW BINARY LOGS');
      return rows.map((row) => ({
        name: textOf(row, ['Log_name']) ?? '',
        bytes: numberOf(row, ['File_size']) ?? Number.POSITIVE_INFINITY,
      }));
    },
    events: ({ file, position, rows }) => {
      const name = connection.escape(file);
      const limit = Math.min(ROWS_MAX, Math.max(1, Math.floor(rows)));
      return ask(connection, `SHOW BINLOG EVENTS IN ${name} FROM ${position} LIMIT ${limit}`);
    },
    relayEvents: (from) => {
      const { channel, file, position, rows } = from;
      const name = connection.escape(channel);
      const limit = Math.min(ROWS_MAX, Math.max(1, Math.floor(rows)));
      const events = `EVENTS IN ${connection.escape(file)} FROM ${position} LIMIT ${limit}`;
      return ask(connection, relaySql(from.dialect, name, events));
    },
    destroy: () => connection.destroy(),
  };
}

/** MySQL has had channels since 5.7.6; MariaDB names its connections in another place. */
const MYSQL_CHANNELS = 50_706;

function relaySql({ flavour, version }: Dialect, channel: string, events: string): string {
  if (flavour === 'mariadb') return `SHOW RELAYLOG ${channel} ${events}`;
  const which = version >= MYSQL_CHANNELS ? ` FOR CHANNEL ${channel}` : '';
  return `SHOW RELAYLOG ${events}${which}`;
}

function ask(connection: Connection, sql: string): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      connection.destroy();
      reject(new Error(`no answer within ${BINLOG_ANSWER_TIMEOUT_MS} ms`));
    }, BINLOG_ANSWER_TIMEOUT_MS);
    timer.unref();
    connection.query(sql, (error, results: unknown) => {
      clearTimeout(timer);
      if (error !== null) reject(error);
      else resolve(rowsOf(results));
    });
  });
}
