// The embedded store's file: made private, opened durable, with an identity of its own. A mark beside
// it changes with every use, so that a copy of the file from before a use is known for what it is:
// it gets a new identity, and what is open in it ends.
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { InterlockError } from '../errors.js';
import { writeDurably } from './durable-file.js';
import { type Db, LAST_TABLE, rowOf, SCHEMA } from './file-tables.js';
import type { StoreIdentity } from './store.js';

const VERSION = '1';
const KEY_BYTES = 32;
const MARK_BYTES = 16;

type RandomBytes = (count: number) => Buffer;

export interface StoreFile {
  readonly db: Db;
  readonly identity: StoreIdentity;
  /** Inside a transaction: from its commit on the file has a new mark. */
  renewMark(): void;
  /** After that commit, in a transaction of its own. */
  settleMark(): void;
  /** Whether the path still leads to this very file. */
  isLinked(): boolean;
  close(): void;
}

/** Throws whatever is wrong; makes the file where there is none. */
export function openStoreFile(file: string, random: RandomBytes): StoreFile {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const { ino, dev } = statSync(file);
  const db = new Database(file, { timeout: 0 });
  try {
    // One file that can be copied and put back whole. EXTRA: a confirmed commit is on disk, and so
    // is the end of its journal, which would undo it.
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA');
    const identity = known(db, file) ?? prepare(db, file, random);
    const mark = new Mark(db, file, random);
    return {
      db,
      identity,
      renewMark: () => mark.renew(),
      settleMark: () => mark.settle(),
      isLinked: () => {
        const now = statSync(file, { throwIfNoEntry: false });
        return now?.ino === ino && now.dev === dev;
      },
      close: () => db.close(),
    };
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/**
 * Of a file in which nothing is to be done, without a lock: even a transaction that changed nothing
 * waits, to commit, until nobody reads. What looks wrong is looked at again under one.
 */
function known(db: Db, file: string): StoreIdentity | undefined {
  const sql = `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`;
  if (db.prepare(sql).all(LAST_TABLE).length === 0) return undefined;
  if (metaOf(db, 'version') !== VERSION) return undefined;
  return readMarks(file).includes(metaOf(db, 'mark') ?? '') ? identityOf(db) : undefined;
}

function prepare(db: Db, file: string, random: RandomBytes): StoreIdentity {
  db.exec('BEGIN IMMEDIATE');
  try {
    db.exec(SCHEMA);
    const version = metaOf(db, 'version');
    if (version === undefined) {
      const mark = random(MARK_BYTES).toString('hex');
      // First beside it: a file without its mark is taken for one that was put back.
      writeMarks(file, [mark]);
      setMeta(db, 'version', VERSION);
      setMeta(db, 'key', random(KEY_BYTES).toString('hex'));
      setMeta(db, 'id', newId(random));
      setMeta(db, 'mark', mark);
    } else if (version !== VERSION) {
      const text = `The store of approvals ${file} is of version ${version}, this Interlock of ${VERSION}. Move it away: what is open in it must be asked for again.`;
      throw new InterlockError('STORE_UNAVAILABLE', text);
    } else if (!readMarks(file).includes(metaOf(db, 'mark') ?? '')) {
      db.exec(`UPDATE requests SET state = 'restored' WHERE state = 'open'`);
      setMeta(db, 'id', newId(random));
      const mark = random(MARK_BYTES).toString('hex');
      writeMarks(file, [mark]);
      setMeta(db, 'mark', mark);
    }
    db.exec('COMMIT');
  } catch (thrown) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw thrown;
  }
  return identityOf(db);
}

function identityOf(db: Db): StoreIdentity {
  return { id: metaOf(db, 'id') ?? '', key: Buffer.from(metaOf(db, 'key') ?? '', 'hex') };
}

function newId(random: RandomBytes): string {
  return random(12).toString('base64url');
}

/**
 * While a use is being committed both marks hold, the old and the new; after it only the new one.
 * A copy of the file from before then has neither.
 */
class Mark {
  readonly #db: Db;
  readonly #file: string;
  readonly #random: RandomBytes;

  constructor(db: Db, file: string, random: RandomBytes) {
    this.#db = db;
    this.#file = file;
    this.#random = random;
  }

  renew(): void {
    const next = this.#random(MARK_BYTES).toString('hex');
    const old = metaOf(this.#db, 'mark') ?? '';
    if (!readMarks(this.#file).includes(old)) {
      const text = `The store of approvals ${this.#file} was put back from a copy while in use.`;
      throw new InterlockError('STORE_UNAVAILABLE', text);
    }
    writeMarks(this.#file, [old, next]);
    setMeta(this.#db, 'mark', next);
  }

  settle(): void {
    // Whoever's it is: with the file locked, the one it has is the one that counts.
    writeMarks(this.#file, [metaOf(this.#db, 'mark') ?? '']);
  }
}

function markFile(file: string): string {
  return `${file}.mark`;
}

function readMarks(file: string): readonly string[] {
  try {
    return readFileSync(markFile(file), 'utf8').trim().split(' ');
  } catch {
    return [];
  }
}

function writeMarks(file: string, marks: readonly string[]): void {
  writeDurably(markFile(file), `${marks.join(' ')}\n`);
}

function metaOf(db: Db, name: string): string | undefined {
  const row = rowOf(db.prepare('SELECT value FROM meta WHERE name = ?').get(name));
  return row === undefined ? undefined : String(row.value);
}

function setMeta(db: Db, name: string, value: string): void {
  db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(name, value);
}
