// The approvals' store in a file of this machine (SQLite by libsql). Safe for several processes: each
// change is one immediate transaction, on disk before it is confirmed. The library does not await;
// a change takes a fraction of a millisecond and there are few. What is done is store-work.ts's.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { InterlockError, messageOf } from '../errors.js';
import { askFile, type Db, FILE_WORK } from './file-tables.js';
import type {
  Adding,
  ApprovalStore,
  Consuming,
  NewRequest,
  Opening,
  RequestCaps,
  StoredRequest,
  StoredToken,
  StoredUse,
  StoreIdentity,
  Taking,
} from './store.js';
import { openStoreFile, type StoreFile } from './store-file.js';
import { runNow, type Work } from './store-questions.js';

/** How long another process may hold the file. */
const BUSY_DEADLINE_MS = 5_000;
const BUSY_PAUSE_MS = 5;
/** It has 31 bits. */
const MOST_CHANGES = 2 ** 31;

export class EmbeddedStore implements ApprovalStore {
  readonly #file: string;
  #open: StoreFile | undefined;

  /** Touches no disk: what cannot be opened now may be when it is needed. */
  constructor(file: string) {
    this.#file = file;
  }

  identity(): Promise<StoreIdentity> {
    return this.#read(({ identity }) => identity);
  }

  openRequest(request: NewRequest, caps: RequestCaps): Promise<Opening> {
    return this.#change(({ db }) => work(db, FILE_WORK.openRequest(request, caps)));
  }

  find(id: string): Promise<StoredRequest | undefined> {
    return this.#read(({ db }) => work(db, FILE_WORK.find(id)));
  }

  recent(fingerprint: string): Promise<readonly StoredRequest[]> {
    return this.#read(({ db }) => work(db, FILE_WORK.recent(fingerprint)));
  }

  listOpen(): Promise<readonly StoredRequest[]> {
    return this.#read(({ db }) => work(db, FILE_WORK.listOpen()));
  }

  addToken(requestId: string, token: StoredToken): Promise<Adding> {
    return this.#change(({ db }) => work(db, FILE_WORK.addToken(requestId, token)));
  }

  async consume(requestId: string, use: StoredUse, taking?: Taking): Promise<Consuming> {
    const consuming = await this.#change((file): Consuming => {
      const claimed = work(file.db, FILE_WORK.claim(requestId, use, taking));
      if ('kind' in claimed) return claimed;
      file.renewMark();
      return work(file.db, FILE_WORK.take(claimed, use, taking));
    });
    // The use is taken and confirmed. A mark that is not settled now is at the next use.
    if (consuming.kind === 'consumed') {
      await this.#change((file) => file.settleMark()).catch(() => undefined);
    }
    return consuming;
  }

  expire(nowMs: number): Promise<readonly string[]> {
    return this.#change(({ db }) => work(db, FILE_WORK.expire(nowMs)));
  }

  /** The number is for a file's user; this one has no other use for it. */
  tryChange(): Promise<void> {
    return this.#change(({ db }) => {
      const [row] = db.prepare('PRAGMA user_version').all();
      const number = Number(Object.values(Object(row))[0]);
      db.exec(`PRAGMA user_version = ${(number + 1) % MOST_CHANGES}`);
    });
  }

  async close(): Promise<void> {
    this.#drop();
  }

  #drop(): void {
    const open = this.#open;
    this.#open = undefined;
    open?.close();
  }

  /** Reads take no lock: what they say may be old the next moment, and only `consume` decides. */
  #read<T>(read: (file: StoreFile) => T): Promise<T> {
    return this.#whenFree(() => read(this.#opened()));
  }

  #change<T>(change: (file: StoreFile) => T): Promise<T> {
    return this.#whenFree(() => {
      const file = this.#opened();
      return transaction(file, () => change(file));
    });
  }

  /** A file that has gone, or is another one now, is not written to through an old handle. */
  #opened(): StoreFile {
    if (this.#open !== undefined && !this.#open.isLinked()) this.#drop();
    this.#open ??= openStoreFile(this.#file, randomBytes);
    return this.#open;
  }

  async #whenFree<T>(work: () => T): Promise<T> {
    const deadlineMs = performance.now() + BUSY_DEADLINE_MS;
    for (;;) {
      try {
        return work();
      } catch (thrown) {
        if (!isBusy(thrown) || performance.now() > deadlineMs) {
          // Whatever it was, the next one who asks begins with a handle that is known to be good.
          this.#drop();
          throw unavailable(this.#file, thrown);
        }
      }
      await sleep(BUSY_PAUSE_MS);
    }
  }
}

function work<T>(db: Db, what: Work<T>): T {
  return runNow(what, (question) => askFile(db, question));
}

function transaction<T>({ db }: StoreFile, change: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const changed = change();
    db.exec('COMMIT');
    return changed;
  } catch (thrown) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw thrown;
  }
}

function isBusy(thrown: unknown): boolean {
  return (
    thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('SQLITE_BUSY')
  );
}

function unavailable(file: string, cause: unknown): InterlockError {
  if (cause instanceof InterlockError) return cause;
  const text = `The store of approvals ${file} cannot be used: ${messageOf(cause)}.`;
  return new InterlockError('STORE_UNAVAILABLE', text, { cause });
}
