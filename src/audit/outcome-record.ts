// What is recorded of a statement that was let through, after its decision: what became of it, of
// the transaction it was in, and where in the binary log it is. Pure; gateway/outcomes.ts writes it.
import type { BinlogCoordinates } from '../topology/snapshot.js';

/** What became of a statement that was let through; written once its response has ended. */
export interface OutcomeRecord {
  readonly v: 1;
  readonly kind: 'outcome';
  readonly id: string;
  readonly time: string;
  readonly server: string;
  /** `unknown`: whoever let it pass had ended before it was known, and this is said afterwards. */
  readonly outcome: 'ok' | 'error' | 'connection-lost' | 'ended' | 'unknown';
  readonly errorCode?: number;
  /** Of `ended` (in-flight.md): what would refuse it by now, what the client was told, what failed. */
  readonly rule?: string;
  readonly message?: string;
  readonly failure?: string;
  /** Absent of `unknown`. */
  readonly durationMs?: number;
  readonly binlogAfter?: BinlogCoordinates;
  /** Its transactions as the server told the session, where that has them tracked. */
  readonly gtids?: readonly string[];
  /** The transaction was still open when the response ended: what it did is logged at its COMMIT. */
  readonly inTransaction?: true;
  /**
   * The transactions of the binary log that are the statement's own; empty: nothing was logged.
   * Absent: it is somewhere between `binlogBefore` and `binlogAfter`.
   */
  readonly loggedAs?: readonly LoggedPlace[];
}

/** What became of the transaction that a statement was in, and where it is logged. */
export interface LoggedRecord {
  readonly v: 1;
  readonly kind: 'logged';
  readonly id: string;
  readonly time: string;
  readonly server: string;
  /**
   * Absent: it has ended, by a COMMIT as far as is known. `left-open`: its session ended first, and
   * the server undoes it unless a COMMIT was on its way. `unknown`: Interlock had ended by then.
   */
  readonly transaction?: 'rolled-back' | 'left-open' | 'unknown';
  readonly binlogAfter?: BinlogCoordinates;
  readonly gtids?: readonly string[];
  readonly loggedAs?: readonly LoggedPlace[];
}

/** One transaction of the binary log: its first byte, the byte behind it, its GTID. */
export interface LoggedPlace {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly gtid?: string;
}

/** What became of a statement that was let through. */
export function outcomeRecord(evidence: {
  readonly id: string;
  readonly nowMs: number;
  readonly server: string;
  readonly outcome: {
    readonly kind: OutcomeRecord['outcome'];
    readonly errorCode?: number;
    readonly isOpen?: boolean;
    readonly gtids?: readonly string[];
  };
  readonly ended?: Pick<OutcomeRecord, 'rule' | 'message' | 'failure'>;
  readonly durationMs: number;
  readonly binlogAfter?: BinlogCoordinates;
  readonly loggedAs?: readonly LoggedPlace[];
}): OutcomeRecord {
  return {
    v: 1,
    kind: 'outcome',
    id: evidence.id,
    time: new Date(evidence.nowMs).toISOString(),
    server: evidence.server,
    outcome: evidence.outcome.kind,
    ...(evidence.outcome.errorCode === undefined ? {} : { errorCode: evidence.outcome.errorCode }),
    ...evidence.ended,
    durationMs: evidence.durationMs,
    ...(evidence.binlogAfter === undefined ? {} : { binlogAfter: evidence.binlogAfter }),
    ...(evidence.outcome.gtids === undefined ? {} : { gtids: evidence.outcome.gtids }),
    ...(evidence.outcome.isOpen === true ? { inTransaction: true as const } : {}),
    ...(evidence.loggedAs === undefined ? {} : { loggedAs: evidence.loggedAs }),
  };
}
