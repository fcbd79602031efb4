// What went wrong between Interlock and its control database, and what may be done about it. Pure.
// Whatever is not known here is final: nothing is tried again that might have been done.
import { messageOf } from '../errors.js';

/**
 * `again`: the server has undone the transaction, and the same may be asked once more. `elsewhere`:
 * this connection or server is no use, and nothing was committed by it. `final`: neither would help.
 */
export type Remedy = 'again' | 'elsewhere' | 'final';

/** Thrown when nobody can say whether what was asked to be committed is. */
export class UnconfirmedCommit extends Error {
  constructor(cause: unknown) {
    super(`it did not confirm the commit (${messageOf(cause)})`, { cause });
    this.name = 'UnconfirmedCommit';
  }
}

/** A server that answers, and must not be used for this. */
export class UnfitServer extends Error {}

/** It was asked, and said nothing in time. */
export class NoAnswer extends UnfitServer {}

/** No address will do, and each reason is in the message. */
export class NoServer extends Error {
  /** One of them may only be slow: a cluster that has just lost a member answers nobody for seconds. */
  readonly isSlow: boolean;

  constructor(message: string, isSlow: boolean) {
    super(message);
    this.isSlow = isSlow;
  }
}

/** The server has undone it: a lock that came too late, a deadlock, a cluster's certification. */
const UNDONE = new Set([
  1020, // ER_CHECKREAD: changed since the snapshot
  1205, // ER_LOCK_WAIT_TIMEOUT
  1213, // ER_LOCK_DEADLOCK, and Galera's certification
  3101, // ER_TRANSACTION_ROLLBACK_DURING_COMMIT: a group's certification
]);

/** The server itself is going, full, or may not write. */
const NOT_HERE = new Set([
  1040, // ER_CON_COUNT_ERROR
  1047, // ER_UNKNOWN_COM_ERROR: a Galera node outside its cluster
  1053, // ER_SERVER_SHUTDOWN
  1203, // ER_TOO_MANY_USER_CONNECTIONS
  1290, // ER_OPTION_PREVENTS_STATEMENT: --read-only
  1317, // ER_QUERY_INTERRUPTED
  1836, // ER_READ_ONLY_MODE
  1927, // ER_CONNECTION_KILLED
  3100, // ER_RUN_HOOK_ERROR: a member outside its group
]);

/** ER_DBACCESS_DENIED_ERROR, ER_TABLEACCESS_DENIED_ERROR */
const NO_RIGHT = new Set([1044, 1142]);

export function remedyFor(thrown: unknown): Remedy {
  if (thrown instanceof UnconfirmedCommit) return 'final';
  if (thrown instanceof UnfitServer) return 'elsewhere';
  if (thrown instanceof NoServer) return thrown.isSlow ? 'elsewhere' : 'final';
  const errno = serverErrorOf(thrown);
  if (errno === undefined) return isLost(thrown) ? 'elsewhere' : 'final';
  if (UNDONE.has(errno) || isForcedOut(thrown)) return 'again';
  return NOT_HERE.has(errno) ? 'elsewhere' : 'final';
}

/** Of all answers to COMMIT but OK, those by which a server says that nothing of it is left. */
export function isUndoneCommit(thrown: unknown): boolean {
  const errno = serverErrorOf(thrown);
  return errno === 1213 || errno === 3101 || isForcedOut(thrown);
}

/**
 * ER_ERROR_DURING_COMMIT with HA_ERR_LOCK_DEADLOCK inside: a member of a group made way for what another
 * member had certified (seen on MySQL 9.7). With any other error inside, nothing is known.
 */
function isForcedOut(thrown: unknown): boolean {
  return serverErrorOf(thrown) === 1180 && /^Got error 149\b/.test(messageOf(thrown));
}

/** The number of an ERR packet; undefined for everything that no server said. */
export function serverErrorOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errno' in thrown)) return undefined;
  const { errno } = thrown;
  return typeof errno === 'number' && errno > 0 ? errno : undefined;
}

/** Of the network or the driver: it says so by a code of its own, or that the connection is over. */
function isLost(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return 'code' in thrown || ('fatal' in thrown && thrown.fatal === true);
}

/** What may be missing, in the words of whoever can mend it. */
export function reasonOf(
  thrown: unknown,
  at: { readonly database: string; readonly user: string },
): string {
  const { database, user } = at;
  const rights = `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON ${database}.* TO ${user}`;
  const errno = serverErrorOf(thrown) ?? 0;
  if (NO_RIGHT.has(errno)) return `${user} lacks rights: ${rights} (${messageOf(thrown)})`;
  if (errno === 1049) return `no database ${database}: CREATE DATABASE ${database}; ${rights}`;
  return messageOf(thrown);
}
