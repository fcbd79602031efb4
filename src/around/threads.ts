// Which sessions of a server did not come through Interlock, told from the server's own list of
// threads. Pure; around-watch.ts asks.
import { isInNetwork, type Network, parseIp } from '../policy/network.js';
import { numberOf, type Row, textOf } from '../topology/rows.js';

/** One line of the server's list, of a client's session. */
export interface Thread {
  readonly id: number;
  readonly user: string;
  /** Without its port; `localhost` over the Unix socket. */
  readonly host: string;
}

/** What is asked of a server: short columns only, never the text of a statement. */
export const THREADS_SQL = 'SELECT ID, USER, HOST, COMMAND FROM information_schema.PROCESSLIST';

export interface Known {
  /** The server's thread ids of sessions through Interlock. */
  readonly through: ReadonlySet<number>;
  /** The account that Interlock itself asks under. */
  readonly monitorUser: string;
  /** Hosts that are meant to go directly: backups, an orchestrator, another Interlock. */
  readonly expected: readonly Network[];
}

/** The greeting has room for 32 bits of a thread id. */
const GREETED_IDS = 2 ** 32;

/** Threads that are nobody's session: replication's, the scheduler's, the server's own. */
const OWN_USERS = new Set([
  'system user',
  'event_scheduler',
  'unauthenticated user',
  'mysql.session',
]);
const OWN_COMMANDS = /^(Binlog Dump|Daemon$|Register Slave$|Slave_|Connect Out$)/;

export function threadsAround(rows: readonly Row[], known: Known): readonly Thread[] {
  return rows.flatMap((row) => {
    const thread = threadOf(row);
    if (thread === undefined || thread.user === known.monitorUser) return [];
    if (known.through.has(thread.id % GREETED_IDS) || isExpected(thread, known)) return [];
    return [thread];
  });
}

function threadOf(row: Row): Thread | undefined {
  const id = numberOf(row, ['ID']);
  const user = textOf(row, ['USER']) ?? '';
  const command = textOf(row, ['COMMAND']) ?? '';
  if (id === undefined || OWN_USERS.has(user) || OWN_COMMANDS.test(command)) return undefined;
  return { id, user, host: hostOf(textOf(row, ['HOST']) ?? '') };
}

/** `10.0.0.9:41234`, `[2001:db8::1]:41234`, `2001:db8::1:41234`, `host.example:41234`, `localhost`. */
function hostOf(text: string): string {
  const bracketed = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1];
  return bracketed ?? text.replace(/:\d+$/, '');
}

function isExpected({ host }: Thread, { expected }: Known): boolean {
  const ip = parseIp(host);
  return ip !== undefined && expected.some((network) => isInNetwork(ip, network));
}
