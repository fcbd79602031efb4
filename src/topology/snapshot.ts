// The immutable picture of replication: what every configured server said of itself, stamped with
// when it was asked. Types and plain look-ups; probe.ts fills it, links.ts and cascade.ts read it.
import type { Flavour } from '../sql/dialect.js';

/** In order of danger: severed < armed < live < unknown. */
export const LINK_STATES = ['severed', 'armed', 'live', 'unknown'] as const;
export type LinkState = (typeof LINK_STATES)[number];

/** The name that all consumers we do not know share, in metrics and in rules. */
export const STRANGER = 'stranger';

/** A server as the configuration names it. */
export interface ServerEntry {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly guarded: boolean;
}

/** One channel or named connection by which a server consumes from another. */
export interface ConsumerChannel {
  /** '' for the default channel. */
  readonly name: string;
  readonly sourceHost: string;
  readonly sourcePort: number;
  /** The account it logs in with at its source. */
  readonly sourceUser?: string;
  /** Absent where the consumer never learned it (never connected, MariaDB). */
  readonly sourceUuid?: string;
  readonly sourceServerId?: number;
  /** The I/O (receiver) thread runs, or is connecting. */
  readonly receiving: boolean;
  /** The I/O thread is connected, so what it says of its source is of now. */
  readonly connected: boolean;
  /** The receiver's last error, where it has one. */
  readonly receiverError?: string;
  /** The SQL (applier) thread runs. */
  readonly applying: boolean;
  /** CHANGE … DELAY in seconds, 0 if none; filters in words. Shown, never safety. */
  readonly delaySeconds: number;
  readonly filters: readonly string[];
  /** What it has executed, in its source's own file names; '' for the file after a RESET. */
  readonly executed?: { readonly file: string; readonly position: number };
  /** The same place in its own relay log: what it would run next. */
  readonly relay?: { readonly file: string; readonly position: number };
  /** It asks for what it lacks by GTID, whatever `executed` says. */
  readonly byGtid?: boolean;
}

/** A source in a failover list of a consumer (MySQL asynchronous_connection_failover). */
export interface FailoverSource {
  readonly channel: string;
  readonly host: string;
  readonly port: number;
}

/** A Binlog Dump thread, or an entry of SHOW REPLICAS, as the source sees it. */
export interface DumpThread {
  /** Thread id at the source (what KILL takes); absent for a list entry without a thread. */
  readonly threadId?: number;
  readonly user?: string;
  readonly host?: string;
  readonly consumerUuid?: string;
  readonly consumerServerId?: number;
}

/** A server's identity, by which it is told apart from others whatever its address. */
export interface Identity {
  readonly serverId: number;
  /** MySQL's @@server_uuid. */
  readonly serverUuid?: string;
  /** MariaDB's @@server_uid (10.11 and later). */
  readonly serverUid?: string;
}

/** A member of a cluster or group, as another member lists it. */
export interface GroupMember {
  readonly uuid?: string;
  readonly host: string;
  /** 0 where the list gives none. */
  readonly port: number;
}

/** A Galera cluster or a replication group that a server is in or is set up for. */
export interface Group {
  readonly kind: 'galera' | 'group-replication';
  /** The cluster's state UUID or the group's name: equal for all members. */
  readonly name: string;
  /** Takes part now; false: set up for it, so that it can join at any time. */
  readonly joined: boolean;
  /** How many take part, this server included; 0 where it has not joined. */
  readonly size: number;
  /** Those it lists, possibly without itself. */
  readonly members: readonly GroupMember[];
}

/** What a server says of the transactions it has executed, as its variables word it. */
export interface ExecutedGtids {
  /** MySQL: gtid_executed and gtid_purged; absent where it has no such variable. */
  readonly executed?: string;
  readonly purged?: string;
  /** MariaDB: gtid_slave_pos. */
  readonly slavePos?: string;
  /** Event groups that the applier will pass over at its next start. */
  readonly skipCounter: number;
  /** MySQL: gtid_mode gives new transactions none, whatever older ones had. */
  readonly isOff?: true;
}

