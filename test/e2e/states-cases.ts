// Every way a link between two servers can be, as people and accidents bring it about, and what
// makes the link go on from there. states.ts runs them on each line of servers.
import type { ServerLine } from '../../src/lab/lines.js';
import {
  replicate,
  resetWithoutAll,
  startReplication,
  stopReplication,
} from '../../src/lab/replication.js';
import { WirePath } from '../support/wire-cut.js';
import { forgetSources, link, pointAt, type Scene, untilState } from './states-scene.js';

export interface StateCase {
  readonly name: string;
  readonly on?: readonly ServerLine[];
  /** MySQL takes seconds to restart: there only `npm run states` has these. */
  readonly isSlow?: boolean;
  /** Of the link db2 → db1, once `arrange` is done. */
  readonly states: readonly string[];
  readonly arrange: (scene: Scene) => Promise<void>;
  /**
   * What happens later. Where the link was not severed this brings what was dropped meanwhile;
   * where it was, it is how the owner links again, and the data stays.
   */
  readonly goOn: (scene: Scene) => Promise<void>;
}

const start = ({ db1 }: Scene): Promise<void> => startReplication(db1);
const nothing = (): Promise<void> => Promise.resolve();
const NO_AUTO_START: Readonly<Record<ServerLine, string>> = {
  'mariadb-10.11': '--skip-slave-start',
  'mysql-9': '--skip-replica-start',
  'mysql-5.6': '--skip-slave-start',
};
const HAS_CHANNELS: readonly ServerLine[] = ['mariadb-10.11', 'mysql-9'];

let path: WirePath | undefined;

async function throughPath(scene: Scene): Promise<WirePath> {
  path?.close();
  path = await WirePath.open(scene.db2.port);
  await forgetSources(scene.db1);
  await pointAt(scene.db1, scene.db2, { port: path.port });
  await start(scene);
  await untilState(scene, ['db2', 'db1'], ['live']);
  return path;
}

/** A session of the network's other end would otherwise outlive the servers. */
export function closePath(): void {
  path?.close();
  path = undefined;
}

export const STATE_CASES: readonly StateCase[] = [
  { name: 'both threads run', states: ['live'], arrange: nothing, goOn: nothing },
  {
    name: 'the I/O thread is stopped',
    states: ['armed'],
    arrange: ({ db1 }) => stopReplication(db1, { thread: 'io' }),
    goOn: start,
  },
  {
    name: 'the SQL thread is stopped',
    states: ['live'],
    arrange: ({ db1 }) => stopReplication(db1, { thread: 'sql' }),
    goOn: ({ db1 }) => startReplication(db1, { thread: 'sql' }),
  },
  {
    name: 'both threads are stopped, and the consumer restarts',
    states: ['armed'],
    arrange: ({ db1 }) => stopReplication(db1),
    goOn: ({ db1 }) => db1.restart(),
  },
  {
    name: 'the consumer has restarted without starting its threads',
    isSlow: true,
    states: ['armed'],
    arrange: ({ db1, line }) => db1.restart([NO_AUTO_START[line]]),
    goOn: start,
  },
  {
    name: 'RESET without ALL left a row',
    states: ['armed'],
    arrange: async ({ db1, db2, line }) => {
      await resetWithoutAll(db1);
      // START begins with the first event there is. MariaDB (since 10.10) passes over what it has by
      // GTID; without GTIDs it must be one that can be replayed.
      if (line === 'mysql-5.6') await db2.query('RESET MASTER');
      if (line === 'mysql-9') await db2.query('RESET BINARY LOGS AND GTIDS');
    },
    goOn: start,
  },
  {
    name: 'its password is wrong',
    states: ['live'],
    arrange: async (scene) => {
      await stopReplication(scene.db1);
      await pointAt(scene.db1, scene.db2, { password: 'wrong' });
      await start(scene);
    },
    goOn: async (scene) => {
      await stopReplication(scene.db1);
      await change(scene, "PASSWORD='lab-replication'");
      await start(scene);
    },
  },
  {
    name: 'its connection is cut, by another address',
    states: ['live', 'unknown'],
    arrange: async (scene) => (await throughPath(scene)).cut(),
    goOn: () => Promise.resolve(path?.mend()),
  },
  {
    name: 'its connection is half-open, by another address',
    states: ['live'],
    arrange: async (scene) => (await throughPath(scene)).silence(),
    goOn: () => Promise.resolve(path?.mend()),
  },
  {
    name: 'the consumer is frozen',
    isSlow: true,
    states: ['unknown'],
    arrange: ({ db1 }) => db1.kill('SIGSTOP'),
    goOn: ({ db1 }) => db1.kill('SIGCONT'),
  },
  {
    name: 'the consumer is killed, and comes back',
    isSlow: true,
    states: ['unknown'],
    arrange: ({ db1 }) => db1.kill('SIGKILL'),
    goOn: ({ db1 }) => db1.restart(),
  },
  {
    name: 'the consumer applies an hour later',
    on: HAS_CHANNELS,
    states: ['live'],
    arrange: ({ db1, db2 }) => delayed(db1, db2, 3_600),
    goOn: async (scene) => {
      await stopReplication(scene.db1);
      await change(scene, 'DELAY=0');
      await start(scene);
    },
  },
  {
    name: 'a second channel holds the source, stopped',
    on: HAS_CHANNELS,
    states: ['armed'],
    arrange: async ({ db1, db2, db3 }) => {
      await link(db1, db3);
      await replicate({ consumer: db1, source: db2, gtid: false, channel: 'extra', start: false });
    },
    goOn: ({ db1 }) => startReplication(db1, { channel: 'extra' }),
  },
  {
    name: 'a second channel holds the source, running',
    on: HAS_CHANNELS,
    states: ['live'],
    arrange: async ({ db1, db2, db3 }) => {
      await link(db1, db3);
      await replicate({ consumer: db1, source: db2, gtid: false, channel: 'extra' });
    },
    goOn: nothing,
  },
  {
    name: 'the consumer forgot its source (RESET … ALL)',
    states: ['severed'],
    arrange: ({ db1 }) => forgetSources(db1),
    goOn: ({ db1, db2 }) => link(db1, db2),
  },
  {
    name: 'the consumer was pointed elsewhere, and back later',
    states: ['severed'],
    arrange: ({ db1, db3 }) => link(db1, db3),
    goOn: ({ db1, db2 }) => link(db1, db2),
  },
  {
    name: 'the consumer was pointed elsewhere and never started',
    states: ['severed'],
    arrange: async ({ db1, db3 }) => {
      await stopReplication(db1);
      await pointAt(db1, db3);
    },
    goOn: ({ db1, db2 }) => link(db1, db2),
  },
];

async function delayed(consumer: Scene['db1'], source: Scene['db2'], seconds: number) {
  await forgetSources(consumer);
  await replicate({ consumer, source, gtid: false, delaySeconds: seconds });
}

async function change({ db1, line }: Scene, field: string): Promise<void> {
  const words = line === 'mysql-9' ? 'REPLICATION SOURCE TO SOURCE' : 'MASTER TO MASTER';
  await db1.query(`CHANGE ${words}_${field}`);
}
