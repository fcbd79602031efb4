// What a store does, in SQL that both kinds have: which requests there are, who may take what of them,
// and when they end. Each piece of work runs inside a transaction of its caller, who has locked the store
// if it changes anything. No I/O here. Counterparts: embedded-store.ts, control-store.ts.
import { holdOf, requestStateOf, type StoredRow, tokenOf, useOf } from './row-values.js';
import {
  type Adding,
  type Consuming,
  type NewRequest,
  type Opening,
  RECENT_REQUESTS,
  type RequestCaps,
  type StoredRequest,
  type StoredToken,
  type StoredUse,
  type Taking,
} from './store.js';
import { change, rows, type Value, type Work } from './store-questions.js';

/** What differs between the tables of the two. */
export interface Tables {
  /** What their names begin with. */
  readonly prefix: '' | 'interlock_';
  /** Requests count down their uses, and tokens are numbered, in columns of their own. */
  readonly areCounted: boolean;
}

/** How long what has ended can still be told of. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** What is done in a store with these tables. */
export class StoreWork {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  *find(id: string): Work<StoredRequest | undefined> {
    return (yield* this.#requests('WHERE id = ?', [id]))[0];
  }

  recent(fingerprint: string): Work<readonly StoredRequest[]> {
    const newest = `WHERE fingerprint = ? ORDER BY opened_ms DESC, id LIMIT ${RECENT_REQUESTS}`;
    return this.#requests(newest, [fingerprint]);
  }

  listOpen(): Work<readonly StoredRequest[]> {
    return this.#requests(`WHERE state = 'open' ORDER BY opened_ms, id`, []);
  }

