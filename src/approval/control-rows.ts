// The rows of the control database: SQL and columns on one side, what store.ts speaks of on the other.
// Whatever changes something runs inside a transaction of its caller, who has locked the store.
import type { Row } from '../topology/rows.js';
import type { ControlSession, Value } from './control-session.js';
import { holdOf, requestStateOf, tokenOf, useOf } from './row-values.js';
import type {
  Consuming,
  NewRequest,
  StoredRequest,
  StoredToken,
  StoredUse,
  Taking,
} from './store.js';

/** The requests that a WHERE clause of ours finds, with their tokens and uses. */
export async function requestsOf(
  session: ControlSession,
  where: string,
  values: readonly Value[],
): Promise<readonly StoredRequest[]> {
  const rows = await session.rows(`SELECT * FROM interlock_requests ${where}`, values);
  const ids = rows.map((row) => String(row.id));
  const tokens = await ofRequests(session, ids, { table: 'interlock_tokens', order: 'number' });
  const uses = await ofRequests(session, ids, { table: 'interlock_uses', order: 'number' });
  const holds = await ofRequests(session, ids, { table: 'interlock_holds', order: 'since_ms' });
  return rows.map((row) => {
    const id = String(row.id);
    const own = (of: Row): boolean => String(of.request_id) === id;
    const hold = holds.find(own);
    return {
      id,
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

async function ofRequests(
  session: ControlSession,
  ids: readonly string[],
  { table, order }: { readonly table: string; readonly order: string },
): Promise<readonly Row[]> {
  if (ids.length === 0) return [];
  const places = ids.map(() => '?').join(', ');
  const sql = `SELECT * FROM ${table} WHERE request_id IN (${places}) ORDER BY ${order}`;
  return await session.rows(sql, ids);
}

export async function countOpen(session: ControlSession, account?: string): Promise<number> {
  const own = account === undefined ? '' : 'AND account = ?';
  const sql = `SELECT COUNT(*) AS n FROM interlock_requests WHERE state = 'open' ${own}`;
  const [row] = await session.rows(sql, account === undefined ? [] : [account]);
  return Number(row?.n ?? Number.POSITIVE_INFINITY);
}

export async function insertRequest(session: ControlSession, request: NewRequest): Promise<void> {
  const { id, fingerprint, situation, account, openedMs, gatherUntilMs, endsMs, uses } = request;
  await session.change(
    `INSERT INTO interlock_requests (id, fingerprint, situation, account, opened_ms,
      gather_until_ms, ends_ms, uses, uses_left, state, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)`,
    [
      ...[id, fingerprint, situation, account, openedMs, gatherUntilMs, endsMs],
      ...[uses, uses, request.body],
    ],
  );
}

export async function insertToken(
  session: ControlSession,
  request: StoredRequest,
  token: StoredToken,
): Promise<void> {
  const { id, person, decision, addedMs } = token;
  await session.change(
    `INSERT INTO interlock_tokens (id, request_id, number, person, decision, added_ms, token)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [id, request.id, request.tokens.length + 1, person, decision, addedMs, token.token],
  );
}

export async function endRequests(
  session: ControlSession,
  state: 'denied' | 'expired',
  ids: readonly string[],
): Promise<void> {
  for (const id of ids) {
    const sql = `UPDATE interlock_requests SET state = ? WHERE id = ? AND state = 'open'`;
    await session.change(sql, [state, id]);
  }
}

/** Takes the next use of an open request; how many are left then, or undefined when there was none. */
export async function takeUse(
  session: ControlSession,
  request: StoredRequest,
  use: StoredUse,
): Promise<number | undefined> {
  if (!(await countDown(session, request, use))) return undefined;
  const number = request.used.length + 1;
  await session.change(
    'INSERT INTO interlock_uses (request_id, number, record_id, used_ms) VALUES (?, ?, ?, ?)',
    [request.id, number, use.recordId, use.usedMs],
  );
  return request.uses - number;
}

/** The condition is a second lock, and the key of the uses a third: whatever the first one missed. */
async function countDown(
  session: ControlSession,
  { id }: StoredRequest,
  { usedMs }: StoredUse,
): Promise<boolean> {
  const { affectedRows } = await session.change(
    `UPDATE interlock_requests
     SET state = IF(uses_left = 1, 'used', state), uses_left = uses_left - 1
     WHERE id = ? AND state = 'open' AND uses_left > 0 AND ends_ms > ?`,
    [id, usedMs],
  );
  return affectedRows === 1;
}

/** Why an open batch has nothing for this statement. */
export async function batchRefusal(
  session: ControlSession,
  { id, hold }: StoredRequest,
  taking: Taking,
): Promise<Consuming | undefined> {
  if (hold !== undefined && hold.session !== taking.session) return { kind: 'held', hold };
  for (const { item, of } of taking.items) {
    const sql = 'SELECT taken FROM interlock_takes WHERE request_id = ? AND item = ?';
    const [row] = await session.rows(sql, [id, item]);
    if (Number(row?.taken ?? 0) >= of) return { kind: 'spent', item };
  }
  return undefined;
}

/** Takes what one statement takes of an open batch, as takeUse does. */
export async function takeOfBatch(
  session: ControlSession,
  request: StoredRequest,
  { use, taking }: { readonly use: StoredUse; readonly taking: Taking },
): Promise<number | undefined> {
  if (!(await countDown(session, request, use))) return undefined;
  const { id, hold, uses } = request;
  for (const { item } of taking.items) {
    const more = 'UPDATE interlock_takes SET taken = taken + 1 WHERE request_id = ? AND item = ?';
    if ((await session.change(more, [id, item])).affectedRows > 0) continue;
    const first = 'INSERT INTO interlock_takes (request_id, item, taken) VALUES (?, ?, 1)';
    await session.change(first, [id, item]);
  }
  const statements = (hold?.statements ?? 0) + 1;
  const { recordId, usedMs } = use;
  const sql =
    hold === undefined
      ? `INSERT INTO interlock_holds (statements, record_id, used_ms, request_id, session, since_ms)
         VALUES (?, ?, ?, ?, ?, ?)`
      : `UPDATE interlock_holds SET statements = ?, record_id = ?, used_ms = ? WHERE request_id = ?`;
  const begun = hold === undefined ? [taking.session, usedMs] : [];
  await session.change(sql, [statements, recordId, usedMs, id, ...begun]);
  return uses - statements;
}

/** Whether something open is past its end, or something has ended long enough ago to be forgotten. */
export async function hasEnded(
  session: ControlSession,
  nowMs: number,
  beforeMs: number,
): Promise<boolean> {
  const sql = `SELECT 1 FROM interlock_requests
    WHERE (state = 'open' AND ends_ms <= ?) OR (state <> 'open' AND ends_ms < ?) LIMIT 1`;
  return (await session.rows(sql, [nowMs, beforeMs])).length > 0;
}

/** Ended ones only: what is open is never forgotten. */
export async function forgetBefore(session: ControlSession, beforeMs: number): Promise<void> {
  const old = `SELECT id FROM interlock_requests WHERE state <> 'open' AND ends_ms < ?`;
  const ids = (await session.rows(old, [beforeMs])).map((row) => String(row.id));
  for (const id of ids) {
    for (const table of [
      'interlock_tokens',
      'interlock_uses',
      'interlock_holds',
      'interlock_takes',
    ]) {
      await session.change(`DELETE FROM ${table} WHERE request_id = ?`, [id]);
    }
    await session.change('DELETE FROM interlock_requests WHERE id = ?', [id]);
  }
}
