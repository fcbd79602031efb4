// Why a server could not be asked: the driver's and the server's errors as a reason from the closed
// list and a sentence that says who, what and how to mend it. Pure; never quotes a password.
import { messageOf } from '../errors.js';
import type { ProbeFailureReason } from './snapshot.js';

export interface ProbeFailure {
  readonly reason: ProbeFailureReason;
  readonly message: string;
}

/** Whom the message is about: the server's name and address, and the monitor account. */
export interface Asked {
  readonly server: string;
  readonly address: string;
  readonly user: string;
}

/** Errors by which a server says that an account lacks a right. */
const MISSING_RIGHT_ERRORS: readonly number[] = [1044, 1142, 1143, 1227, 1370];

/** Errors by which a server turns a login away. */
const LOGIN_ERRORS: readonly number[] = [1045, 1698, 1862, 3118, 4151];

const HOST_NOT_ALLOWED = 1130;
const HOST_BLOCKED = 1129;
const TOO_MANY_CONNECTIONS = 1040;

export function errorNumberOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errno' in error)) return undefined;
  return typeof error.errno === 'number' ? error.errno : undefined;
}

export function isMissingRight(error: unknown): boolean {
  const number = errorNumberOf(error);
  return number !== undefined && MISSING_RIGHT_ERRORS.includes(number);
}

export function timedOut(asked: Asked, deadlineMs: number): ProbeFailure {
  return {
    reason: 'timeout',
    message:
      `${asked.server} (${asked.address}) did not answer within ${deadlineMs} ms. ` +
      'See whether it hangs or the network drops packets; links.deadline is the time it has.',
  };
}

/** Without this right the server's answer says nothing of what Interlock has to know. */
export function lacksRight(asked: Asked, right: string, account: string): ProbeFailure {
  return {
    reason: 'missing-rights',
    message:
      `${asked.server} (${asked.address}) does not let ${asked.user} see its replication. ` +
      `On it run: ${grantStatement([right], account)}`,
  };
}

export function grantStatement(rights: readonly string[], account: string): string {
  return `GRANT ${rights.join(', ')} ON *.* TO ${quotedAccount(account)};`;
}

export function failureOf(error: unknown, asked: Asked): ProbeFailure {
  const number = errorNumberOf(error);
  const who = `${asked.server} (${asked.address})`;
  if (number !== undefined && LOGIN_ERRORS.includes(number)) {
    return {
      reason: 'access-denied',
      message:
        `${who} refused the login of ${asked.user}: ${messageOf(error)}. ` +
        'Correct monitor.user and its password, or the account on that server.',
    };
  }
  if (number === HOST_NOT_ALLOWED || number === HOST_BLOCKED) {
    return {
      reason: 'access-denied',
      message:
        `${who} does not accept connections from this host: ${messageOf(error)}. ` +
        `${number === HOST_BLOCKED ? 'Run FLUSH HOSTS there' : `Create ${asked.user} for it`}.`,
    };
  }
  if (number === TOO_MANY_CONNECTIONS) {
    return {
      reason: 'refused',
      message: `${who} has no connection left: ${messageOf(error)}. Raise max_connections there.`,
    };
  }
  return networkFailure(error, who);
}

function networkFailure(error: unknown, who: string): ProbeFailure {
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') {
    return {
      reason: 'refused',
      message: `${who} refused the connection: nothing listens there. Start it, or correct its address.`,
    };
  }
  if (UNREACHABLE_CODES.includes(code)) {
    return {
      reason: 'unreachable',
      message: `${who} cannot be reached (${code}). Check its address and the network between.`,
    };
  }
  if (code === 'ETIMEDOUT') {
    return {
      reason: 'timeout',
      message: `${who} did not accept a connection in time. See whether it hangs.`,
    };
  }
  if (TLS_CODES.includes(code)) {
    return {
      reason: 'error',
      message: `${who} and Interlock could not agree on TLS: ${messageOf(error)}. Check servers.tls.`,
    };
  }
  return { reason: 'error', message: `${who} could not be asked: ${messageOf(error)}.` };
}

const UNREACHABLE_CODES: readonly string[] = [
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNRESET',
  'EPIPE',
  'PROTOCOL_CONNECTION_LOST',
];

const TLS_CODES: readonly string[] = ['HANDSHAKE_NO_SSL_SUPPORT', 'HANDSHAKE_SSL_ERROR'];

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** CURRENT_USER() gives user@host; a GRANT wants each in quotes. */
function quotedAccount(account: string): string {
  const at = account.lastIndexOf('@');
  if (at < 0) return `'${account}'`;
  return `'${account.slice(0, at)}'@'${account.slice(at + 1)}'`;
}
