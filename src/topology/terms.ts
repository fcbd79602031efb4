// The words each server line uses for replication: statements, variables and column names. The only
// file that says master or slave, because old servers do; it asks nothing itself.
import type { Dialect } from '../sql/dialect.js';

/** From this version on MySQL has SHOW REPLICA STATUS and its Source_ columns. */
const MYSQL_REPLICA_WORDS = 80_022;
/** From this version on MySQL has SHOW BINARY LOG STATUS (SHOW MASTER STATUS is gone in 8.4). */
const MYSQL_BINARY_LOG_STATUS = 80_200;
/** From this version on MySQL grants named rights such as CONNECTION_ADMIN. */
const MYSQL_DYNAMIC_RIGHTS = 80_000;
/** From this version on MariaDB splits SUPER and REPLICATION CLIENT into smaller rights. */
const MARIADB_SPLIT_RIGHTS = 100_500;
/** From this version on MySQL has failover lists of sources. */
const MYSQL_FAILOVER_LISTS = 80_022;
/** From this version on MySQL lists the members of a replication group. */
const MYSQL_GROUPS = 50_717;
/** From this version on a dump thread's user variables can be read. */
const MYSQL_THREAD_VARIABLES = 50_700;

export interface Terms {
  readonly showChannels: string;
  readonly showReplicas: string;
  readonly showCoordinates: string;
  /**
   * What ends a channel for good: RESET … ALL in this server's own words. `isOnly`: MySQL's
   * without FOR CHANNEL ends all channels, so where there are others the default one is named.
   */
  readonly sever: (channel: string, isOnly: boolean) => string;
  readonly start: string;
  readonly rights: {
    readonly process: string;
    readonly channels: string;
    readonly replicas: string;
    readonly coordinates: string;
  };
  readonly hasFailoverLists: boolean;
  readonly hasThreadVariables: boolean;
  readonly hasGroups: boolean;
}

/** Every variable worth asking for, under every name a server may have for it. */
export const IDENTITY_VARIABLES = [
  'server_id',
  'server_uuid',
  'server_uid',
  'log_bin',
  'log_slave_updates',
  'log_replica_updates',
  'read_only',
  'super_read_only',
  'lower_case_table_names',
  'hostname',
  'port',
  'datadir',
  'report_host',
  'report_port',
  'gtid_binlog_pos',
  'gtid_slave_pos',
  'gtid_executed',
  'gtid_purged',
  'gtid_mode',
  'sql_slave_skip_counter',
  'wsrep_on',
  'wsrep_provider',
  'group_replication_group_name',
] as const;

/** Together they tell a server from any other that replicates with it. */
export const LEG_VARIABLES = ['server_id', 'hostname', 'port', 'datadir'] as const;

export const PASSES_ON_VARIABLES = ['log_replica_updates', 'log_slave_updates'] as const;

/** The command of a thread that sends the binary log, on every server line. */
export const DUMP_COMMANDS = ['Binlog Dump', 'Binlog Dump GTID'] as const;

/** The user variables by which a dump thread names its consumer's UUID. */
export const CONSUMER_UUID_VARIABLES = ['replica_uuid', 'slave_uuid'] as const;

/** Column names by meaning, the newest first: a row has one of them. */
export const CHANNEL_COLUMNS = {
  name: ['Channel_Name', 'Connection_name'],
  sourceHost: ['Source_Host', 'Master_Host'],
  sourcePort: ['Source_Port', 'Master_Port'],
  sourceUser: ['Source_User', 'Master_User'],
  sourceUuid: ['Source_UUID', 'Master_UUID'],
  sourceServerId: ['Source_Server_Id', 'Master_Server_Id'],
  receiving: ['Replica_IO_Running', 'Slave_IO_Running'],
  applying: ['Replica_SQL_Running', 'Slave_SQL_Running'],
  receiverError: ['Last_IO_Error'],
  delay: ['SQL_Delay'],
  executedFile: ['Relay_Source_Log_File', 'Relay_Master_Log_File'],
  relayFile: ['Relay_Log_File'],
  relayPosition: ['Relay_Log_Pos'],
  executedPosition: ['Exec_Source_Log_Pos', 'Exec_Master_Log_Pos'],
  /** MySQL: 0 or 1. MariaDB: No, Slave_Pos, Current_Pos. */
  byGtid: ['Auto_Position', 'Using_Gtid'],
} as const;

