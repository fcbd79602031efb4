// Links lab servers, stops and severs them, and waits until one has what another has. The words
// are terms.ts's; every wait has a deadline and says what it waited for.
import { setTimeout as sleep } from 'node:timers/promises';
import { InterlockError, messageOf } from '../errors.js';
import { createReplicationAccount } from './accounts.js';
import type { Row } from './root-session.js';
import type { LabServer } from './server.js';
import {
  changeSource,
  channelColumn,
  resetReplica,
  runThreads,
  type StartingPoint,
  showChannels,
  showCoordinates,
} from './terms.js';

export interface ReplicateOptions {
  readonly consumer: LabServer;
  readonly source: LabServer;
  readonly channel?: string;
  /** By GTID where both have it, unless said otherwise. */
  readonly gtid?: boolean;
  /** By position: where to begin; where the source is now if left out. */
  readonly from?: { readonly file: string; readonly position: number };
  readonly delaySeconds?: number;
  /** START after CHANGE; on unless said otherwise. */
  readonly start?: boolean;
}

const REPLICATION_USER = 'lab_replication';
const REPLICATION_PASSWORD = 'lab-replication';

/** Makes `consumer` replicate from `source`. */
export async function replicate(options: ReplicateOptions): Promise<void> {
  const { consumer, source, channel = '' } = options;
  await ensureReplicationAccount(source);
  const change = changeSource(consumer.line, {
    host: source.host,
    port: source.port,
    user: REPLICATION_USER,
    password: REPLICATION_PASSWORD,
    channel,
    from: await startingPoint(options),
    ...(options.delaySeconds === undefined ? {} : { delaySeconds: options.delaySeconds }),
  });
  await consumer.query(change);
  if (options.start ?? true) await startReplication(consumer, { channel });
}

export interface ChannelOptions {
  readonly channel?: string;
  /** One thread only: the receiver (io) or the applier (sql). */
  readonly thread?: 'io' | 'sql';
}

export async function startReplication(
  consumer: LabServer,
  { channel = '', ...rest }: ChannelOptions = {},
): Promise<void> {
  await consumer.query(runThreads(consumer.line, 'START', { channel, ...rest }));
}

/** Stopped, not severed: the row stays, and START or a restart goes on where it was. */
export async function stopReplication(
  consumer: LabServer,
  { channel = '', ...rest }: ChannelOptions = {},
): Promise<void> {
  await consumer.query(runThreads(consumer.line, 'STOP', { channel, ...rest }));
}

/** STOP and RESET … ALL: the consumer forgets the source. */
export async function sever(consumer: LabServer, channel = ''): Promise<void> {
  await stopReplication(consumer, { channel });
  await consumer.query(resetReplica(consumer.line, channel, true));
}

/** STOP and RESET without ALL: a row with the host and no position stays. */
export async function resetWithoutAll(consumer: LabServer, channel = ''): Promise<void> {
  await stopReplication(consumer, { channel });
  await consumer.query(resetReplica(consumer.line, channel, false));
}

export interface Coordinates {
  readonly file: string;
  readonly position: number;
  /** MySQL: executed GTID set. MariaDB: gtid_binlog_pos. */
  readonly gtid: string;
}

/** Where the server's own binary log stands. */
export async function coordinates(server: LabServer): Promise<Coordinates> {
  const [row] = await server.query(showCoordinates(server.line));
  if (row === undefined) throw new InterlockError('LAB_FAILED', `${server.name} logs nothing`);
  const [position] =
    server.line === 'mariadb-10.11'
      ? await server.query('SELECT @@gtid_binlog_pos AS gtid')
      : [row];
  return {
    file: text(row, 'File'),
    position: Number(text(row, 'Position')),
    gtid: text(position ?? {}, server.line === 'mariadb-10.11' ? 'gtid' : 'Executed_Gtid_Set'),
  };
}

/** The channels a consumer holds, as its own SHOW statement gives them. */
export function channels(consumer: LabServer): Promise<readonly Row[]> {
  return consumer.query(showChannels(consumer.line));
}

/** Waits until the consumer has applied all that the source has logged by now. */
export async function untilCaughtUp(
  pair: { readonly consumer: LabServer; readonly source: LabServer; readonly channel?: string },
  deadlineMs = 20_000,
): Promise<void> {
  const { consumer, source, channel = '' } = pair;
  const target = await coordinates(source);
  const deadline = performance.now() + deadlineMs;
  let seen = 'nothing';
  while (performance.now() < deadline) {
    const row = (await channels(consumer)).find((each) => isChannel(consumer, each, channel));
    if (row !== undefined && isPast(appliedBy(row), target)) return;
    seen = row === undefined ? 'no such channel' : stateOf(row);
    if (row !== undefined && sqlError(row) !== '') break;
    await sleep(20);
  }
  const wanted = `${target.file}:${target.position}`;
  throw new InterlockError(
    'LAB_FAILED',
    `${consumer.name} did not reach ${wanted} of ${source.name} in ${deadlineMs} ms: ${seen}`,
  );
}

async function startingPoint(options: ReplicateOptions): Promise<StartingPoint> {
  const { consumer, source, from } = options;
  if (from !== undefined) return { kind: 'position', ...from };
  const gtid = options.gtid ?? (consumer.gtid && source.gtid);
  if (gtid) return { kind: 'gtid' };
  const { file, position } = await coordinates(source);
  return { kind: 'position', file, position };
}

async function ensureReplicationAccount(source: LabServer): Promise<void> {
  const account = { user: REPLICATION_USER, password: REPLICATION_PASSWORD };
  const found = await source.query('SELECT 1 FROM mysql.user WHERE User = ?', [account.user]);
  if (found.length > 0) return;
  await createReplicationAccount(source, account).catch(async (cause: unknown) => {
    // Two links made at the same time both find it missing: one of them made it.
    const again = await source.query('SELECT 1 FROM mysql.user WHERE User = ?', [account.user]);
    if (again.length === 0) {
      const message = `no replication account on ${source.name}: ${messageOf(cause)}`;
      throw new InterlockError('LAB_FAILED', message, { cause });
    }
  });
}

function isChannel(consumer: LabServer, row: Row, channel: string): boolean {
  return text(row, channelColumn(consumer.line)) === channel;
}

/** The executed position, in the source's own file names. */
function appliedBy(row: Row): { readonly file: string; readonly position: number } {
  const file = text(row, 'Relay_Source_Log_File') || text(row, 'Relay_Master_Log_File');
  const position = text(row, 'Exec_Source_Log_Pos') || text(row, 'Exec_Master_Log_Pos');
  return { file, position: Number(position) };
}

/** Binlog file names of one server have one length, so they compare as text. */
function isPast(
  applied: { readonly file: string; readonly position: number },
  target: Coordinates,
): boolean {
  if (applied.file !== target.file) return applied.file > target.file;
  return applied.position >= target.position;
}

function sqlError(row: Row): string {
  return text(row, 'Last_SQL_Error');
}

function stateOf(row: Row): string {
  const { file, position } = appliedBy(row);
  const errors = [sqlError(row), text(row, 'Last_IO_Error')].filter((error) => error !== '');
  return [`it is at ${file}:${position}`, ...errors].join('; ');
}

function text(row: Row, column: string): string {
  const value = row[column];
  return value === undefined || value === null ? '' : String(value);
}
