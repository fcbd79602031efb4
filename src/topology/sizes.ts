// How large tables and schemas are, as their server estimates it: asked under the monitor account
// on a connection of its own, so that a slow answer holds no link up. Only asked when a rule
// hangs on it. Never rejects: what is not known in time is unknown.
import type { Clock } from '../clock.js';
import type { EffectObject, ObjectSize, Size, Sizes } from '../sql/effect.js';
import type { QuestionConnection } from './question-connection.js';
import { numberOf, type Row } from './rows.js';

/** Objects of one statement that are looked up; those after them are unknown. */
export const OBJECTS_SIZED_MAX = 256;
/** Objects in one question. */
const OBJECTS_PER_QUESTION = 32;

export interface SizesOptions {
  readonly open: (server: string) => QuestionConnection;
  readonly clock: Clock;
}

export class SizeBook {
  readonly #options: SizesOptions;
  readonly #connections = new Map<string, QuestionConnection>();

  constructor(options: SizesOptions) {
    this.#options = options;
  }

  /** The sizes that are known by `deadlineAtMs` (monotonic); an object that is absent is unknown. */
  async of(server: string, objects: readonly EffectObject[], deadlineAtMs: number): Promise<Sizes> {
    const sizes = new Map<EffectObject, Size>();
    const named = objects.filter(({ schema }) => schema !== undefined).slice(0, OBJECTS_SIZED_MAX);
    try {
      for (let at = 0; at < named.length; at += OBJECTS_PER_QUESTION) {
        const some = named.slice(at, at + OBJECTS_PER_QUESTION);
        const rows = await this.#ask(server, some, deadlineAtMs);
        for (const row of rows) noteSize(sizes, some, row);
      }
    } catch {
      // Whatever went wrong, unknown is what is left, and it counts for a match.
      this.#close(server);
    }
    return sizes;
  }

  stop(): void {
    for (const server of [...this.#connections.keys()]) this.#close(server);
  }

  /** A kept connection may have broken since it was last used: then a new one is asked. */
  async #ask(
    server: string,
    objects: readonly EffectObject[],
    deadlineAtMs: number,
  ): Promise<readonly Row[]> {
    const { sql, values } = sizeQuestion(objects);
    const kept = this.#connections.get(server);
    const askOn = (connection: QuestionConnection) => {
      const leftMs = deadlineAtMs - this.#options.clock.monotonic();
      if (leftMs <= 0) throw new Error('the deadline is over');
      return connection.ask(sql, values, leftMs);
    };
    if (kept !== undefined) {
      try {
        return await askOn(kept);
      } catch {
        this.#close(server);
      }
    }
    const opened = this.#options.open(server);
    this.#connections.set(server, opened);
    return await askOn(opened);
  }

  #close(server: string): void {
    this.#connections.get(server)?.destroy();
    this.#connections.delete(server);
  }
}

/** One SELECT an object: these servers look a table up by name only where the name is a constant. */
export function sizeQuestion(objects: readonly EffectObject[]): {
  readonly sql: string;
  readonly values: readonly string[];
} {
  const parts = objects.map(({ name }, index) =>
    name === undefined ? schemaQuestion(index) : tableQuestion(index),
  );
  const values = objects.flatMap(({ schema = '', name }) =>
    name === undefined ? [schema] : [schema, name],
  );
  return { sql: parts.join(' UNION ALL '), values };
}

function tableQuestion(index: number): string {
  return (
    `SELECT ${index} AS i, TABLE_ROWS AS n, DATA_LENGTH + INDEX_LENGTH AS b ` +
    'FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?'
  );
}

/**
 * A table that the account may not see is missing from a sum without a word, so a schema's size is
 * only told to an account that sees every table. SHOW VIEW is the least right by which it does.
 */
function schemaQuestion(index: number): string {
  const seesAll =
    'EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES ' +
    "WHERE PRIVILEGE_TYPE IN ('SELECT', 'SHOW VIEW') " +
    `AND GRANTEE = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), ''''))`;
  return (
    `SELECT ${index} AS i, IF(${seesAll}, SUM(TABLE_ROWS), NULL) AS n, ` +
    `IF(${seesAll}, SUM(DATA_LENGTH + INDEX_LENGTH), NULL) AS b ` +
    'FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?'
  );
}

function noteSize(
  sizes: Map<EffectObject, Size>,
  objects: readonly EffectObject[],
  row: Row,
): void {
  const object = objects[numberOf(row, ['i']) ?? -1];
  if (object === undefined) return;
  const before = sizes.get(object);
  sizes.set(object, {
    rows: larger(before?.rows, numberOf(row, ['n'])),
    bytes: larger(before?.bytes, numberOf(row, ['b'])),
  });
}

/** Two rows for one name (it may differ in case only): the larger; one that is not known wins. */
function larger(before: ObjectSize | undefined, found: number | undefined): ObjectSize {
  if (before === 'unknown' || found === undefined) return 'unknown';
  return Math.max(before ?? 0, found);
}
