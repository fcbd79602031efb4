// What a dump would do, read once from its beginning to its end: its guarded statements, each with
// how often and where first. Reads with the guard's own reader; judges nothing.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InterlockError, messageOf } from '../errors.js';
import type { Dialect } from '../sql/dialect.js';
import type { StatementEffect } from '../sql/effect.js';
import { readText } from '../sql/statement-facts.js';
import { DumpSplitter, type DumpStatement } from './splitter.js';

export interface ListedStatement {
  /** Of the first one. */
  readonly line: number;
  readonly count: number;
  readonly text: Buffer;
  readonly database?: string;
  readonly effects: readonly StatementEffect[];
}

export interface DumpList {
  readonly bytes: number;
  readonly sha256: string;
  readonly statements: number;
  readonly guarded: readonly ListedStatement[];
}

export interface DumpReading {
  readonly dialect: Dialect;
  /** The default schema it is restored into. */
  readonly database?: string;
}

/** More than these nobody signs for. */
const GUARDED_MAX = 100_000;

/** As a dump sets them itself; a session that is set otherwise asks, and is judged by that. */
const SESSION = { sqlMode: '', charset: 'utf8mb4' };

/** `-` is standard input; what gzip has packed is unpacked. Throws DUMP_INVALID. */
export async function listDump(file: string, reading: DumpReading): Promise<DumpList> {
  const list = new Listing(reading);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const raw: Readable = file === '-' ? createReadStream('', { fd: 0 }) : createReadStream(file);
    const counted = async function* () {
      for await (const chunk of raw) {
        hash.update(chunk);
        bytes += chunk.length;
        yield Buffer.from(chunk);
      }
    };
    for await (const chunk of unpacked(counted())) list.push(chunk);
    list.end();
  } catch (thrown) {
    throw troubleWith(file, thrown);
  }
  const { statements, guarded } = list;
  return { bytes, sha256: hash.digest('hex'), statements, guarded };
}

function troubleWith(file: string, cause: unknown): InterlockError {
  return new InterlockError('DUMP_INVALID', `${file}: ${messageOf(cause)}`, { cause });
}

async function* unpacked(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const first = await chunks.next();
  if (first.done === true) return;
  const all = async function* () {
    yield first.value;
    yield* chunks;
  };
  const isPacked = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!isPacked) {
    yield* all();
    return;
  }
  const { Readable: Stream } = await import('node:stream');
  const source = Stream.from(all());
  const unzip = createGunzip();
  source.on('error', (thrown) => unzip.destroy(thrown));
  for await (const chunk of source.pipe(unzip)) yield Buffer.from(chunk);
}

class Listing {
  readonly #splitter: DumpSplitter;
  readonly #reading: DumpReading;
  readonly #guarded = new Map<string, ListedStatement>();
  #database: string | undefined;
  statements = 0;

  constructor(reading: DumpReading) {
    this.#reading = reading;
    this.#database = reading.database;
    this.#splitter = new DumpSplitter((statement) => this.#take(statement));
  }

  get guarded(): readonly ListedStatement[] {
    return [...this.#guarded.values()];
  }

  push(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  end(): void {
    this.#splitter.end();
  }

  #take({ text, line }: DumpStatement): void {
    this.statements += 1;
    const database = this.#database;
    const { dialect } = this.#reading;
    const context = { dialect, ...SESSION, ...(database === undefined ? {} : { database }) };
    const { effects, movesTo } = readText(text, context);
    if (movesTo !== undefined) this.#database = movesTo === 'unknown' ? undefined : movesTo.schema;
    if (effects.length === 0) return;
    const key = JSON.stringify([database, text.toString('latin1')]);
    const known = this.#guarded.get(key);
    if (known !== undefined) {
      this.#guarded.set(key, { ...known, count: known.count + 1 });
      return;
    }
    if (this.#guarded.size === GUARDED_MAX) {
      throw new InterlockError('DUMP_INVALID', `more than ${GUARDED_MAX} guarded statements`);
    }
    const where = database === undefined ? {} : { database };
    this.#guarded.set(key, { line, count: 1, text, effects, ...where });
  }
}
