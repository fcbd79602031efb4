// The lab's own session at one server, as root: opened when first asked, opened anew when it broke
// because the server was killed or restarted. Callers that need a session of their own connect().
import type { Connection } from 'mysql2/promise';

/** A row as mysql2 hands it over. */
export type Row = Readonly<Record<string, unknown>>;

export class RootSession {
  readonly #open: () => Promise<Connection>;
  #connection: Promise<Connection> | undefined;

  constructor(open: () => Promise<Connection>) {
    this.#open = open;
  }

  async query(sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
    const opening = this.#opened();
    try {
      return await rowsOf(await opening, sql, values);
    } catch (cause) {
      if (isFatal(cause)) this.#forget(opening);
      throw cause;
    }
  }

  async close(): Promise<void> {
    const opening = this.#connection;
    this.#connection = undefined;
    const connection = await opening?.catch(() => undefined);
    connection?.destroy();
  }

  #opened(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    const opening = this.#open();
    this.#connection = opening;
    const forget = (): void => this.#forget(opening);
    // A connection that breaks while nobody asks anything says so by an event only.
    opening.then((connection) => connection.on('error', forget), forget);
    return opening;
  }

  #forget(opening: Promise<Connection>): void {
    if (this.#connection === opening) this.#connection = undefined;
  }
}

/** The rows of one statement; a statement that returns none gives an empty list. */
export async function rowsOf(
  connection: Connection,
  sql: string,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  const [rows] = await connection.query(sql, [...values]);
  return Array.isArray(rows) ? rows.flatMap((row) => (isRow(row) ? [row] : [])) : [];
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** After a fatal error mysql2 takes no more statements on that connection. */
function isFatal(cause: unknown): boolean {
  return cause instanceof Error && 'fatal' in cause && cause.fatal === true;
}
