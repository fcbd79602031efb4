// The catalogue of operating failures: what can go wrong that is neither a verdict (a value) nor
// a bug of ours (an assert). Each has a code from one closed union, and says how to mend it.

export type InterlockErrorCode =
  | 'ADMIN_UNAVAILABLE'
  | 'APPROVERS_INVALID'
  | 'AUDIT_UNAVAILABLE'
  | 'CONFIG_INVALID'
  | 'CONNECTION_LIMIT'
  | 'DUMP_INVALID'
  | 'HANDSHAKE_TIMEOUT'
  | 'LAB_FAILED'
  | 'LISTEN_FAILED'
  | 'MALFORMED_PACKET'
  | 'PROBE_FAILED'
  | 'RULES_INVALID'
  | 'SERVER_UNREACHABLE'
  | 'STATEMENT_TOO_LARGE'
  | 'STORE_UNAVAILABLE'
  | 'TLS_FAILED'
  | 'WORKER_FAILED';

export class InterlockError extends Error {
  readonly code: InterlockErrorCode;

  constructor(code: InterlockErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InterlockError';
    this.code = code;
  }
}

/** The message of whatever was thrown, for a sentence that quotes it. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
