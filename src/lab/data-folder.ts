// Makes the data folder of a new server: once per version in the cache, copied for each server,
// with nothing in it by which two copies could be taken for one server.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FetchOptions } from './fetch.js';
import type { Installation } from './installation.js';
import { makeOnce } from './once.js';
import { run } from './program.js';
import { baseOptions } from './server-options.js';

/** Part of the template's name: a change in how it is made must not meet an old one. */
const RECIPE = 1;

/** Fills `dataFolder`, which must not exist, with a fresh server's data. */
export async function makeDataFolder(
  installation: Installation,
  dataFolder: string,
  options: FetchOptions,
): Promise<void> {
  const { cacheFolder } = options.surroundings;
  const name = `${installation.line}-${installation.version}-${RECIPE}`;
  const template = join(cacheFolder, 'data', name);
  await makeOnce(template, async (partial) => {
    options.report(`${installation.line}: making an empty data folder`);
    await initialise(installation, partial, options.surroundings.isRoot);
  });
  await cp(template, dataFolder, { recursive: true });
}

async function initialise(
  installation: Installation,
  dataFolder: string,
  isRoot: boolean,
): Promise<void> {
  const flags = baseOptions(installation, { dataFolder, isRoot });
  const { line, shareFolder } = installation;
  switch (line) {
    case 'mariadb-10.11': {
      const input = await bootstrapText(shareFolder, MARIADB_SYSTEM_FILES, MARIADB_ROOT);
      return bootstrap(installation, { dataFolder, flags, input });
    }
    case 'mysql-5.6': {
      const input = await bootstrapText(shareFolder, MYSQL_5_6_SYSTEM_FILES, '');
      return bootstrap(installation, { dataFolder, flags, input });
    }
    case 'mysql-9':
      return initialiseMysql(installation, dataFolder, flags);
  }
  line satisfies never;
}

const MARIADB_SYSTEM_FILES = [
  'mysql_system_tables.sql',
  'mysql_performance_tables.sql',
  'mysql_system_tables_data.sql',
  'fill_help_tables.sql',
  'maria_add_gis_sp_bootstrap.sql',
  'mysql_sys_schema.sql',
];

const MYSQL_5_6_SYSTEM_FILES = ['mysql_system_tables.sql', 'mysql_system_tables_data.sql'];

/** The servers run without name resolution, where 127.0.0.1 is not localhost. */
const MARIADB_ROOT = [
  'FLUSH PRIVILEGES;',
  "CREATE USER IF NOT EXISTS root@'127.0.0.1';",
  "GRANT ALL PRIVILEGES ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;",
  '',
].join('\n');

const MYSQL_9_ROOT = [
  "CREATE USER root@'127.0.0.1' IDENTIFIED BY '';",
  "GRANT ALL PRIVILEGES ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;",
  '',
].join('\n');

async function bootstrapText(
  shareFolder: string,
  files: readonly string[],
  after: string,
): Promise<string> {
  const texts = await Promise.all(files.map((file) => readFile(join(shareFolder, file), 'utf8')));
  const before = 'CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n';
  return [before, ...texts, after].join('\n');
}

interface Bootstrap {
  readonly dataFolder: string;
  readonly flags: readonly string[];
  readonly input: string;
}

async function bootstrap(installation: Installation, how: Bootstrap): Promise<void> {
  await mkdir(how.dataFolder, { recursive: true, mode: 0o700 });
  const quiet = ['--bootstrap', '--log-warnings=0', '--max-allowed-packet=8M'];
  await run(installation.daemon, [...how.flags, ...quiet], {
    input: how.input,
    deadlineMs: 120_000,
  });
  // A server id file of its own, or none: each copy makes its own at its first start.
  await rm(join(how.dataFolder, 'auto.cnf'), { force: true });
}

async function initialiseMysql(
  installation: Installation,
  dataFolder: string,
  flags: readonly string[],
): Promise<void> {
  const statements = `${dataFolder}.sql`;
  await writeFile(statements, MYSQL_9_ROOT);
  await run(
    installation.daemon,
    [...flags, '--initialize-insecure', `--init-file=${statements}`, '--secure-file-priv=NULL'],
    { deadlineMs: 180_000 },
  );
  await rm(join(dataFolder, 'auto.cnf'), { force: true });
}
