// Monitor sessions for tests of who asks when: they answer with rows made here, as late as a test
// likes. They stand for the connection, not for a server: what servers say is tested on real ones.
import type { Rows } from '../../src/topology/answer.js';
import type { Target } from '../../src/topology/driver-options.js';
import type { Opening, Session } from '../../src/topology/monitor-connection.js';

export interface Script {
  /** Milliseconds an answer takes; Infinity never comes. */
  delayMs: number;
  rows: Rows;
  missingRights: readonly string[];
  /** Thrown by the next question, once. */
  failNext?: Error;
  /** Thrown by every login. */
  refuse?: Error;
}

export interface Stage {
  readonly script: Script;
  opened: number;
  destroyed: number;
  asked: number;
  /** How often it was asked for the place of its log alone. */
  positions: number;
  inFlight: number;
  mostInFlight: number;
  readonly open: (target: Target) => Opening;
}

export function stage(): Stage {
  const made: Stage = {
    script: { delayMs: 0, rows: rowsOf(1), missingRights: [] },
    opened: 0,
    destroyed: 0,
    asked: 0,
    positions: 0,
    inFlight: 0,
    mostInFlight: 0,
    open: () => {
      made.opened += 1;
      const { refuse } = made.script;
      const session =
        refuse === undefined ? Promise.resolve(sessionOn(made)) : Promise.reject(refuse);
      return { session, destroy: () => undefined };
    },
  };
  return made;
}

export function rowsOf(serverId: number): Rows {
  return { variables: [{ server_id: serverId, server_uuid: `uuid-${serverId}`, log_bin: 1 }] };
}

function sessionOn(made: Stage): Session {
  return {
    learned: {
      dialect: { flavour: 'mysql', version: 90_704 },
      versionText: '9.7.4',
      account: 'interlock@%',
      variables: [],
      logBin: true,
      wsrep: false,
      groupReplication: false,
    },
    missingRights: made.script.missingRights,
    warnings: [],
    coordinates: async () => {
      made.positions += 1;
      await later(made.script.delayMs);
      return made.script.rows;
    },
    ask: async () => {
      made.asked += 1;
      made.inFlight += 1;
      made.mostInFlight = Math.max(made.mostInFlight, made.inFlight);
      const { failNext, delayMs, rows } = made.script;
      delete made.script.failNext;
      try {
        await later(delayMs);
        if (failNext !== undefined) throw failNext;
        return rows;
      } finally {
        made.inFlight -= 1;
      }
    },
    destroy: () => {
      made.destroyed += 1;
      // What was in flight on it is in flight no more.
      made.inFlight = 0;
    },
  };
}

function later(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (delayMs === 0) resolve();
    else if (Number.isFinite(delayMs)) setTimeout(resolve, delayMs);
  });
}
