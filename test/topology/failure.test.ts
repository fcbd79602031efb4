import { describe, expect, it } from 'vitest';
import {
  failureOf,
  grantStatement,
  isMissingRight,
  lacksRight,
  timedOut,
} from '../../src/topology/failure.js';

const ASKED = { server: 'db1', address: '10.0.0.1:3306', user: 'interlock' };

function thrown(facts: { errno?: number; code?: string }): Error {
  return Object.assign(new Error('as the driver says'), facts);
}

describe('why a server could not be asked', () => {
  it.each([
    [{ errno: 1045 }, 'access-denied', 'monitor.user'],
    [{ errno: 1130 }, 'access-denied', 'Create interlock'],
    [{ errno: 1129 }, 'access-denied', 'FLUSH HOSTS'],
    [{ errno: 1040 }, 'refused', 'max_connections'],
    [{ code: 'ECONNREFUSED' }, 'refused', 'Start it'],
    [{ code: 'ENOTFOUND' }, 'unreachable', 'Check its address'],
    [{ code: 'PROTOCOL_CONNECTION_LOST' }, 'unreachable', 'Check its address'],
    [{ code: 'ETIMEDOUT' }, 'timeout', 'hangs'],
    [{ code: 'HANDSHAKE_NO_SSL_SUPPORT' }, 'error', 'servers.tls'],
    [{ errno: 1193 }, 'error', 'as the driver says'],
  ])('is told from %j', (facts, reason, mend) => {
    const failure = failureOf(thrown(facts), ASKED);
    expect(failure.reason).toBe(reason);
    expect(failure.message).toContain('db1 (10.0.0.1:3306)');
    expect(failure.message).toContain(mend);
  });

  it('is told of whatever was thrown', () => {
    expect(failureOf('text', ASKED)).toMatchObject({ reason: 'error' });
  });

  it('names the deadline that passed', () => {
    expect(timedOut(ASKED, 2_000)).toMatchObject({ reason: 'timeout' });
    expect(timedOut(ASKED, 2_000).message).toContain('2000 ms');
  });

  it('names the GRANT for the account the server took the login for', () => {
    const { reason, message } = lacksRight(ASKED, 'REPLICA MONITOR', 'interlock@10.0.%');
    expect(reason).toBe('missing-rights');
    expect(message).toContain("GRANT REPLICA MONITOR ON *.* TO 'interlock'@'10.0.%';");
    expect(grantStatement(['PROCESS', 'SUPER'], 'root')).toBe(
      "GRANT PROCESS, SUPER ON *.* TO 'root';",
    );
  });

  it('is a missing right only by the server’s own numbers', () => {
    expect([1227, 1142, 1044].every((errno) => isMissingRight(thrown({ errno })))).toBe(true);
    expect(isMissingRight(thrown({ errno: 1146 }))).toBe(false);
    expect(isMissingRight(new Error('1227'))).toBe(false);
  });
});