/** What one server said when asked, all at one time. */
export interface ServerAnswer {
  readonly kind: 'answered';
  readonly server: string;
  readonly askedAtMs: number;
  /** The same moment on the monotonic clock. */
  readonly askedAtMonotonicMs: number;
  readonly answeredAtMs: number;
  readonly identity: Identity;
  /** Which server it is, in the words that a session is asked for too (leg.ts). */
  readonly leg?: string;
  readonly flavour: Flavour;
  readonly version: number;
  readonly versionText: string;
  readonly logBin: boolean;
  /** Passes on what it receives (log_replica_updates / log_slave_updates, with log_bin). */
  readonly passesOn: boolean;
  readonly readOnly: boolean;
  readonly lowerCaseTableNames: number;
  readonly channels: readonly ConsumerChannel[];
  readonly failoverSources: readonly FailoverSource[];
  readonly dumpThreads: readonly DumpThread[];
  readonly groups: readonly Group[];
  /** Addresses it reports of itself (report_host, hostname), besides the configured one. */
  readonly reportedAddresses: readonly Address[];
  /** Absent where the binary log is off. */
  readonly coordinates?: BinlogCoordinates;
  readonly gtids?: ExecutedGtids;
  /** Rights the monitor account lacks here: PROCESS, REPLICA MONITOR. Empty: it sees everything. */
  readonly missingRights: readonly string[];
  /** What could not be seen though no link's state hangs on it, and the GRANT that mends it. */
  readonly warnings: readonly string[];
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface BinlogCoordinates {
  readonly file: string;
  readonly position: number;
  /** MySQL: executed GTID set. MariaDB: gtid_binlog_pos. '' where there is none. */
  readonly gtid: string;
}

/** Why a server could not be asked: also the `reason` label of interlock_link_probe_failures_total. */
export type ProbeFailureReason =
  | 'timeout'
  | 'refused'
  | 'unreachable'
  | 'access-denied'
  | 'missing-rights'
  | 'error'
  | 'never-asked';

/** Why a server could not be asked, in words a person can act on. */
export interface ServerSilence {
  readonly kind: 'silent';
  readonly server: string;
  readonly askedAtMs: number;
  readonly askedAtMonotonicMs: number;
  readonly reason: ProbeFailureReason;
  readonly message: string;
}

export type ServerView = ServerAnswer | ServerSilence;

/** A consumer declared not to apply what it reads (config's `readers`). */
export interface ReaderSpec {
  readonly server: string;
  readonly serverId?: number;
  readonly user?: string;
}

/** A directed replication path from a source to a consumer. */
export interface Link {
  /** A configured server's name. */
  readonly source: string;
  /** A configured server's name, or STRANGER. */
  readonly consumer: string;
  readonly state: LinkState;
  /** Why it is in this state, in words: `I/O thread connecting`, `row with a host, stopped`. */
  readonly reason: string;
  /** Dump threads at the source that belong to it (or, when severed, are left over). */
  readonly threads: readonly DumpThread[];
  /** Declared not to apply what it reads: shown, not counted as linked. */
  readonly reader: boolean;
  /** The consumer's channel, where one was seen. */
  readonly channel?: ConsumerChannel;
  /** What it consists of, where a cluster or group is among it; absent: a binary log alone. */
  readonly parts?: readonly LinkPart[];
  /** Since when it is in this state, milliseconds since the epoch; absent when just probed. */
  readonly sinceMs?: number;
}

/** One of the ways by which a link carries changes. */
export interface LinkPart {
  readonly carrier: 'binlog' | Group['kind'];
  readonly state: LinkState;
  readonly reason: string;
}

/** Everything known at one moment. Never changed after it was made. */
export interface Picture {
  /** The moment the oldest of its probes was sent, milliseconds since the epoch. */
  readonly askedAtMs: number;
  /** Milliseconds on the monotonic clock for the same moment: what freshness is measured by. */
  readonly askedAtMonotonicMs: number;
  readonly entries: readonly ServerEntry[];
  readonly views: ReadonlyMap<string, ServerView>;
  /** Every ordered pair of configured servers, and one STRANGER link a stranger. */
  readonly links: readonly Link[];
}

/** One server that an effect at a guarded server would get to. */
export interface ReachEntry {
  /** A configured server's name, or STRANGER. */
  readonly server: string;
  /** From the guarded server to this one, both included: ['db2', 'db1', 'replica1']. */
  readonly path: readonly string[];
  /** The least dangerous link on the most dangerous path. Never 'severed'. */
  readonly state: Exclude<LinkState, 'severed'>;
  /** Takes writes of its own, or is guarded, or unknown. */
  readonly writable: boolean;
  /** The reason of the link that gives the state. */
  readonly reason: string;
}

/** The more dangerous of two states. */
export function worse(a: LinkState, b: LinkState): LinkState {
  return LINK_STATES.indexOf(a) >= LINK_STATES.indexOf(b) ? a : b;
}
