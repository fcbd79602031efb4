// What differs between the suites: packages, folders, programs and the words they have for the
// same things. MariaDB's and MySQL's runner are one family; this is the little they do not share.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FetchOptions, fetchServer, fetchTools } from '../src/lab/fetch.js';
import type { Unpacked } from '../src/lab/installation.js';
import { unpackedPackages } from '../src/lab/installation.js';
import type { ServerLine } from '../src/lab/lines.js';
import type { Program } from '../src/lab/program.js';
import type { Surroundings } from '../src/lab/surroundings.js';
import type { Suite } from './suite.js';

export interface Edition {
  readonly line: ServerLine;
  /** The server's own, to the last digit. */
  readonly version: string;
  readonly suite: Suite;
  readonly mysqltest: Program;
  readonly certificate: string;
  readonly key: string;
  readonly preparation: readonly { readonly file: string; readonly database: string }[];
  /** Statements that the suite's runner begins a server with. */
  readonly beginnings: readonly string[];
  /** Its tests take GTIDs for granted. */
  readonly gtid: boolean;
  /** Its client takes the socket for some connections of a test, whatever its options say. */
  readonly needsSocket: boolean;
  serverOptions(varFolder: string): Promise<readonly string[]>;
  /** By the variables that the suite knows them under. */
  readonly programs: Readonly<Record<string, Program>>;
  readonly charsets: string;
}

export async function mariadbEdition(fetch: FetchOptions): Promise<Edition> {
  const installation = await fetchServer('mariadb-10.11', fetch);
  const tools = await fetchTools('mariadb-test', fetch);
  const folder = join(tools.folder, 'usr/share/mysql/mysql-test');
  const share = installation.shareFolder;
  const server = await unpackedPackages(join(share, '../../..'), fetch.surroundings);
  return {
    line: 'mariadb-10.11',
    version: installation.version,
    suite: { folder, tests: 'main' },
    mysqltest: await tools.program('mariadb-test'),
    certificate: join(folder, 'std_data/server-cert.pem'),
    key: join(folder, 'std_data/server-key.pem'),
    preparation: [
      { file: join(share, 'mysql_test_data_timezone.sql'), database: 'mysql' },
      { file: join(folder, 'include/mtr_warnings.sql'), database: 'mtr' },
      { file: join(folder, 'include/mtr_check.sql'), database: 'mtr' },
    ],
    beginnings: [],
    gtid: false,
    needsSocket: false,
    serverOptions: (varFolder) => serverOptions(folder, varFolder),
    programs: {
      ...(await found(server, MARIADB_PROGRAMS)),
      ...(await found(tools, { MYSQL_CLIENT_TEST: 'mariadb-client-test' })),
    },
    charsets: join(share, 'charsets'),
  };
}

export async function mysqlEdition(fetch: FetchOptions): Promise<Edition> {
  const installation = await fetchServer('mysql-9', fetch);
  const tools = await fetchTools('mysql-test', fetch);
  const folder = join(tools.folder, 'usr/lib/mysql-test');
  const share = installation.shareFolder;
  const server = await unpackedPackages(join(share, '../../..'), fetch.surroundings);
  return {
    line: 'mysql-9',
    version: installation.version,
    suite: { folder, tests: 't' },
    mysqltest: await tools.program('mysqltest'),
    certificate: join(folder, 'std_data/server-cert.pem'),
    key: join(folder, 'std_data/server-key.pem'),
    preparation: [
      { file: join(folder, 'include/mtr_test_data_timezone.sql'), database: 'mysql' },
      { file: join(folder, 'include/mtr_warnings.sql'), database: 'mtr' },
    ],
    beginnings: [ANYBODY_IN_TEST, 'FLUSH PRIVILEGES'],
    gtid: true,
    needsSocket: true,
    serverOptions: (varFolder) => serverOptions(folder, varFolder),
    programs: await found(server, MYSQL_PROGRAMS),
    charsets: join(share, 'charsets'),
  };
}

const ANYBODY_IN_TEST = `INSERT INTO mysql.db VALUES ('%','test','','Y','Y','Y','Y','Y','Y','N',
  'Y','Y','Y','Y','Y','Y','Y','Y','N','N','Y','Y')`;

