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

/** What the system says of a file, in words; its code stays for whoever looks it up. */
const FILE_TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'this account has no right to it',
  EPERM: 'this account has no right to it',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'a part of its path is there, and no folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many files are open',
};

/** Why a file cannot be read or written, for a sentence that names it. */
export function fileTroubleOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const words = FILE_TROUBLES[code];
  return words === undefined ? messageOf(thrown) : `${words} (${code})`;
}
