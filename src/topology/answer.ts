// What one server said, from the rows of one probe round. Pure: rows in, ServerAnswer out.
import type { Learned, QuestionKey } from './questions.js';
import { isOn, numberOf, type Row, someTextOf, textOf } from './rows.js';
import type {
  Address,
  BinlogCoordinates,
  ConsumerChannel,
  DumpThread,
  FailoverSource,
  Group,
  GroupMember,
  ServerAnswer,
} from './snapshot.js';
import {
  CHANNEL_COLUMNS,
  COORDINATE_COLUMNS,
  FILTER_COLUMNS,
  LEG_VARIABLES,
  PASSES_ON_VARIABLES,
  REPLICA_COLUMNS,
} from './terms.js';

/** The rows by question; a question that could not be asked is absent. */
export type Rows = Readonly<Partial<Record<QuestionKey, readonly Row[]>>>;

export interface Round {
  readonly server: string;
  readonly learned: Learned;
  readonly rows: Rows;
  readonly askedAtMs: number;
  readonly askedAtMonotonicMs: number;
  readonly answeredAtMs: number;
  readonly missingRights: readonly string[];
  readonly warnings: readonly string[];
}

export function answerOf(round: Round): ServerAnswer {
  const { rows, learned } = round;
  const variables = rows.variables?.[0];
  const groups = groupsOf(rows, variables);
  const logBin = isOn(textOf(variables, ['log_bin']));
  const coordinates = coordinatesOf(rows);
  return {
    kind: 'answered',
    server: round.server,
    askedAtMs: round.askedAtMs,
    askedAtMonotonicMs: round.askedAtMonotonicMs,
    answeredAtMs: round.answeredAtMs,
    identity: identityOf(variables),
    ...legOf(variables),
    flavour: learned.dialect.flavour,
    version: learned.dialect.version,
    versionText: learned.versionText,
    logBin,
    // A cluster hands on to all its members whatever one of them applies.
    passesOn: passesOn(variables, logBin) || groups.some((group) => group.joined),
    readOnly:
      isOn(textOf(variables, ['super_read_only'])) || isOn(textOf(variables, ['read_only'])),
    lowerCaseTableNames: numberOf(variables, ['lower_case_table_names']) ?? 0,
    channels: (rows.channels ?? []).flatMap(channelOf),
    failoverSources: (rows.failover ?? []).flatMap(failoverSourceOf),
    dumpThreads: dumpThreadsOf(rows),
    groups,
    reportedAddresses: reportedAddressesOf(variables),
    ...(coordinates === undefined ? {} : { coordinates }),
    gtids: gtidsOf(variables),
    missingRights: round.missingRights,
    warnings: round.warnings,
  };
}

function identityOf(variables: Row | undefined): ServerAnswer['identity'] {
  const serverUuid = someTextOf(variables, ['server_uuid']);
  const serverUid = someTextOf(variables, ['server_uid']);
  return {
    serverId: numberOf(variables, ['server_id']) ?? 0,
    ...(serverUuid === undefined ? {} : { serverUuid }),
    ...(serverUid === undefined ? {} : { serverUid }),
  };
}

/** The same as policy/inquiry.ts asks a session for. */
function legOf(variables: Row | undefined): Pick<ServerAnswer, 'leg'> {
  const parts = LEG_VARIABLES.map((name) => textOf(variables, [name]));
  return parts.includes(undefined) ? {} : { leg: parts.join('\n') };
}

function gtidsOf(variables: Row | undefined): NonNullable<ServerAnswer['gtids']> {
  const packed = (name: string): string | undefined =>
    textOf(variables, [name])?.replaceAll(/\s/g, '');
  const executed = packed('gtid_executed');
  const purged = packed('gtid_purged');
  const slavePos = packed('gtid_slave_pos');
  return {
    ...(executed === undefined ? {} : { executed }),
    ...(purged === undefined ? {} : { purged }),
    ...(slavePos === undefined ? {} : { slavePos }),
    skipCounter: numberOf(variables, ['sql_slave_skip_counter']) ?? 0,
    ...(/^OFF/i.test(textOf(variables, ['gtid_mode']) ?? '') ? { isOff: true as const } : {}),
  };
}

function passesOn(variables: Row | undefined, logBin: boolean): boolean {
  const said = textOf(variables, PASSES_ON_VARIABLES);
  return logBin && (said === undefined || isOn(said));
}

