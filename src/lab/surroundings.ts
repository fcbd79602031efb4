// What the lab takes from the machine it runs on: cache folder, search path, user. The only file
// of the lab that reads the process's own environment; everything else takes Surroundings.
import { access, constants } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { env, getuid } from 'node:process';

export interface Surroundings {
  /** Where fetched servers live, one folder a line, shared by all processes of this user. */
  readonly cacheFolder: string;
  /** Where servers keep their data while they run. Short: a socket's path has 107 bytes. */
  readonly temporaryFolder: string;
  readonly searchPath: readonly string[];
  /** Servers refuse to run as root unless told to. */
  readonly isRoot: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const LONGEST_TEMPORARY_FOLDER = 50;

export function surroundings(environment: Environment = env): Surroundings {
  const folder = tmpdir();
  return {
    cacheFolder: cacheFolderOf(environment, homedir()),
    temporaryFolder: folder.length > LONGEST_TEMPORARY_FOLDER ? '/tmp' : folder,
    searchPath: searchPathOf(environment),
    isRoot: getuid?.() === 0,
    environment,
  };
}

/** INTERLOCK_CACHE, else XDG_CACHE_HOME/interlock, else ~/.cache/interlock. */
export function cacheFolderOf(environment: Environment, home: string): string {
  const own = environment.INTERLOCK_CACHE;
  if (own !== undefined && own !== '') return own;
  const shared = environment.XDG_CACHE_HOME;
  return join(shared !== undefined && shared !== '' ? shared : join(home, '.cache'), 'interlock');
}

/** The system folders hold servers and are often missing from an ordinary user's PATH. */
export function searchPathOf(environment: Environment): readonly string[] {
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...folders, '/usr/local/sbin', '/usr/sbin', '/usr/local/bin', '/usr/bin'])];
}

/** The absolute path of a program on the search path, if it is there. */
export async function findProgram(
  name: string,
  searchPath: readonly string[],
): Promise<string | undefined> {
  for (const folder of searchPath) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
