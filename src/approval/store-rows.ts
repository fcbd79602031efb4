// The rows of the embedded store: SQL and columns on one side, what store.ts speaks of on the other.
// Every function runs inside a transaction of its caller.
import type Database from 'libsql';
import { holdOf, requestStateOf, tokenOf, useOf } from './row-values.js';
import type {
  Consuming,
  NewRequest,
  StoredHold,
  StoredRequest,
  StoredToken,
  StoredUse,
  Taking,
} from './store.js';

export const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS requests (
  id TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  situation TEXT NOT NULL,
  account TEXT NOT NULL,
  opened_ms INTEGER NOT NULL,
  gather_until_ms INTEGER NOT NULL,
  ends_ms INTEGER NOT NULL,
  uses INTEGER NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS requests_by_fingerprint ON requests (fingerprint, opened_ms);
CREATE INDEX IF NOT EXISTS requests_by_state ON requests (state, account);
CREATE TABLE IF NOT EXISTS tokens (
  id TEXT PRIMARY KEY,
  request_id TEXT NOT NULL REFERENCES requests (id),
  person TEXT NOT NULL,
  decision TEXT NOT NULL,
  added_ms INTEGER NOT NULL,
  token TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS tokens_by_request ON tokens (request_id);
CREATE TABLE IF NOT EXISTS uses (
  request_id TEXT NOT NULL REFERENCES requests (id),
  number INTEGER NOT NULL,
  record_id TEXT NOT NULL,
  used_ms INTEGER NOT NULL,
  PRIMARY KEY (request_id, number)
);
CREATE TABLE IF NOT EXISTS holds (
  request_id TEXT PRIMARY KEY REFERENCES requests (id),
  session TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  statements INTEGER NOT NULL,
  record_id TEXT NOT NULL,
  used_ms INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS takes (
  request_id TEXT NOT NULL REFERENCES requests (id),
  item INTEGER NOT NULL,
  taken INTEGER NOT NULL,
  PRIMARY KEY (request_id, item)
);`;

/** They come in one transaction: where this one is, all are. */
export const LAST_TABLE = 'takes';

export type Db = Database.Database;
type Row = Readonly<Record<string, unknown>>;

export function requestRow(value: unknown): Row | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

/** The requests that a WHERE clause of ours finds, with their tokens and uses. */
export function requestsOf(
  db: Db,
  where: string,
  values: readonly (string | number)[],
): readonly StoredRequest[] {
  const rows = rowsOf(db, `SELECT * FROM requests ${where}`, values);
  return rows.map((row) => {
    const id = String(row.id);
    const tokens = 'SELECT * FROM tokens WHERE request_id = ? ORDER BY added_ms, rowid';
    const used = 'SELECT * FROM uses WHERE request_id = ? ORDER BY number';
    const hold = heldOf(db, id);
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
      tokens: rowsOf(db, tokens, [id]).map(tokenOf),
      used: rowsOf(db, used, [id]).map(useOf),
      ...(hold === undefined ? {} : { hold }),
    };
  });
}

export function insertRequest(db: Db, request: NewRequest): void {
  const { id, fingerprint, situation, account, openedMs, gatherUntilMs, endsMs } = request;
  db.prepare(`INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')`).run(
    ...[id, fingerprint, situation, account, openedMs, gatherUntilMs, endsMs],
    ...[request.uses, request.body],
  );
}

export function insertToken(db: Db, requestId: string, token: StoredToken): void {
  const { id, person, decision, addedMs } = token;
  const sql = 'INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?)';
  db.prepare(sql).run(id, requestId, person, decision, addedMs, token.token);
}

/** Takes the next use of an open request; how many are left then. */
export function takeUse(db: Db, request: StoredRequest, use: StoredUse): number {
  const number = request.used.length + 1;
  const left = request.uses - number;
  // The primary key is a second lock: no use can be taken twice, whatever the state says.
  const sql = 'INSERT INTO uses VALUES (?, ?, ?, ?)';
  db.prepare(sql).run(request.id, number, use.recordId, use.usedMs);
  if (left <= 0) db.prepare(`UPDATE requests SET state = 'used' WHERE id = ?`).run(request.id);
  return left;
}

/** Why an open batch has nothing for this statement. */
export function batchRefusal(
  db: Db,
  { id, hold }: StoredRequest,
  { session, items }: Taking,
): Consuming | undefined {
  if (hold !== undefined && hold.session !== session) return { kind: 'held', hold };
  const spent = items.find(({ item, of }) => takenOf(db, id, item) >= of);
  return spent === undefined ? undefined : { kind: 'spent', item: spent.item };
}

/** Takes what one statement takes of an open batch; how many statements are left then. */
export function takeOfBatch(
  db: Db,
  { id, hold, uses }: StoredRequest,
  { use, taking }: { readonly use: StoredUse; readonly taking: Taking },
): number {
  const add = db.prepare(
    `INSERT INTO takes VALUES (?, ?, 1)
     ON CONFLICT (request_id, item) DO UPDATE SET taken = taken + 1`,
  );
  for (const { item } of taking.items) add.run(id, item);
  const statements = (hold?.statements ?? 0) + 1;
  const since = hold?.sinceMs ?? use.usedMs;
  const sql = 'INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?, ?, ?)';
  db.prepare(sql).run(id, taking.session, since, statements, use.recordId, use.usedMs);
  const left = uses - statements;
  if (left <= 0) db.prepare(`UPDATE requests SET state = 'used' WHERE id = ?`).run(id);
  return left;
}

function takenOf(db: Db, id: string, item: number): number {
  const sql = 'SELECT taken FROM takes WHERE request_id = ? AND item = ?';
  return Number(requestRow(db.prepare(sql).get(id, item))?.taken ?? 0);
}

function heldOf(db: Db, id: string): StoredHold | undefined {
  const row = requestRow(db.prepare('SELECT * FROM holds WHERE request_id = ?').get(id));
  return row === undefined ? undefined : holdOf(row);
}

/** Ended ones only: what is open is never forgotten. */
export function forgetBefore(db: Db, beforeMs: number): void {
  const old = `SELECT id FROM requests WHERE state <> 'open' AND ends_ms < ?`;
  for (const table of ['tokens', 'uses', 'holds', 'takes']) {
    db.prepare(`DELETE FROM ${table} WHERE request_id IN (${old})`).run(beforeMs);
  }
  db.prepare(`DELETE FROM requests WHERE state <> 'open' AND ends_ms < ?`).run(beforeMs);
}

function rowsOf(db: Db, sql: string, values: readonly (string | number)[]): readonly Row[] {
  return db
    .prepare(sql)
    .all(...values)
    .map((value) => requestRow(value) ?? {});
}
