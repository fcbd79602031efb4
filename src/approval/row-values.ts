// What the rows of a store say, whichever store it is: its columns are named alike. No SQL here.
import type { RequestState, StoredHold, StoredToken, StoredUse } from './store.js';

const STATES: readonly RequestState[] = ['open', 'used', 'denied', 'expired', 'restored'];

/** A word that we never wrote opens nothing. */
export function requestStateOf(value: unknown): RequestState {
  return STATES.find((state) => state === value) ?? 'expired';
}

/** A row as either driver gives it. */
export type StoredRow = Readonly<Record<string, unknown>>;

export function tokenOf(row: StoredRow): StoredToken {
  return {
    id: String(row.id),
    person: String(row.person),
    decision: row.decision === 'approve' ? 'approve' : 'deny',
    addedMs: Number(row.added_ms),
    token: String(row.token),
  };
}

export function useOf(row: StoredRow): StoredUse {
  return { recordId: String(row.record_id), usedMs: Number(row.used_ms) };
}

export function holdOf(row: StoredRow): StoredHold {
  return {
    session: String(row.session),
    sinceMs: Number(row.since_ms),
    statements: Number(row.statements),
    last: useOf(row),
  };
}