const MARIADB_PROGRAMS = {
  MYSQL: 'mariadb',
  EXE_MYSQL: 'mariadb',
  MYSQL_DUMP: 'mariadb-dump',
  MYSQL_CHECK: 'mariadb-check',
  MYSQL_SLAP: 'mariadb-slap',
  MYSQL_IMPORT: 'mariadb-import',
  MYSQL_SHOW: 'mariadb-show',
  MYSQL_BINLOG: 'mariadb-binlog',
  MYSQLADMIN: 'mariadb-admin',
  MYSQL_UPGRADE: 'mariadb-upgrade',
  MYSQL_PLUGIN: 'mariadb-plugin',
  MYSQL_MY_PRINT_DEFAULTS: 'my_print_defaults',
  MYSQL_TZINFO_TO_SQL: 'mariadb-tzinfo-to-sql',
  MYSQLD: 'mariadbd',
  MY_PERROR: 'perror',
  REPLACE: 'replace',
  MYISAMCHK: 'myisamchk',
  MYISAMPACK: 'myisampack',
  MYISAMLOG: 'myisamlog',
  MARIA_CHK: 'aria_chk',
  INNOCHECKSUM: 'innochecksum',
  MARIADB_CONV: 'mariadb-conv',
} as const;

const MYSQL_PROGRAMS = {
  MYSQL: 'mysql',
  EXE_MYSQL: 'mysql',
  MYSQL_DUMP: 'mysqldump',
  MYSQL_CHECK: 'mysqlcheck',
  MYSQL_SLAP: 'mysqlslap',
  MYSQL_IMPORT: 'mysqlimport',
  MYSQL_SHOW: 'mysqlshow',
  MYSQL_BINLOG: 'mysqlbinlog',
  MYSQLADMIN: 'mysqladmin',
  MY_PERROR: 'perror',
} as const;

/** Those that speak to a server and read the options of their connection from the file. */
export const CLIENTS = /^MYSQL(_(DUMP|CHECK|SLAP|IMPORT|SHOW|BINLOG|UPGRADE|CLIENT_TEST)|ADMIN)?$/;

/** What the suite's runner sets for servers and clients alike. */
export function suiteEnvironment(
  surroundings: Surroundings,
): Readonly<Record<string, string | undefined>> {
  return {
    ...surroundings.environment,
    TZ: 'GMT-3',
    LC_ALL: 'C',
    UMASK: '0660',
    UMASK_DIR: '0770',
  };
}

/** The flags of the suite's own default configuration, but for files that exist already. */
async function serverOptions(folder: string, varFolder: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, 'include/default_mysqld.cnf'), 'utf8');
  const section = /^\[mysqld\]\n([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(text)?.[1] ?? '';
  const flags = section
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('!'))
    .filter((line) => !BORN_WITH.test(line) && !ONLY_IN_FILES.test(line))
    .map((line) => line.replace(/\s*=\s*/, '=').replaceAll("'", ''))
    .map((line) => line.replace('@ENV.MYSQLTEST_VARDIR', varFolder))
    .map((line) => `--${line.replace('@ENV.MYSQL_TEST_DIR', folder)}`);
  // Tests name localhost; the lab's servers otherwise resolve no names.
  return [
    ...flags,
    '--skip-name-resolve=OFF',
    '--slow-query-log-file=mysqld-slow.log',
    `--secure-file-priv=${varFolder}`,
    `--log-error=${varFolder}/log/mysqld.1.err`,
  ];
}

/** InnoDB files keep the sizes they were made with. */
const BORN_WITH = /innodb[_-](data|log|redo|temp)[_-]|innodb[_-]undo/;
const ONLY_IN_FILES =
  /^(disable-getopt|socket|port|pid|datadir|tmpdir|bind|log[_-]error|loose-debug|debug)/;

async function found(
  from: Unpacked,
  names: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, Program>>> {
  const programs: [string, Program][] = [];
  for (const [variable, name] of Object.entries(names)) {
    const program = await from.program(name).catch(() => undefined);
    if (program !== undefined) programs.push([variable, program]);
  }
  return Object.fromEntries(programs);
}

export function commandLine(program: Program): string {
  return [program.command, ...program.args].join(' ');
}
