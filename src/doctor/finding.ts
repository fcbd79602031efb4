// What the doctor says: one thing that is wrong, or that could not be seen, and the way to mend it.
// Types and small words only; each other file of this room finds one kind.

export type Severity = 'error' | 'warning' | 'info';

export interface Finding {
  /** The server it is about; absent where it is about Interlock's own files. */
  readonly server?: string;
  /** What kind it is, for programs: `account-around`, `open-door`. Never renamed. */
  readonly id: FindingId;
  readonly severity: Severity;
  readonly message: string;
  /** What to type or to change. */
  readonly mend?: string;
}

export const FINDING_IDS = [
  'unreachable',
  'cannot-see',
  'account-around',
  'account-opened',
  'session-around',
  'open-door',
  'code-inside',
  'other-server',
  'unguarded-peer',
  'monitor-rights',
  'recovery',
  'tls',
  'clock',
  'approvals-store',
  'rule',
] as const;
export type FindingId = (typeof FINDING_IDS)[number];

/** What finds say of one server, without its name: examine.ts puts that to it. */
export type ServerFinding = Omit<Finding, 'server'>;

/** `a, b and 3 more`: as many as a line has room for. */
export function listed(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
