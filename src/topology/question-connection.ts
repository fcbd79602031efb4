// One connection for single questions under the monitor account. Every answer has a deadline; past
// it the connection is destroyed, and nothing waits for what the server still does.
import { type Connection, createConnection } from 'mysql2';
import { InterlockError } from '../errors.js';
import { connectionOptions, type Target } from './driver-options.js';
import { ALL_ROWS } from './questions.js';
import { type Row, rowsOf } from './rows.js';

const ALL_ROWS_SQL = `SET SESSION ${ALL_ROWS}`;
/** MySQL 8 and later answer from a cache of a day unless told not to; the others know no such thing. */
const FRESH_SQL = 'SET SESSION information_schema_stats_expiry = 0';

export interface QuestionConnection {
  ask(sql: string, values: readonly string[], timeoutMs: number): Promise<readonly Row[]>;
  destroy(): void;
}

export function openQuestionConnection(target: Target): QuestionConnection {
  const connection = createConnection({ ...connectionOptions(target), multipleStatements: false });
  // One that breaks while idle is noticed at the next question.
  connection.on('error', () => undefined);
  const fresh = query(connection, FRESH_SQL, []).catch((thrown: unknown) => {
    // The server's own errors have a SQLSTATE: it knows no such variable.
    if (!(thrown instanceof Error && 'sqlState' in thrown)) throw thrown;
  });
  const opened = Promise.all([query(connection, ALL_ROWS_SQL, []), fresh]);
  // It may be given up before anybody looks at it.
  opened.catch(() => undefined);
  return {
    ask: async (sql, values, timeoutMs) => {
      const answer = opened.then(() => query(connection, sql, values));
      return rowsOf(await within(answer, timeoutMs, connection));
    },
    destroy: () => connection.destroy(),
  };
}

async function within<Answer>(
  answer: Promise<Answer>,
  timeoutMs: number,
  connection: Connection,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      connection.destroy();
      reject(new InterlockError('PROBE_FAILED', `no answer within ${Math.round(timeoutMs)} ms`));
    }, timeoutMs);
  });
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

function query(connection: Connection, sql: string, values: readonly string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query({ sql, values: [...values] }, (error, results: unknown) => {
      if (error === null) resolve(results);
      else reject(error);
    });
  });
}
