// The flags a lab server is started with, in the words of its line. Pure: a description in, an
// argument list out. Small and fast; what is committed survives SIGKILL, not a power cut.
import type { Installation } from './installation.js';
import type { ServerLine } from './lines.js';

export interface ServerDescription {
  readonly name: string;
  readonly serverId: number;
  readonly port: number;
  readonly dataFolder: string;
  readonly socket: string;
  readonly pidFile: string;
  readonly errorLog: string;
  readonly temporaryFolder: string;
  /** MySQL: gtid_mode=ON. MariaDB always has GTIDs. */
  readonly gtid: boolean;
  readonly rowFormat: 'ROW' | 'STATEMENT' | 'MIXED';
  readonly isRoot: boolean;
  /** Flags of the caller's own, last so that they win. */
  readonly options: readonly string[];
}

/** Among the caller's flags: 127.0.0.1 is localhost then, as on most servers. */
const RESOLVE_NAMES = '--skip-name-resolve=OFF';

export function serverOptions(
  installation: Installation,
  server: ServerDescription,
): readonly string[] {
  return [
    ...baseOptions(installation, server),
    `--socket=${server.socket}`,
    `--pid-file=${server.pidFile}`,
    `--log-error=${server.errorLog}`,
    `--tmpdir=${server.temporaryFolder}`,
    `--port=${server.port}`,
    '--bind-address=127.0.0.1',
    // MySQL takes this flag's mere presence for yes, whatever comes after it.
    ...(server.options.includes(RESOLVE_NAMES) ? [] : ['--skip-name-resolve']),
    `--server-id=${server.serverId}`,
    '--log-bin=binlog',
    `--binlog-format=${server.rowFormat}`,
    '--sync-binlog=0',
    '--relay-log=relay',
    '--report-host=127.0.0.1',
    `--report-port=${server.port}`,
    ...lineOptions(installation.line, server),
    ...server.options,
  ];
}

/** What starting and making the data folder share: InnoDB files keep the sizes they were born with. */
export function baseOptions(
  installation: Installation,
  server: Pick<ServerDescription, 'dataFolder' | 'isRoot'>,
): readonly string[] {
  return [
    '--no-defaults',
    ...installation.locations,
    `--datadir=${server.dataFolder}`,
    ...(server.isRoot ? ['--user=root'] : []),
    '--innodb-buffer-pool-size=32M',
    // Handed to the system at commit: what is committed outlives SIGKILL, without waiting for disk.
    '--innodb-flush-log-at-trx-commit=2',
    ...storageOptions(installation.line),
  ];
}

function storageOptions(line: ServerLine): readonly string[] {
  // Native AIO has few slots a machine; a process that is killed tears no page, only a machine does.
  const shared = ['--innodb-use-native-aio=OFF', '--skip-innodb-doublewrite'];
  switch (line) {
    case 'mariadb-10.11':
      return ['--innodb-log-file-size=16M', ...shared];
    case 'mysql-9':
      return ['--innodb-redo-log-capacity=16M', '--innodb-log-buffer-size=4M', ...shared];
    case 'mysql-5.6':
      return ['--innodb-log-file-size=8M', ...shared];
  }
  line satisfies never;
}

function lineOptions(line: ServerLine, server: ServerDescription): readonly string[] {
  switch (line) {
    case 'mariadb-10.11':
      return ['--log-slave-updates'];
    case 'mysql-9':
      return [
        '--log-replica-updates=ON',
        '--performance-schema=ON',
        '--secure-file-priv=NULL',
        '--mysqlx=OFF',
        ...SMALL_TABLES,
        ...gtidOptions(server.gtid),
      ];
    case 'mysql-5.6':
      return [
        '--log-slave-updates',
        '--performance-schema=ON',
        '--explicit-defaults-for-timestamp',
        ...SMALL_TABLES,
        ...gtidOptions(server.gtid),
      ];
  }
  line satisfies never;
}

/** What the performance schema sizes itself by: with the defaults it takes 100 MB more. */
const SMALL_TABLES = ['--table-definition-cache=400', '--table-open-cache=400'];

/** Both ways in words: MySQL 9.7 has them on where nothing is said. */
function gtidOptions(gtid: boolean): readonly string[] {
  const mode = gtid ? 'ON' : 'OFF';
  return [`--gtid-mode=${mode}`, `--enforce-gtid-consistency=${mode}`];
}
