// Facts of a server that is in order, for tests to spoil one by one.
import type { ServerFacts } from '../../src/doctor/server-facts.js';

const GOOD = {
  log_bin: 'ON',
  binlog_format: 'ROW',
  binlog_expire_logs_seconds: '2592000',
  binlog_checksum: 'CRC32',
  gtid_mode: 'ON',
  sync_binlog: '1',
  innodb_flush_log_at_trx_commit: '1',
  bind_address: '10.0.0.1',
  require_secure_transport: 'ON',
  have_ssl: 'YES',
  event_scheduler: 'OFF',
  version: '9.7.4',
};

export interface Changes extends Omit<Partial<ServerFacts>, 'variables'> {
  readonly variables?: Readonly<Record<string, string>>;
}

export function factsWith({ variables = {}, ...rest }: Changes = {}): ServerFacts {
  return {
    flavour: 'mysql',
    seenAs: 'interlock@10.0.9.5',
    ownRights: ['PROCESS', 'REPLICATION CLIENT', 'REPLICATION SLAVE'],
    hasRoles: false,
    accounts: [],
    events: [],
    foreignServers: [],
    foreignTables: [],
    plugins: new Set(),
    clockSkewMs: 3,
    roundTripMs: 1,
    unseen: [],
    ...rest,
    variables: new Map(Object.entries({ ...GOOD, ...variables })),
  };
}
