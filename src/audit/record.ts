// The audit record: one JSON object a line, `v: 1`. Fields are added, never renamed. What of the
// text may be shown is redact.ts's; putting it on disk is sink.ts's.
import type { RuleMatch, VerdictKind } from '../policy/verdict.js';
import type { BinlogCoordinates, LinkState } from '../topology/snapshot.js';

/** A guarded statement as it was judged: on disk before it is forwarded or refused. */
export interface DecisionRecord {
  readonly v: 1;
  readonly kind: 'decision';
  /** What the error message ends with. */
  readonly id: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  readonly server: string;
  readonly user: string;
  readonly client: { readonly address: string; readonly port: number };
  readonly session: number;
  readonly threadId: number;
  readonly program?: string;
  readonly database?: string;
  readonly command: string;
  /** Literals masked; over 64 KiB as head and tail. */
  readonly statement: string;
  readonly statementBytes: number;
  readonly statementSha256: string;
  readonly effects: readonly {
    readonly effect: string;
    readonly verb: string;
    readonly objects: readonly string[];
    readonly deferred: boolean;
    readonly reason?: string;
  }[];
  readonly logged: boolean | 'unknown';
  readonly mode: 'enforce' | 'shadow';
  readonly verdict: VerdictKind;
  /** What the rule says, when shadow mode let it pass. */
  readonly wouldBe: VerdictKind;
  readonly rule: string;
  readonly rules: readonly RuleMatch[];
  readonly revision: string;
  readonly links: readonly {
    readonly source: string;
    readonly consumer: string;
    readonly state: LinkState;
    readonly reason: string;
  }[];
  /** Age of the link states when they were used. */
  readonly linksAgeMs: number;
  readonly reach: readonly {
    readonly server: string;
    readonly path: readonly string[];
    readonly state: LinkState;
    readonly writable: boolean;
  }[];
  /** Of the guarded server, before the statement; absent where unknown or the binlog is off. */
  readonly binlogBefore?: BinlogCoordinates;
  /** What the client was told. */
  readonly message?: string;
}

/** What became of a statement that was let through; written once its response has ended. */
export interface OutcomeRecord {
  readonly v: 1;
  readonly kind: 'outcome';
  readonly id: string;
  readonly time: string;
  readonly server: string;
  readonly outcome: 'ok' | 'error' | 'connection-lost';
  readonly errorCode?: number;
  readonly durationMs: number;
  readonly binlogAfter?: BinlogCoordinates;
}

export type AuditRecord = DecisionRecord | OutcomeRecord;