/** Filters a consumer may have; shown, never safety. */
export const FILTER_COLUMNS = [
  'Replicate_Do_DB',
  'Replicate_Ignore_DB',
  'Replicate_Do_Table',
  'Replicate_Ignore_Table',
  'Replicate_Wild_Do_Table',
  'Replicate_Wild_Ignore_Table',
  'Replicate_Rewrite_DB',
  'Replicate_Do_Domain_Ids',
  'Replicate_Ignore_Domain_Ids',
  'Replicate_Ignore_Server_Ids',
] as const;

export const REPLICA_COLUMNS = {
  serverId: ['Server_Id', 'Server_id'],
  host: ['Host'],
  uuid: ['Replica_UUID', 'Slave_UUID'],
} as const;

export const COORDINATE_COLUMNS = {
  file: ['File'],
  position: ['Position'],
  gtid: ['Executed_Gtid_Set'],
} as const;

export function termsOf(dialect: Dialect): Terms {
  return dialect.flavour === 'mariadb'
    ? mariadbTerms(dialect.version)
    : mysqlTerms(dialect.version);
}

function mariadbTerms(version: number): Terms {
  const split = version >= MARIADB_SPLIT_RIGHTS;
  return {
    showChannels: 'SHOW ALL SLAVES STATUS',
    showReplicas: 'SHOW SLAVE HOSTS',
    showCoordinates: 'SHOW MASTER STATUS',
    sever: (channel) => `STOP SLAVE${quoted(channel)}; RESET SLAVE${quoted(channel)} ALL`,
    start: 'START SLAVE',
    rights: {
      process: 'PROCESS',
      channels: split ? 'REPLICA MONITOR' : 'REPLICATION CLIENT',
      replicas: split ? 'REPLICATION MASTER ADMIN' : 'REPLICATION SLAVE',
      coordinates: split ? 'BINLOG MONITOR' : 'REPLICATION CLIENT',
    },
    hasFailoverLists: false,
    hasThreadVariables: false,
    hasGroups: false,
  };
}

function mysqlTerms(version: number): Terms {
  const isNew = version >= MYSQL_REPLICA_WORDS;
  const word = isNew ? 'REPLICA' : 'SLAVE';
  const hasLogStatus = version >= MYSQL_BINARY_LOG_STATUS;
  return {
    showChannels: `SHOW ${word} STATUS`,
    showReplicas: isNew ? 'SHOW REPLICAS' : 'SHOW SLAVE HOSTS',
    showCoordinates: hasLogStatus ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS',
    sever: (channel, isOnly) => {
      const which =
        channel === '' && isOnly ? '' : ` FOR CHANNEL '${channel.replaceAll("'", "''")}'`;
      return `STOP ${word}${which}; RESET ${word} ALL${which}`;
    },
    start: `START ${word}`,
    rights: {
      process: 'PROCESS',
      channels: 'REPLICATION CLIENT',
      replicas: 'REPLICATION SLAVE',
      coordinates: 'REPLICATION CLIENT',
    },
    hasFailoverLists: version >= MYSQL_FAILOVER_LISTS,
    hasThreadVariables: version >= MYSQL_THREAD_VARIABLES,
    hasGroups: version >= MYSQL_GROUPS,
  };
}

/** The right that ends another session's statement. */
export function rightToKill(dialect: Dialect): string {
  if (dialect.flavour === 'mariadb') {
    return dialect.version >= MARIADB_SPLIT_RIGHTS ? 'CONNECTION ADMIN' : 'SUPER';
  }
  return dialect.version >= MYSQL_DYNAMIC_RIGHTS ? 'CONNECTION_ADMIN' : 'SUPER';
}

function quoted(channel: string): string {
  return channel === '' ? '' : ` '${channel.replaceAll("'", "''")}'`;
}
