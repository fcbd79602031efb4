// The tables of the embedded store, and how libsql is asked: at once. Counterpart: control-tables.ts.
import type Database from 'libsql';
import type { Answer, Question } from './store-questions.js';
import { StoreWork } from './store-work.js';

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

export const FILE_WORK = new StoreWork({ prefix: '', areCounted: false });

type Row = Readonly<Record<string, unknown>>;

export function rowOf(value: unknown): Row | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

/** Inside a transaction of its caller. */
export function askFile(db: Db, { kind, sql, values }: Question): Answer {
  const statement = db.prepare(sql);
  if (kind === 'change') return { rows: [], affected: statement.run(...values).changes };
  return { rows: statement.all(...values).map((value) => rowOf(value) ?? {}), affected: 0 };
}
