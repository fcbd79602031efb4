// One connection to one source under the monitor account, for its binary log alone. Every question
// is short and bounded: the server holds a lock while it answers SHOW BINLOG EVENTS, and a reader
// that stalls over a long answer would stop its commits.
import { type Connection, createConnection } from 'mysql2';
import { connectionOptions, type Target } from '../topology/monitor-connection.js';
import { numberOf, type Row, rowsOf, textOf } from '../topology/rows.js';

/** More rows than these are never asked for at once (a stalled reader of 500 cost 11 ms). */
export const ROWS_MAX = 500;

export interface BinlogFile {
  readonly name: string;
  readonly bytes: number;
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

export function openBinlogConnection(target: Target): BinlogConnection {
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
    destroy: () => connection.destroy(),
  };
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
