// Where the suite runs: one lab server started as the suite's own runner would, one Interlock in
// front of it, both running all the time, so that only the path differs between two runs.
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FetchOptions } from '../src/lab/fetch.js';
import { Lab } from '../src/lab/lab.js';
import { freePortBelow } from '../src/lab/ports.js';
import type { LabServer } from '../src/lab/server.js';
import { addAccounts, RunningInterlock } from '../test/support/interlock.js';
import { type Edition, suiteEnvironment } from './edition.js';
import { monitorWaker } from './monitor-sessions.js';
import { Baseline } from './reset.js';

export interface Stand {
  readonly server: LabServer;
  readonly interlock: RunningInterlock;
  readonly baseline: Baseline;
  /** What the suite calls its var folder. */
  readonly varFolder: string;
  /** Variables that name the programs of the suite, each a script of its own. */
  readonly programs: Readonly<Record<string, string>>;
  readonly routes: { readonly direct: number; readonly through: number };
  /** As before any test, with every session that Interlock itself keeps. */
  restore(): Promise<void>;
  restart(options: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export async function openStand(edition: Edition, fetch: FetchOptions): Promise<Stand> {
  const around = { ...fetch.surroundings, environment: suiteEnvironment(fetch.surroundings) };
  const lab = await Lab.open({ surroundings: around, report: fetch.report });
  try {
    return await stand(lab, edition);
  } catch (cause) {
    await lab.close();
    throw cause;
  }
}

async function stand(lab: Lab, edition: Edition): Promise<Stand> {
  // Tests reach std_data from the data folder, as ../../std_data: the lab's folder is their var.
  const varFolder = lab.folder;
  for (const name of ['tmp', 'log', 'run']) await mkdir(join(varFolder, name));
  // Not a link: servers look where it leads and find it outside what they may read.
  await cp(join(edition.suite.folder, 'std_data'), join(varFolder, 'std_data'), {
    recursive: true,
  });
  const server = await lab.start({
    line: edition.line,
    name: 'db1',
    gtid: edition.gtid,
    rowFormat: 'MIXED',
    options: await edition.serverOptions(varFolder),
  });
  // Where the suite's own runner has the server's files.
  await symlink(server.directory, join(varFolder, 'mysqld.1'));
  await prepare(server, edition);
  await addAccounts([server]);
  const interlock = await RunningInterlock.start({
    guarded: [server],
    // Tests subtract the port they were given from the one the server has, in unsigned numbers.
    ports: { [server.name]: await freePortBelow(server.port) },
    ipv6: true,
    ...(edition.needsSocket ? { sockets: { [server.name]: './db1.sock' } } : {}),
    more: [
      `tls: { certificate: ${edition.certificate}, key: ${edition.key} }`,
      // What is measured is the way, not the verdicts: a rule may well refuse CHANGE MASTER TO a
      // server that nobody configured.
      'mode: shadow',
      // There is nobody to ask about: what the monitor asks would only show in the server's log.
      'links: { freshness: 1h, deadline: 2s }',
    ],
  });
  const programs = await writePrograms(edition, varFolder);
  const routes = { direct: server.port, through: interlock.port(server.name) };
  const sockets = { direct: server.socket, through: join(interlock.at.folder, 'db1.sock') };
  for (const route of ['direct', 'through'] as const) {
    const socket = edition.needsSocket ? [`socket=${sockets[route]}`] : [];
    const text = await clientConfig(routes[route], edition.suite.folder, socket);
    await writeFile(join(varFolder, `${route}.cnf`), text);
  }
  const baseline = await Baseline.take(server);
  const monitor = monitorWaker(server, interlock);
  const ready = () =>
    interlock.until('ready again', async () => (await interlock.readyz()).status === 200);
  await monitor.anew();
  return {
    server,
    interlock,
    baseline,
    varFolder,
    programs,
    routes,
    restore: async () => {
      await baseline.restore();
      await monitor.again();
    },
    restart: async (options) => {
      const folders = { MYSQL_TEST_DIR: edition.suite.folder, MYSQLTEST_VARDIR: varFolder };
      await server.restart(options.map((option) => withFolders(option, folders)));
      await ready();
      await monitor.anew();
    },
    close: async () => {
      await interlock.stop().catch(() => undefined);
      await lab.close();
    },
  };
}

function withFolders(option: string, folders: Readonly<Record<string, string>>): string {
  return option.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => folders[name] ?? whole);
}

/** What the suite's runner puts into a new server: its own schema, and time zones. */
async function prepare(server: LabServer, edition: Edition): Promise<void> {
  await server.execute('CREATE DATABASE mtr', 'CREATE DATABASE IF NOT EXISTS test');
  for (const { file, database } of edition.preparation) {
    const text = await readFile(file, 'utf8');
    const root = await server.connect({ database });
    try {
      for (const statement of statementsOf(text)) await root.query(statement);
    } finally {
      root.destroy();
    }
  }
  await server.execute(...edition.beginnings);
}

/** As the runner reads its files: comments and changes of the delimiter on lines of their own. */
function statementsOf(text: string): readonly string[] {
  const statements: string[] = [];
  let delimiter = ';';
  let pending = '';
  for (const line of text.split('\n')) {
    const changed = /^delimiter\s+([^\s]+)/i.exec(line)?.[1];
    if (/^\s*(--|#)/.test(line)) continue;
    if (changed !== undefined) {
      delimiter = changed.length > 1 ? changed.replace(/;$/, '') : changed;
      continue;
    }
    pending += `${line}\n`;
    if (!line.trimEnd().endsWith(delimiter)) continue;
    const statement = pending.trimEnd().slice(0, -delimiter.length).trim();
    if (statement !== '' && statement !== ';') statements.push(statement);
    pending = '';
  }
  return statements;
}

/** Scripts, because tests pass a program's name and arguments on to shells and to perl. */
async function writePrograms(
  edition: Edition,
  varFolder: string,
): Promise<Readonly<Record<string, string>>> {
  const folder = join(varFolder, 'bin');
  await mkdir(folder);
  const scripts: [string, string][] = [];
  for (const [variable, { command, args }] of Object.entries(edition.programs)) {
    const script = join(folder, variable.toLowerCase());
    const line = [command, ...args].map((word) => `'${word}'`).join(' ');
    await writeFile(script, `#!/bin/sh\nexec ${line} "$@"\n`, { mode: 0o755 });
    scripts.push([variable, script]);
  }
  return Object.fromEntries(scripts);
}

/** Over TCP always: the way through Interlock and the direct one must differ in nothing else. */
async function clientConfig(
  port: number,
  folder: string,
  more: readonly string[],
): Promise<string> {
  const groups = await readFile(join(folder, 'include/default_client.cnf'), 'utf8').catch(() => '');
  return [
    '[client]',
    'user=root',
    'password=',
    'host=127.0.0.1',
    `port=${port}`,
    'protocol=tcp',
    ...more,
    groups.replaceAll('@ENV.MYSQL_TEST_DIR', folder),
    '',
  ].join('\n');
}

/** Files that a test left in the folder that all tests share. */
export async function emptyTemporaryFolder(varFolder: string): Promise<void> {
  await rm(join(varFolder, 'tmp'), { recursive: true, force: true });
  await mkdir(join(varFolder, 'tmp'));
}
