// One connection to one server under the monitor account, for the code it keeps and the engines of
// its tables. Every answer has a deadline; past it the connection is destroyed. Judges nothing.
import { type Connection, createConnection, type QueryOptions } from 'mysql2';
import { InterlockError } from '../errors.js';
import { connectionOptions, type Target } from '../topology/driver-options.js';
import { type Row, rowsOf } from '../topology/rows.js';
import { OPEN_SQL } from './questions.js';

export interface CatalogConnection {
  /** Values that are text come as text, unless `raw`: then all are bytes. */
  ask(
    sql: string,
    options?: { readonly values?: readonly string[]; readonly raw?: true },
  ): Promise<readonly Row[]>;
  destroy(): void;
}

export function openCatalogConnection(target: Target, answerTimeoutMs: number): CatalogConnection {
  const connection = createConnection({ ...connectionOptions(target), multipleStatements: false });
  // One that breaks while idle is noticed at the next question.
  connection.on('error', () => undefined);
  const opened = asked(connection, { sql: OPEN_SQL }, answerTimeoutMs);
  opened.catch(() => undefined);
  return {
    ask: async (sql, { values = [], raw } = {}) => {
      await opened;
      const query: QueryOptions = { sql, values: [...values] };
      if (raw === true) query.typeCast = (field) => field.buffer();
      return await asked(connection, query, answerTimeoutMs);
    },
    destroy: () => connection.destroy(),
  };
}

function asked(
  connection: Connection,
  query: QueryOptions,
  timeoutMs: number,
): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      connection.destroy();
      reject(new InterlockError('PROBE_FAILED', `it did not answer within ${timeoutMs} ms`));
    }, timeoutMs);
    connection.query(query, (error, results: unknown) => {
      clearTimeout(timer);
      if (error === null) resolve(rowsOf(results));
      else reject(error);
    });
  });
}