/** The rows of a server's own group channels have no host: what they stand for is in `groups`. */
function channelOf(row: Row): readonly ConsumerChannel[] {
  const sourceHost = someTextOf(row, CHANNEL_COLUMNS.sourceHost);
  if (sourceHost === undefined || sourceHost === '<NULL>') return [];
  const receivingWord = textOf(row, CHANNEL_COLUMNS.receiving) ?? '';
  const sourceUser = someTextOf(row, CHANNEL_COLUMNS.sourceUser);
  const sourceUuid = someTextOf(row, CHANNEL_COLUMNS.sourceUuid);
  const sourceServerId = numberOf(row, CHANNEL_COLUMNS.sourceServerId);
  const receiverError = someTextOf(row, CHANNEL_COLUMNS.receiverError);
  return [
    {
      name: textOf(row, CHANNEL_COLUMNS.name) ?? '',
      sourceHost,
      sourcePort: numberOf(row, CHANNEL_COLUMNS.sourcePort) ?? 0,
      ...(sourceUser === undefined ? {} : { sourceUser }),
      ...(sourceUuid === undefined ? {} : { sourceUuid }),
      ...(sourceServerId === undefined || sourceServerId === 0 ? {} : { sourceServerId }),
      // Yes, Connecting and MariaDB's Preparing all mean that events come or are about to.
      receiving: receivingWord !== 'No',
      connected: receivingWord === 'Yes',
      ...(receiverError === undefined ? {} : { receiverError }),
      applying: isOn(textOf(row, CHANNEL_COLUMNS.applying)),
      delaySeconds: numberOf(row, CHANNEL_COLUMNS.delay) ?? 0,
      filters: filtersOf(row),
      ...executedOf(row),
    },
  ];
}

function executedOf(row: Row): Pick<ConsumerChannel, 'executed' | 'relay' | 'byGtid'> {
  const file = textOf(row, CHANNEL_COLUMNS.executedFile);
  const position = numberOf(row, CHANNEL_COLUMNS.executedPosition);
  const byGtid = textOf(row, CHANNEL_COLUMNS.byGtid);
  const relayFile = someTextOf(row, CHANNEL_COLUMNS.relayFile);
  const relayPosition = numberOf(row, CHANNEL_COLUMNS.relayPosition);
  const hasRelay = relayFile !== undefined && relayPosition !== undefined;
  return {
    ...(file === undefined || position === undefined ? {} : { executed: { file, position } }),
    ...(hasRelay ? { relay: { file: relayFile, position: relayPosition } } : {}),
    ...(byGtid === undefined ? {} : { byGtid: byGtid !== '0' && byGtid !== 'No' }),
  };
}

function filtersOf(row: Row): readonly string[] {
  return FILTER_COLUMNS.flatMap((column) => {
    const value = someTextOf(row, [column]);
    return value === undefined ? [] : [`${column}: ${value}`];
  });
}

function failoverSourceOf(row: Row): readonly FailoverSource[] {
  const host = someTextOf(row, ['HOST']);
  if (host === undefined) return [];
  const channel = textOf(row, ['CHANNEL_NAME']) ?? '';
  return [{ channel, host, port: numberOf(row, ['PORT']) ?? 0 }];
}

/** Threads and list entries side by side: which belong together is for attribution to say. */
function dumpThreadsOf(rows: Rows): readonly DumpThread[] {
  const uuids = new Map<number, string>();
  for (const row of rows.consumerUuids ?? []) {
    const id = numberOf(row, ['ID']);
    const uuid = someTextOf(row, ['UUID']);
    if (id !== undefined && uuid !== undefined) uuids.set(id, uuid);
  }
  const threads = (rows.dumpThreads ?? []).map((row) => threadOf(row, uuids));
  return [...threads, ...(rows.replicas ?? []).map(listEntryOf)];
}

function threadOf(row: Row, uuids: ReadonlyMap<number, string>): DumpThread {
  const threadId = numberOf(row, ['ID']) ?? 0;
  const user = someTextOf(row, ['USER']);
  const host = someTextOf(row, ['HOST']);
  const consumerUuid = uuids.get(threadId);
  return {
    threadId,
    ...(user === undefined ? {} : { user }),
    ...(host === undefined ? {} : { host }),
    ...(consumerUuid === undefined ? {} : { consumerUuid }),
  };
}

