// The approvals' store in a file of this machine (SQLite by libsql). Safe for several processes: each
// change is one immediate transaction, on disk before it is confirmed. The library does not await;
// a change takes a fraction of a millisecond and there are few. Counterpart: store.ts.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { InterlockError, messageOf } from '../errors.js';
import {
  type Adding,
  type ApprovalStore,
  type Consuming,
  type NewRequest,
  type Opening,
  RECENT_REQUESTS,
  type RequestCaps,
  type StoredRequest,
  type StoredToken,
  type StoredUse,
  type StoreIdentity,
  type Taking,
} from './store.js';
import { openStoreFile, type StoreFile } from './store-file.js';
import {
  batchRefusal,
  forgetBefore,
  insertRequest,
  insertToken,
  requestRow,
  requestsOf,
  takeOfBatch,
  takeUse,
} from './store-rows.js';

/** How long another process may hold the file. */
const BUSY_DEADLINE_MS = 5_000;
const BUSY_PAUSE_MS = 5;
/** How long what has ended can still be told of. */
const KEPT_MS = 30 * 24 * 3_600_000;

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
    return this.#change(({ db }) => {
      const { situation, openedMs, account } = request;
      const same = `WHERE state = 'open' AND situation = ? AND gather_until_ms > ? LIMIT 1`;
      const [found] = requestsOf(db, same, [situation, openedMs]);
      if (found !== undefined) return { kind: 'found', request: found };
      const count = (where: string, ...values: readonly string[]): number => {
        const sql = `SELECT COUNT(*) AS n FROM requests WHERE state = 'open' ${where}`;
        return Number(requestRow(db.prepare(sql).get(...values))?.n ?? 0);
      };
      const own = count('AND account = ?', account);
      if (own >= caps.perAccount) return { kind: 'full', of: 'account', open: own };
      const all = count('');
      if (all >= caps.inAll) return { kind: 'full', of: 'all', open: all };
      insertRequest(db, request);
      return { kind: 'opened', request: { ...request, state: 'open', tokens: [], used: [] } };
    });
  }

  find(id: string): Promise<StoredRequest | undefined> {
    return this.#read(({ db }) => requestsOf(db, 'WHERE id = ?', [id])[0]);
  }

  recent(fingerprint: string): Promise<readonly StoredRequest[]> {
    const newest = `WHERE fingerprint = ? ORDER BY opened_ms DESC, id LIMIT ${RECENT_REQUESTS}`;
    return this.#read(({ db }) => requestsOf(db, newest, [fingerprint]));
  }

  listOpen(): Promise<readonly StoredRequest[]> {
    const open = `WHERE state = 'open' ORDER BY opened_ms, id`;
    return this.#read(({ db }) => requestsOf(db, open, []));
  }

  addToken(requestId: string, token: StoredToken): Promise<Adding> {
    return this.#change(({ db }) => {
      const [request] = requestsOf(db, 'WHERE id = ?', [requestId]);
      if (request === undefined) return { kind: 'no-request' };
      if (request.tokens.some(({ id }) => id === token.id)) return { kind: 'known' };
      if (request.state !== 'open') return { kind: 'ended', state: request.state };
      insertToken(db, requestId, token);
      if (token.decision === 'deny') {
        db.prepare(`UPDATE requests SET state = 'denied' WHERE id = ?`).run(requestId);
      }
      return { kind: 'added' };
    });
  }

  async consume(requestId: string, use: StoredUse, taking?: Taking): Promise<Consuming> {
    const consuming = await this.#take(requestId, use, taking);
    // The use is taken and confirmed. A mark that is not settled now is at the next use.
    if (consuming.kind === 'consumed') {
      await this.#change((file) => file.settleMark()).catch(() => undefined);
    }
    return consuming;
  }

  #take(requestId: string, use: StoredUse, taking: Taking | undefined): Promise<Consuming> {
    return this.#change<Consuming>((file) => {
      const [request] = requestsOf(file.db, 'WHERE id = ?', [requestId]);
      if (request === undefined) return { kind: 'no-request' };
      const isOver = request.state !== 'open' || request.endsMs <= use.usedMs;
      if (isOver) return { kind: 'ended', request };
      const refusal = taking && batchRefusal(file.db, request, taking);
      if (refusal !== undefined) return refusal;
      file.renewMark();
      const usesLeft =
        taking === undefined
          ? takeUse(file.db, request, use)
          : takeOfBatch(file.db, request, { use, taking });
      return { kind: 'consumed', usesLeft };
    });
  }

  expire(nowMs: number): Promise<readonly string[]> {
    return this.#change(({ db }) => {
      const over = requestsOf(db, `WHERE state = 'open' AND ends_ms <= ?`, [nowMs]);
      const end = db.prepare(`UPDATE requests SET state = 'expired' WHERE id = ?`);
      for (const { id } of over) end.run(id);
      forgetBefore(db, nowMs - KEPT_MS);
      return over.map(({ id }) => id);
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
