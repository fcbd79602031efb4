// The tables of the control database: made where they are not, checked where they are, with the row
// that tells this store from any other. A store that was put back from a copy, or that is on another
// server now, is known for what it is: it gets a new identity, and what is open in it ends.
import { randomBytes } from 'node:crypto';
import { numberOf, type Row } from '../topology/rows.js';
import { serverErrorOf, UnfitServer } from './control-failure.js';
import type { ControlSession } from './control-session.js';
import type { StoreIdentity } from './store.js';
import type { Answer, Question } from './store-questions.js';
import { StoreWork } from './store-work.js';

const VERSION = 1;
const KEY_BYTES = 32;
const ID_BYTES = 12;
const NO_SUCH_TABLE = 1146;
/** Fits every index of every supported server, in four bytes a character. */
const NAME = 'VARCHAR(191) NOT NULL';
const MOMENT = 'BIGINT UNSIGNED NOT NULL';
const MADE = 'ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/** `changes` counts every transaction that changes anything, and so puts all of them in one order. */
const TABLES: Readonly<Record<string, string>> = {
  interlock_requests: `id ${NAME} PRIMARY KEY, fingerprint ${NAME}, situation ${NAME}, account ${NAME},
    opened_ms ${MOMENT}, gather_until_ms ${MOMENT}, ends_ms ${MOMENT}, uses INT UNSIGNED NOT NULL,
    uses_left INT UNSIGNED NOT NULL, state VARCHAR(16) NOT NULL, body MEDIUMTEXT NOT NULL,
    KEY by_fingerprint (fingerprint, opened_ms), KEY by_state (state, account), KEY by_end (ends_ms)`,
  interlock_tokens: `id ${NAME} PRIMARY KEY, request_id ${NAME}, number INT UNSIGNED NOT NULL,
    person ${NAME}, decision VARCHAR(16) NOT NULL, added_ms ${MOMENT}, token MEDIUMTEXT NOT NULL,
    UNIQUE KEY by_request (request_id, number)`,
  interlock_uses: `request_id ${NAME}, number INT UNSIGNED NOT NULL, record_id ${NAME},
    used_ms ${MOMENT}, PRIMARY KEY (request_id, number)`,
  interlock_holds: `request_id ${NAME} PRIMARY KEY, session ${NAME}, since_ms ${MOMENT},
    statements INT UNSIGNED NOT NULL, record_id ${NAME}, used_ms ${MOMENT}`,
  interlock_takes: `request_id ${NAME}, item INT UNSIGNED NOT NULL, taken INT UNSIGNED NOT NULL,
    PRIMARY KEY (request_id, item)`,
  interlock_store: `one TINYINT UNSIGNED NOT NULL PRIMARY KEY, version INT UNSIGNED NOT NULL,
    id ${NAME}, secret CHAR(64) NOT NULL, home ${NAME}, changes ${MOMENT}`,
};

export const CONTROL_WORK = new StoreWork({ prefix: 'interlock_', areCounted: true });

export async function askControl(
  session: ControlSession,
  { kind, sql, values }: Question,
): Promise<Answer> {
  if (kind === 'rows') return { rows: await session.rows(sql, values), affected: 0 };
  const { affectedRows } = await session.change(sql, values);
  return { rows: [], affected: affectedRows };
}

/** What the one row of interlock_store says. */
export interface StoreRow {
  readonly identity: StoreIdentity;
  readonly home: string;
  readonly changes: number;
}

/** Undefined where no store has been made yet. Throws what makes this one unusable. */
export async function readStoreRow(session: ControlSession): Promise<StoreRow | undefined> {
  let row: Row | undefined;
  try {
    [row] = await session.rows('SELECT * FROM interlock_store WHERE one = 1');
  } catch (thrown) {
    if (serverErrorOf(thrown) !== NO_SUCH_TABLE) throw thrown;
  }
  if (row === undefined) return undefined;
  const version = numberOf(row, ['version']);
  if (version !== VERSION) {
    const text = `its tables are of version ${version}, this Interlock is of ${VERSION}; drop its tables interlock_*: what is open must be asked for again`;
    throw new UnfitServer(text);
  }
  return {
    identity: { id: String(row.id), key: Buffer.from(String(row.secret), 'hex') },
    home: String(row.home),
    changes: numberOf(row, ['changes']) ?? 0,
  };
}

/** Makes what is not there; two that race make one store. */
export async function prepareTables(session: ControlSession): Promise<void> {
  if ((await readStoreRow(session)) === undefined) await makeStore(session);
  if (await isSound(session)) return;
  throw new UnfitServer(
    'a table of it is gone or not of InnoDB; drop its tables interlock_*: Interlock makes them anew',
  );
}

/** Whether every table is there, and of an engine that can take back what was not committed. */
export async function isSound(session: ControlSession): Promise<boolean> {
  const sound = await session.rows(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = DATABASE() AND engine = 'InnoDB' AND table_name LIKE 'interlock%'`,
  );
  return Object.keys(TABLES).every((name) => sound.some((row) => row.name === name));
}

async function makeStore(session: ControlSession): Promise<void> {
  for (const [name, columns] of Object.entries(TABLES)) {
    await session.change(`CREATE TABLE IF NOT EXISTS ${name} (${columns}) ${MADE}`);
  }
  await session.change('INSERT IGNORE INTO interlock_store VALUES (1, ?, ?, ?, ?, 0)', [
    VERSION,
    newStoreId(),
    randomBytes(KEY_BYTES).toString('hex'),
    session.home,
  ]);
}

/** Inside a transaction that has the row: all that is open ends, and no old token is for this store. */
export async function renewStore(session: ControlSession): Promise<void> {
  await session.change(`UPDATE interlock_requests SET state = 'restored' WHERE state = 'open'`);
  const renewed = 'UPDATE interlock_store SET id = ?, home = ? WHERE one = 1';
  await session.change(renewed, [newStoreId(), session.home]);
}

function newStoreId(): string {
  return randomBytes(ID_BYTES).toString('base64url');
}