function listEntryOf(row: Row): DumpThread {
  const host = someTextOf(row, REPLICA_COLUMNS.host);
  const consumerUuid = someTextOf(row, REPLICA_COLUMNS.uuid);
  const consumerServerId = numberOf(row, REPLICA_COLUMNS.serverId);
  return {
    ...(host === undefined ? {} : { host }),
    ...(consumerUuid === undefined ? {} : { consumerUuid }),
    ...(consumerServerId === undefined ? {} : { consumerServerId }),
  };
}

function reportedAddressesOf(variables: Row | undefined): readonly Address[] {
  const port = numberOf(variables, ['port']) ?? 0;
  const reportPort = numberOf(variables, ['report_port']) ?? 0;
  const ports = [...new Set([port, reportPort])].filter((each) => each > 0);
  const hosts = [someTextOf(variables, ['report_host']), someTextOf(variables, ['hostname'])];
  return hosts.flatMap((host) =>
    host === undefined ? [] : ports.map((each) => ({ host, port: each })),
  );
}

export function coordinatesOf(rows: Rows): BinlogCoordinates | undefined {
  const row = rows.coordinates?.[0];
  const file = someTextOf(row, COORDINATE_COLUMNS.file);
  const position = numberOf(row, COORDINATE_COLUMNS.position);
  if (file === undefined || position === undefined) return undefined;
  const gtid =
    someTextOf(row, COORDINATE_COLUMNS.gtid) ?? textOf(rows.variables?.[0], ['gtid_binlog_pos']);
  return { file, position, gtid: (gtid ?? '').replaceAll(/\s/g, '') };
}

function groupsOf(rows: Rows, variables: Row | undefined): readonly Group[] {
  return [...galeraOf(rows.galera, variables), ...replicationGroupOf(rows.groupMembers, variables)];
}

/** With a provider it can join at any time, though wsrep_on is off and no cluster is known by now. */
function galeraOf(rows: readonly Row[] | undefined, variables: Row | undefined): readonly Group[] {
  const provider = someTextOf(variables, ['wsrep_provider']) ?? 'none';
  const canJoin = provider.toLowerCase() !== 'none';
  if (rows === undefined) return canJoin ? [NOT_JOINED] : [];
  const status = new Map(
    rows.map((row) => [textOf(row, ['Variable_name']), textOf(row, ['Value']) ?? '']),
  );
  const size = Number(status.get('wsrep_cluster_size') ?? 0);
  const name = status.get('wsrep_cluster_state_uuid') ?? '';
  const joined = isOn(status.get('wsrep_connected')) || size > 1;
  if (name === '' && !joined) return canJoin ? [NOT_JOINED] : [];
  const addresses = (status.get('wsrep_incoming_addresses') ?? '').split(',');
  const members = addresses.flatMap(memberAt);
  return [{ kind: 'galera', name, joined, size: joined ? Math.max(size, 1) : 0, members }];
}

const NOT_JOINED: Group = { kind: 'galera', name: '', joined: false, size: 0, members: [] };

/** `10.0.0.1:3306`; a node that was not told its address says AUTO. */
function memberAt(text: string): readonly GroupMember[] {
  const match = /^(.+):(\d+)$/.exec(text.trim());
  if (match === null) return [];
  return [{ host: match[1] ?? '', port: Number(match[2]) }];
}

function replicationGroupOf(
  rows: readonly Row[] | undefined,
  variables: Row | undefined,
): readonly Group[] {
  const named = someTextOf(variables, ['group_replication_group_name']);
  const present = (rows ?? []).filter((row) => textOf(row, ['MEMBER_STATE']) !== 'OFFLINE');
  const members = present.map((row) => {
    const uuid = someTextOf(row, ['MEMBER_ID']);
    const address = {
      host: textOf(row, ['MEMBER_HOST']) ?? '',
      port: numberOf(row, ['MEMBER_PORT']) ?? 0,
    };
    return uuid === undefined ? address : { uuid, ...address };
  });
  const joined = members.length > 0;
  if (named === undefined && !joined) return [];
  // Joined since this connection was opened, when there was no such variable: it may be any group.
  const name = named ?? '';
  return [{ kind: 'group-replication', name, joined, size: members.length, members }];
}