  /** The open one of the same situation that still takes signatures. */
  *findSame({ situation, openedMs }: NewRequest): Work<StoredRequest | undefined> {
    const same = `WHERE state = 'open' AND situation = ? AND gather_until_ms > ? LIMIT 1`;
    return (yield* this.#requests(same, [situation, openedMs]))[0];
  }

  *openRequest(request: NewRequest, caps: RequestCaps): Work<Opening> {
    const found = yield* this.findSame(request);
    if (found !== undefined) return { kind: 'found', request: found };
    const own = yield* this.#countOpen('AND account = ?', [request.account]);
    if (own >= caps.perAccount) return { kind: 'full', of: 'account', open: own };
    const all = yield* this.#countOpen('', []);
    if (all >= caps.inAll) return { kind: 'full', of: 'all', open: all };
    yield* this.#insertRequest(request);
    return { kind: 'opened', request: { ...request, state: 'open', tokens: [], used: [] } };
  }

  *addToken(requestId: string, token: StoredToken): Work<Adding> {
    const request = yield* this.find(requestId);
    if (request === undefined) return { kind: 'no-request' };
    if (request.tokens.some(({ id }) => id === token.id)) return { kind: 'known' };
    if (request.state !== 'open') return { kind: 'ended', state: request.state };
    yield* this.#insertToken(request, token);
    if (token.decision === 'deny') yield* this.#end('denied', [requestId]);
    return { kind: 'added' };
  }

  /** The request, if this use of it may be taken now; else why not. */
  *claim(requestId: string, use: StoredUse, taking?: Taking): Work<Consuming | StoredRequest> {
    const request = yield* this.find(requestId);
    if (request === undefined) return { kind: 'no-request' };
    if (isOver(request, use)) return { kind: 'ended', request };
    const refusal = taking && (yield* this.#batchRefusal(request, taking));
    return refusal ?? request;
  }

  /** Takes what was claimed in the same transaction. */
  *take(request: StoredRequest, use: StoredUse, taking?: Taking): Work<Consuming> {
    const number = (taking === undefined ? request.used.length : statementsOf(request)) + 1;
    const usesLeft = request.uses - number;
    if (!(yield* this.#countDown(request, use, usesLeft))) return { kind: 'ended', request };
    if (taking === undefined) {
      yield* this.#insert('uses', {
        ...{ request_id: request.id, number, record_id: use.recordId, used_ms: use.usedMs },
      });
    } else yield* this.#takeOfBatch(request, use, taking);
    return { kind: 'consumed', usesLeft };
  }

  /** Whether something open is past its end, or something has ended long enough ago to be forgotten. */
  *hasEnded(nowMs: number): Work<boolean> {
    const sql = `SELECT 1 FROM ${this.#name('requests')}
      WHERE (state = 'open' AND ends_ms <= ?) OR (state <> 'open' AND ends_ms < ?) LIMIT 1`;
    return (yield* rows(sql, [nowMs, nowMs - KEPT_MS])).length > 0;
  }

  *expire(nowMs: number): Work<readonly string[]> {
    const over = yield* this.#requests(`WHERE state = 'open' AND ends_ms <= ?`, [nowMs]);
    const ids = over.map(({ id }) => id);
    yield* this.#end('expired', ids);
    yield* this.#forgetBefore(nowMs - KEPT_MS);
    return ids;
  }

  /** The requests that a WHERE clause of ours finds, with their tokens and uses. */
  *#requests(where: string, values: readonly Value[]): Work<readonly StoredRequest[]> {
    const found = yield* rows(`SELECT * FROM ${this.#name('requests')} ${where}`, values);
    const ids = found.map(({ id }) => String(id));
    const inOrder = this.#tables.areCounted ? 'number' : 'added_ms, rowid';
    const tokens = yield* this.#ofRequests('tokens', ids, inOrder);
    const uses = yield* this.#ofRequests('uses', ids, 'number');
    const holds = yield* this.#ofRequests('holds', ids, 'since_ms');
    return found.map((row) => {
      const own = ({ request_id }: StoredRow): boolean => String(request_id) === String(row.id);
      const hold = holds.find(own);
      return {
        id: String(row.id),
        fingerprint: String(row.fingerprint),
        situation: String(row.situation),
        account: String(row.account),
        openedMs: Number(row.opened_ms),
        gatherUntilMs: Number(row.gather_until_ms),
        endsMs: Number(row.ends_ms),
        uses: Number(row.uses),
        body: String(row.body),
        state: requestStateOf(row.state),
        tokens: tokens.filter(own).map(tokenOf),
        used: uses.filter(own).map(useOf),
        ...(hold === undefined ? {} : { hold: holdOf(hold) }),
      };
    });
  }

  *#ofRequests(table: string, ids: readonly string[], order: string): Work<readonly StoredRow[]> {
    if (ids.length === 0) return [];
    const places = ids.map(() => '?').join(', ');
    const where = `WHERE request_id IN (${places}) ORDER BY ${order}`;
    return yield* rows(`SELECT * FROM ${this.#name(table)} ${where}`, ids);
  }

  *#countOpen(own: string, values: readonly Value[]): Work<number> {
    const where = `WHERE state = 'open' ${own}`;
    const sql = `SELECT COUNT(*) AS n FROM ${this.#name('requests')} ${where}`;
    const [row] = yield* rows(sql, values);
    // No answer is too many.
    return Number(row?.n ?? Number.POSITIVE_INFINITY);
  }

