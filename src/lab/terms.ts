// The words each line has for replication, in one place: MySQL 9 has only the new ones, MySQL 5.6
// only the old ones, MariaDB its own. Text in, statements out; replication.ts runs them.
import type { ServerLine } from './lines.js';

/** Where a consumer begins to read. */
export type StartingPoint =
  | { readonly kind: 'gtid' }
  | { readonly kind: 'position'; readonly file: string; readonly position: number };

export interface ChangeSource {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly from: StartingPoint;
  /** Seconds the consumer waits before it applies what it received. */
  readonly delaySeconds?: number;
  /** MySQL's channel, MariaDB's connection name; '' for the default one. */
  readonly channel: string;
}

/** A quoted SQL string, for the default sql_mode. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

export function changeSource(line: ServerLine, change: ChangeSource): string {
  const word = line === 'mysql-9' ? 'SOURCE' : 'MASTER';
  const fields = [
    `${word}_HOST=${quoted(change.host)}`,
    `${word}_PORT=${change.port}`,
    `${word}_USER=${quoted(change.user)}`,
    `${word}_PASSWORD=${quoted(change.password)}`,
    `${word}_CONNECT_RETRY=1`,
    ...startingFields(line, change.from),
    ...(change.delaySeconds === undefined ? [] : [`${word}_DELAY=${change.delaySeconds}`]),
    // Without TLS, caching_sha2_password hands a password over only under the source's key.
    ...(line === 'mysql-9' ? ['GET_SOURCE_PUBLIC_KEY=1'] : []),
  ].join(', ');
  switch (line) {
    case 'mariadb-10.11':
      return `CHANGE MASTER${nameOf(change.channel)} TO ${fields}`;
    case 'mysql-9':
      return `CHANGE REPLICATION SOURCE TO ${fields}${forChannel(change.channel)}`;
    case 'mysql-5.6':
      return `CHANGE MASTER TO ${fields}`;
  }
  line satisfies never;
}

function startingFields(line: ServerLine, from: StartingPoint): readonly string[] {
  const word = line === 'mysql-9' ? 'SOURCE' : 'MASTER';
  if (from.kind === 'position') {
    const off = line === 'mariadb-10.11' ? 'MASTER_USE_GTID=no' : `${word}_AUTO_POSITION=0`;
    return [`${word}_LOG_FILE=${quoted(from.file)}`, `${word}_LOG_POS=${from.position}`, off];
  }
  return line === 'mariadb-10.11' ? ['MASTER_USE_GTID=slave_pos'] : [`${word}_AUTO_POSITION=1`];
}

export type ReplicationVerb = 'START' | 'STOP';

/** START or STOP, of both threads or one of them. */
export function runThreads(
  line: ServerLine,
  verb: ReplicationVerb,
  what: { readonly channel: string; readonly thread?: 'io' | 'sql' },
): string {
  const thread = what.thread === undefined ? '' : ` ${what.thread === 'io' ? 'IO' : 'SQL'}_THREAD`;
  switch (line) {
    case 'mariadb-10.11':
      return `${verb} SLAVE${nameOf(what.channel)}${thread}`;
    case 'mysql-9':
      return `${verb} REPLICA${thread}${forChannel(what.channel)}`;
    case 'mysql-5.6':
      return `${verb} SLAVE${thread}`;
  }
  line satisfies never;
}

/** RESET, which keeps the row with the host; or RESET … ALL, which severs. */
export function resetReplica(line: ServerLine, channel: string, all: boolean): string {
  const end = all ? ' ALL' : '';
  switch (line) {
    case 'mariadb-10.11':
      return `RESET SLAVE${nameOf(channel)}${end}`;
    case 'mysql-9':
      return `RESET REPLICA${end}${forChannel(channel)}`;
    case 'mysql-5.6':
      return `RESET SLAVE${end}`;
  }
  line satisfies never;
}

/** The source's own binlog file and position. */
export function showCoordinates(line: ServerLine): string {
  return line === 'mysql-9' ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS';
}

/** Every channel the consumer holds, one row each. */
export function showChannels(line: ServerLine): string {
  switch (line) {
    case 'mariadb-10.11':
      return 'SHOW ALL SLAVES STATUS';
    case 'mysql-9':
      return 'SHOW REPLICA STATUS';
    case 'mysql-5.6':
      return 'SHOW SLAVE STATUS';
  }
  line satisfies never;
}

/** The column of showChannels' rows that names the channel; 5.6 has no channels. */
export function channelColumn(line: ServerLine): string {
  return line === 'mariadb-10.11' ? 'Connection_name' : 'Channel_Name';
}

function nameOf(channel: string): string {
  return channel === '' ? '' : ` ${quoted(channel)}`;
}

function forChannel(channel: string): string {
  return channel === '' ? '' : ` FOR CHANNEL ${quoted(channel)}`;
}
