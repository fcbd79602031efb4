// The approvals' store in a MySQL or MariaDB database that several Interlocks share. Each change is one
// transaction that first takes the store's one row, so that on a server they wait for each other, and
// in a cluster the second of two is undone and tried again. What is not confirmed counts for nothing.
// Counterpart: store.ts.
import { InterlockError, messageOf } from '../errors.js';
import { reasonOf, UnconfirmedCommit, UnfitServer } from './control-failure.js';
import {
  batchRefusal,
  countOpen,
  endRequests,
  forgetBefore,
  hasEnded,
  insertRequest,
  insertToken,
  requestsOf,
  takeOfBatch,
  takeUse,
} from './control-rows.js';
import type { ControlSession } from './control-session.js';
import { ControlSessions, type ControlSessionsParts } from './control-sessions.js';
import { prepareTables, readStoreRow, renewStore, type StoreRow } from './control-tables.js';
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
import type { Marks, StoreMarks } from './store-marks.js';

/** How long what has ended can still be told of. */
const KEPT_MS = 30 * 24 * 3_600_000;

export interface ControlStoreParts extends Omit<ControlSessionsParts, 'reason'> {
  readonly database: string;
  readonly user: string;
  /** How long one change or look may take in all, with everything that is tried again. */
  readonly deadlineMs: number;
  readonly marks: StoreMarks;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export class ControlStore implements ApprovalStore {
  readonly #parts: ControlStoreParts;
  readonly #sessions: ControlSessions;
  /** Of the server it last said that could lose what it confirmed. */
  #warned = '';

  /** Connects to nothing: what cannot be reached now may be when it is needed. */
  constructor(parts: ControlStoreParts) {
    this.#parts = parts;
    this.#sessions = new ControlSessions({
      addresses: parts.addresses,
      open: (address) => this.#open(address),
      reason: (thrown) => reasonOf(thrown, parts),
    });
  }

  async identity(): Promise<StoreIdentity> {
    const known = await this.#known();
    return (known ?? (await this.#change(async (_, row) => row))).identity;
  }

  async openRequest(request: NewRequest, caps: RequestCaps): Promise<Opening> {
    const { situation, openedMs, account } = request;
    const same = async (session: ControlSession): Promise<StoredRequest | undefined> => {
      const where = `WHERE state = 'open' AND situation = ? AND gather_until_ms > ? LIMIT 1`;
      return (await requestsOf(session, where, [situation, openedMs]))[0];
    };
    const there = await this.#look(same);
    if (there !== undefined) return { kind: 'found', request: there };
    return await this.#change<Opening>(async (session) => {
      const found = await same(session);
      if (found !== undefined) return { kind: 'found', request: found };
      const own = await countOpen(session, account);
      if (own >= caps.perAccount) return { kind: 'full', of: 'account', open: own };
      const all = await countOpen(session);
      if (all >= caps.inAll) return { kind: 'full', of: 'all', open: all };
      await insertRequest(session, request);
      return { kind: 'opened', request: { ...request, state: 'open', tokens: [], used: [] } };
    });
  }

  find(id: string): Promise<StoredRequest | undefined> {
    return this.#look((session) => requestOf(session, id));
  }

  recent(fingerprint: string): Promise<readonly StoredRequest[]> {
    const newest = `WHERE fingerprint = ? ORDER BY opened_ms DESC, id LIMIT ${RECENT_REQUESTS}`;
    return this.#look((session) => requestsOf(session, newest, [fingerprint]));
  }

  listOpen(): Promise<readonly StoredRequest[]> {
    const open = `WHERE state = 'open' ORDER BY opened_ms, id`;
    return this.#look((session) => requestsOf(session, open, []));
  }

  addToken(requestId: string, token: StoredToken): Promise<Adding> {
    return this.#change<Adding>(async (session) => {
      const request = await requestOf(session, requestId);
      if (request === undefined) return { kind: 'no-request' };
      if (request.tokens.some(({ id }) => id === token.id)) return { kind: 'known' };
      if (request.state !== 'open') return { kind: 'ended', state: request.state };
      await insertToken(session, request, token);
      if (token.decision === 'deny') await endRequests(session, 'denied', [requestId]);
      return { kind: 'added' };
    });
  }

  async consume(requestId: string, use: StoredUse, taking?: Taking): Promise<Consuming> {
    const seen = await this.find(requestId);
    if (seen === undefined) return { kind: 'no-request' };
    if (isOver(seen, use)) return { kind: 'ended', request: seen };
    const consuming = await this.#change((session) =>
      take(session, requestId, { use, taking }),
    ).catch((thrown: unknown) => {
      throw this.#unconfirmed(thrown, requestId);
    });
    if (consuming.kind === 'consumed') this.#keep(requestId);
    return consuming;
  }

  async expire(nowMs: number): Promise<readonly string[]> {
    const beforeMs = nowMs - KEPT_MS;
    if (!(await this.#look((session) => hasEnded(session, nowMs, beforeMs)))) return [];
    return await this.#change(async (session) => {
      const over = await requestsOf(session, `WHERE state = 'open' AND ends_ms <= ?`, [nowMs]);
      const ids = over.map(({ id }) => id);
      await endRequests(session, 'expired', ids);
      await forgetBefore(session, beforeMs);
      return ids;
    });
  }

  async close(): Promise<void> {
    this.#sessions.close();
  }

  async #open(address: ControlStoreParts['addresses'][number]): Promise<ControlSession> {
    const session = await this.#parts.open(address);
    try {
      await prepareTables(session);
    } catch (thrown) {
      session.destroy();
      throw thrown;
    }
    const { warnings } = session;
    const warned = `${session.address} ${warnings.join(' ')}`;
    if (warnings.length > 0 && this.#warned !== warned) {
      this.#warned = warned;
      const fields = { server: session.address, settings: warnings };
      this.#parts.warn('the control database may lose what it confirmed when it crashes', fields);
    }
    return session;
  }

  /** A look at what is committed, all at one moment. It locks nothing, and decides nothing alone. */
  #look<T>(look: (session: ControlSession) => Promise<T>): Promise<T> {
    return this.#use(async (session) => {
      await session.change('START TRANSACTION READ ONLY');
      const seen = await look(session);
      await session.change('COMMIT');
      return seen;
    });
  }

  /** One transaction, alone with the store; it is confirmed when this resolves. */
  #change<T>(change: (session: ControlSession, row: StoreRow) => Promise<T>): Promise<T> {
    return this.#use(async (session, marks) => {
      await session.change('START TRANSACTION');
      // Whoever else changes anything waits here, or is undone: from here on all that is read holds.
      await session.change('UPDATE interlock_store SET changes = changes + 1 WHERE one = 1');
      let row = await storeRow(session);
      const wasOld = isOld({ ...row, changes: row.changes - 1 }, session, marks);
      if (wasOld) {
        await renewStore(session);
        row = await storeRow(session);
      }
      const changed = await change(session, row);
      await session.commit();
      this.#parts.marks.remember(row.identity.id, row.changes);
      if (wasOld) this.#renewed(session, row);
      return changed;
    });
  }

  /** What the store is, unless it is not what it was. */
  async #known(): Promise<StoreRow | undefined> {
    return await this.#use(async (session, marks) => {
      const row = await storeRow(session);
      if (isOld(row, session, marks)) return undefined;
      this.#parts.marks.remember(row.identity.id, row.changes);
      return row;
    });
  }

  #renewed({ address }: ControlSession, { identity }: StoreRow): void {
    const { marks, warn } = this.#parts;
    const fields = { server: address, store: identity.id };
    const what = 'the control database is another one, or was put back from a copy';
    warn(`${what}: what was open has ended`, fields);
    try {
      marks.keep();
    } catch (thrown) {
      warn('how far the control database is could not be marked here', {
        reason: messageOf(thrown),
      });
    }
  }

  /** Whoever starts in this place must not take an older copy of the store for the store. */
  #keep(requestId: string): void {
    try {
      this.#parts.marks.keep();
    } catch (cause) {
      const text = `the use of ${requestId} is taken, and could not be marked here: ${messageOf(cause)}`;
      throw unavailable(text, cause);
    }
  }

  async #use<T>(work: (session: ControlSession, marks: Marks) => Promise<T>): Promise<T> {
    try {
      // What is read after this must not be older than this.
      const marks = this.#parts.marks.now;
      const deadlineMs = performance.now() + this.#parts.deadlineMs;
      return await this.#sessions.use(deadlineMs, (session) => work(session, marks));
    } catch (cause) {
      const { database } = this.#parts;
      const reason = reasonOf(cause, this.#parts);
      // A denial that quotes it has room for so much; the reason comes last, where it may be cut.
      const text = `the control database ${database} cannot be used; mend it, or sever the links: ${reason}`;
      throw unavailable(text, cause);
    }
  }

  #unconfirmed(thrown: unknown, requestId: string): unknown {
    const cause = thrown instanceof InterlockError ? thrown.cause : undefined;
    if (!(cause instanceof UnconfirmedCommit)) return thrown;
    const what = `the control database ${this.#parts.database} did not confirm the use of ${requestId}`;
    const text = `${what}: repeat the statement; if the use got there, sign anew (${cause.message})`;
    return unavailable(text, cause);
  }
}