  *#insertRequest(request: NewRequest): Work<void> {
    const { id, fingerprint, situation, account, uses, body } = request;
    yield* this.#insert('requests', {
      ...{ id, fingerprint, situation, account, opened_ms: request.openedMs },
      ...{ gather_until_ms: request.gatherUntilMs, ends_ms: request.endsMs, uses },
      ...(this.#tables.areCounted ? { uses_left: uses } : {}),
      ...{ state: 'open', body },
    });
  }

  *#insertToken(request: StoredRequest, token: StoredToken): Work<void> {
    const { id, person, decision, addedMs } = token;
    yield* this.#insert('tokens', {
      ...{ id, request_id: request.id, person, decision, added_ms: addedMs, token: token.token },
      ...(this.#tables.areCounted ? { number: request.tokens.length + 1 } : {}),
    });
  }

  *#end(state: 'denied' | 'expired', ids: readonly string[]): Work<void> {
    const sql = `UPDATE ${this.#name('requests')} SET state = ? WHERE id = ? AND state = 'open'`;
    for (const id of ids) yield* change(sql, [state, id]);
  }

  /** The condition is a second lock, and the key of the uses a third: whatever the first one missed. */
  *#countDown({ id }: StoredRequest, { usedMs }: StoredUse, usesLeft: number): Work<boolean> {
    const { areCounted } = this.#tables;
    const sql = `UPDATE ${this.#name('requests')}
      SET state = ?${areCounted ? ', uses_left = uses_left - 1' : ''}
      WHERE id = ? AND state = 'open' AND ends_ms > ?${areCounted ? ' AND uses_left > 0' : ''}`;
    return (yield* change(sql, [usesLeft <= 0 ? 'used' : 'open', id, usedMs])) === 1;
  }

  /** Why an open batch has nothing for this statement. */
  *#batchRefusal({ id, hold }: StoredRequest, taking: Taking): Work<Consuming | undefined> {
    if (hold !== undefined && hold.session !== taking.session) return { kind: 'held', hold };
    const sql = `SELECT taken FROM ${this.#name('takes')} WHERE request_id = ? AND item = ?`;
    for (const { item, of } of taking.items) {
      const [row] = yield* rows(sql, [id, item]);
      if (Number(row?.taken ?? 0) >= of) return { kind: 'spent', item };
    }
    return undefined;
  }

  *#takeOfBatch(request: StoredRequest, use: StoredUse, taking: Taking): Work<void> {
    const { id: request_id, hold } = request;
    const more = `UPDATE ${this.#name('takes')} SET taken = taken + 1 WHERE request_id = ? AND item = ?`;
    for (const { item } of taking.items) {
      if ((yield* change(more, [request_id, item])) > 0) continue;
      yield* this.#insert('takes', { request_id, item, taken: 1 });
    }
    const now = {
      statements: statementsOf(request) + 1,
      ...{ record_id: use.recordId, used_ms: use.usedMs },
    };
    if (hold === undefined) {
      const begun = { session: taking.session, since_ms: use.usedMs };
      yield* this.#insert('holds', { request_id, ...begun, ...now });
      return;
    }
    const sql = `UPDATE ${this.#name('holds')} SET statements = ?, record_id = ?, used_ms = ? WHERE request_id = ?`;
    yield* change(sql, [now.statements, now.record_id, now.used_ms, request_id]);
  }

  /** Ended ones only: what is open is never forgotten. */
  *#forgetBefore(beforeMs: number): Work<void> {
    const old = `SELECT id FROM ${this.#name('requests')} WHERE state <> 'open' AND ends_ms < ?`;
    for (const { id } of yield* rows(old, [beforeMs])) {
      for (const table of ['tokens', 'uses', 'holds', 'takes']) {
        yield* change(`DELETE FROM ${this.#name(table)} WHERE request_id = ?`, [String(id)]);
      }
      yield* change(`DELETE FROM ${this.#name('requests')} WHERE id = ?`, [String(id)]);
    }
  }

  *#insert(table: string, row: Readonly<Record<string, Value>>): Work<void> {
    const columns = Object.keys(row);
    const places = columns.map(() => '?').join(', ');
    const into = `${this.#name(table)} (${columns.join(', ')})`;
    yield* change(`INSERT INTO ${into} VALUES (${places})`, Object.values(row));
  }

  #name(table: string): string {
    return `${this.#tables.prefix}${table}`;
  }
}

export function isOver({ state, endsMs }: StoredRequest, { usedMs }: StoredUse): boolean {
  return state !== 'open' || endsMs <= usedMs;
}

function statementsOf({ hold }: StoredRequest): number {
  return hold?.statements ?? 0;
}
