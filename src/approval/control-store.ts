// The approvals' store in a MySQL or MariaDB database that several Interlocks share. Each change is one
// transaction that first takes the store's one row, so that on a server they wait for each other, and
// in a cluster the second of two is undone and tried again. What is not confirmed counts for nothing.
// What is done in one is store-work.ts's.
import { InterlockError, messageOf } from '../errors.js';
import { reasonOf, UnconfirmedCommit, UnfitServer } from './control-failure.js';
import type { ControlSession } from './control-session.js';
import { ControlSessions, type ControlSessionsParts } from './control-sessions.js';
import {
  askControl,
  CONTROL_WORK,
  prepareTables,
  readStoreRow,
  renewStore,
  type StoreRow,
} from './control-tables.js';
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
import type { Marks, StoreMarks } from './store-marks.js';
import { runAwaited, type Work } from './store-questions.js';
import { isOver } from './store-work.js';

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
    const found = await this.#look(() => CONTROL_WORK.findSame(request));
    if (found !== undefined) return { kind: 'found', request: found };
    return await this.#change((session) => work(session, CONTROL_WORK.openRequest(request, caps)));
  }

  find(id: string): Promise<StoredRequest | undefined> {
    return this.#look(() => CONTROL_WORK.find(id));
  }

  recent(fingerprint: string): Promise<readonly StoredRequest[]> {
    return this.#look(() => CONTROL_WORK.recent(fingerprint));
  }

  listOpen(): Promise<readonly StoredRequest[]> {
    return this.#look(() => CONTROL_WORK.listOpen());
  }

  addToken(requestId: string, token: StoredToken): Promise<Adding> {
    return this.#change((session) => work(session, CONTROL_WORK.addToken(requestId, token)));
  }

  async consume(requestId: string, use: StoredUse, taking?: Taking): Promise<Consuming> {
    const seen = await this.find(requestId);
    if (seen === undefined) return { kind: 'no-request' };
    if (isOver(seen, use)) return { kind: 'ended', request: seen };
    const consuming = await this.#change(async (session): Promise<Consuming> => {
      const claimed = await work(session, CONTROL_WORK.claim(requestId, use, taking));
      return 'kind' in claimed
        ? claimed
        : await work(session, CONTROL_WORK.take(claimed, use, taking));
    }).catch((thrown: unknown) => {
      throw this.#unconfirmed(thrown, requestId);
    });
    if (consuming.kind === 'consumed') this.#keep(requestId);
    return consuming;
  }

  async expire(nowMs: number): Promise<readonly string[]> {
    if (!(await this.#look(() => CONTROL_WORK.hasEnded(nowMs)))) return [];
    return await this.#change((session) => work(session, CONTROL_WORK.expire(nowMs)));
  }

  /** Its count of changes is one. */
  tryChange(): Promise<void> {
    return this.#change(async () => undefined);
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
  #look<T>(look: () => Work<T>): Promise<T> {
    return this.#use(async (session) => {
      await session.change('START TRANSACTION READ ONLY');
      const seen = await work(session, look());
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

function work<T>(session: ControlSession, what: Work<T>): Promise<T> {
  return runAwaited(what, (question) => askControl(session, question));
}
