// A server as it lies on disk: how its programs are started and where its own files are. Found by
// looking, so that a fetched folder and a server of the machine's own are one thing to the rest.
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InterlockError } from '../errors.js';
import type { ServerLine } from './lines.js';
import type { Program } from './program.js';
import { findProgram, isExecutable, type Surroundings } from './surroundings.js';

export interface Installation {
  readonly line: ServerLine;
  /** The version the daemon states, `10.11.19-MariaDB`. */
  readonly version: string;
  readonly daemon: Program;
  /** Where the SQL files that make the system tables and the messages are. */
  readonly shareFolder: string;
  /** Flags that tell the daemon where its own files are; none for one installed on the machine. */
  readonly locations: readonly string[];
  readonly client: Program;
  readonly dump: Program;
  /** What reads binary log files; the machine's own may lack it. */
  readonly binlog?: Program;
}

/** How programs of one unpacked folder are started. */
export interface Unpacked {
  readonly folder: string;
  program(name: string): Promise<Program>;
}

const PROGRAM_FOLDERS = [
  'usr/sbin',
  'usr/bin',
  '.',
  'usr/lib/mysql-test/bin',
  'usr/lib/jvm/java-17-openjdk-amd64/bin',
];

/**
 * Programs of a folder of unpacked Debian packages run with that folder's own loader and
 * libraries, so that they do not depend on what the machine has or how old it is.
 */
export async function unpackedPackages(
  folder: string,
  { environment }: Surroundings,
): Promise<Unpacked> {
  const libraries = await libraryFolders(folder);
  const loader = await findLoader(libraries);
  return {
    folder,
    program: async (name) => {
      const path = await findProgram(
        name,
        PROGRAM_FOLDERS.map((inside) => join(folder, inside)),
      );
      if (path === undefined) {
        throw new InterlockError('LAB_FAILED', `${folder} has no program ${name}: remove it`);
      }
      return {
        command: loader,
        args: ['--library-path', libraries.join(':'), path],
        env: { ...environment, ...pluginFolders(folder, libraries) },
      };
    },
  };
}

/** Clients load authentication plugins from where they were built for, unless told by these. */
function pluginFolders(
  folder: string,
  libraries: readonly string[],
): Readonly<Record<string, string>> {
  const inside = libraries.find((path) => path.startsWith(join(folder, 'usr/lib')));
  return {
    LIBMYSQL_PLUGIN_DIR: join(folder, 'usr/lib/mysql/plugin'),
    ...(inside === undefined ? {} : { MARIADB_PLUGIN_DIR: join(inside, 'libmariadb3/plugin') }),
  };
}

/** Those of the architecture, then those a package keeps to itself (`usr/lib/mysql-router`). */
async function libraryFolders(folder: string): Promise<readonly string[]> {
  const shared: string[] = [];
  const own: string[] = [];
  for (const root of ['lib', 'usr/lib']) {
    const names = await readdir(join(folder, root)).catch(() => []);
    for (const path of names.map((name) => join(folder, root, name))) {
      if (/-linux-gnu$/.test(path)) shared.push(path);
      else if (await holdsLibraries(path)) own.push(path);
    }
  }
  return [...shared, ...own];
}

async function holdsLibraries(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  return names.some((name) => /^lib.*\.so\.\d+$/.test(name));
}

async function findLoader(libraries: readonly string[]): Promise<string> {
  for (const folder of libraries) {
    const name = (await readdir(folder)).find((file) => /^ld-linux-.*\.so\.\d+$/.test(file));
    if (name !== undefined && (await isExecutable(join(folder, name)))) return join(folder, name);
  }
  throw new InterlockError('LAB_FAILED', `no loader in ${libraries.join(', ')}`);
}

/** A program of the machine's own, with the folder its share files lie in. */
export async function machineProgram(
  name: string,
  { searchPath, environment }: Surroundings,
): Promise<(Program & { readonly shareFolder: string }) | undefined> {
  const command = await findProgram(name, searchPath);
  if (command === undefined) return undefined;
  const shareFolder = join(dirname(dirname(command)), 'share/mysql');
  return { command, args: [], env: environment, shareFolder };
}