function unavailable(text: string, cause: unknown): InterlockError {
  return new InterlockError('STORE_UNAVAILABLE', text, { cause });
}

async function storeRow(session: ControlSession): Promise<StoreRow> {
  const row = await readStoreRow(session);
  if (row === undefined) throw new UnfitServer('its tables have gone');
  return row;
}

/** Another server's, or one that has forgotten what this Interlock knows it confirmed. */
function isOld(row: StoreRow, { home }: ControlSession, marks: Marks): boolean {
  return row.home !== home || row.changes < (marks.get(row.identity.id) ?? 0);
}

async function requestOf(session: ControlSession, id: string): Promise<StoredRequest | undefined> {
  return (await requestsOf(session, 'WHERE id = ?', [id]))[0];
}

function isOver({ state, endsMs }: StoredRequest, { usedMs }: StoredUse): boolean {
  return state !== 'open' || endsMs <= usedMs;
}

async function take(
  session: ControlSession,
  requestId: string,
  { use, taking }: { readonly use: StoredUse; readonly taking: Taking | undefined },
): Promise<Consuming> {
  const request = await requestOf(session, requestId);
  if (request === undefined) return { kind: 'no-request' };
  if (isOver(request, use)) return { kind: 'ended', request };
  const refusal = taking && (await batchRefusal(session, request, taking));
  if (refusal !== undefined) return refusal;
  const usesLeft =
    taking === undefined
      ? await takeUse(session, request, use)
      : await takeOfBatch(session, request, { use, taking });
  return usesLeft === undefined ? { kind: 'ended', request } : { kind: 'consumed', usesLeft };
}
