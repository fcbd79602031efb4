// Gets Debian packages without root and without touching the machine's own apt or dpkg state: an
// apt configuration of its own, an empty list of installed packages, and dpkg -x into a folder.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InterlockError } from '../errors.js';
import { debianMirror, sourcesList } from './apt-sources.js';
import type { DebianSource } from './lines.js';
import { keepLinksInside } from './own-links.js';
import { type Program, run } from './program.js';
import { findProgram, type Surroundings } from './surroundings.js';

export type Report = (line: string) => void;

/** The dependencies that only installing would need, not running. */
const LEFT_OUT =
  /perl|^(debconf|dpkg|tar|passwd|adduser|init-system-helpers|usrmerge|debianutils)$/;

/** Downloads the packages with all they need and unpacks them into `folder`. */
export async function unpackDebianPackages(
  source: DebianSource,
  folder: string,
  to: { readonly surroundings: Surroundings; readonly report: Report },
): Promise<void> {
  const apt = await ownApt(source, `${folder}.apt`, to.surroundings);
  try {
    to.report('reading the list of packages');
    await run(apt.get, ['update', '-o', 'APT::Update::Error-Mode=any']);
    const names = [...(await closure(apt.get, source.packages)), ...source.alone];
    await download(apt, names, to.report);
    to.report('unpacking');
    await unpack(apt, folder);
  } finally {
    await rm(apt.folder, { recursive: true, force: true });
  }
}

interface OwnApt {
  readonly folder: string;
  readonly downloads: string;
  readonly get: Program;
  readonly dpkgDeb: Program;
}

async function ownApt(
  source: DebianSource,
  folder: string,
  { searchPath, environment }: Surroundings,
): Promise<OwnApt> {
  const get = await findProgram('apt-get', searchPath);
  const dpkgDeb = await findProgram('dpkg-deb', searchPath);
  if (get === undefined || dpkgDeb === undefined) {
    throw new InterlockError('LAB_FAILED', 'this machine has no apt-get and dpkg-deb');
  }
  const downloads = join(folder, 'downloads');
  for (const path of [
    'lists/partial',
    'cache/archives/partial',
    'sources',
    'downloads',
    'trusted',
  ]) {
    await mkdir(join(folder, path), { recursive: true });
  }
  const mirror = debianMirror(await machineSources(), environment.INTERLOCK_DEBIAN_MIRROR);
  await writeFile(join(folder, 'sources/lab.sources'), sourcesList(mirror, source.suite));
  await writeFile(join(folder, 'status'), '');
  await writeFile(join(folder, 'apt.conf'), aptConfiguration(folder));
  const env = { ...environment, APT_CONFIG: join(folder, 'apt.conf'), LC_ALL: 'C' };
  return {
    folder,
    downloads,
    get: { command: get, args: ['-q'], env },
    dpkgDeb: { command: dpkgDeb, args: [], env },
  };
}

/** Only paths: proxies and the like stay as the machine's owner set them. */
export function aptConfiguration(folder: string): string {
  const settings = {
    'Dir::State': folder,
    'Dir::State::Lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Cache::archives': join(folder, 'cache/archives'),
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(folder, 'sources'),
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': join(folder, 'trusted'),
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    // Run by root, apt would drop to a user that cannot write into this folder.
    'APT::Sandbox::User': 'root',
    'APT::Install-Recommends': 'false',
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} "${value}";\n`)
    .join('');
}

async function machineSources(): Promise<readonly string[]> {
  const parts = '/etc/apt/sources.list.d';
  const names = (await readdir(parts).catch(() => [])).filter((name) =>
    /\.(sources|list)$/.test(name),
  );
  const paths = ['/etc/apt/sources.list', ...names.sort().map((name) => join(parts, name))];
  return Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')));
}

async function closure(get: Program, packages: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await run(get, ['install', '-s', ...packages]);
  return installedNames(stdout).filter((name) => !LEFT_OUT.test(name));
}

/** The package names of `apt-get install -s`: its lines read `Inst NAME (VERSION …)`. */
export function installedNames(simulation: string): readonly string[] {
  return [...simulation.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name ?? []);
}

async function download(apt: OwnApt, names: readonly string[], report: Report): Promise<void> {
  let done = 0;
  const onLine = (line: string): void => {
    const size = /^Get:\d+ .* \[([^\]]+)\]$/.exec(line)?.[1];
    const name = /^Get:\d+ (?:\S+ ){3}(\S+)/.exec(line)?.[1];
    if (size === undefined || name === undefined) return;
    done += 1;
    report(`downloading ${done}/${names.length}: ${name} (${size})`);
  };
  await run(apt.get, ['download', ...names], { cwd: apt.downloads, onLine });
}

async function unpack(apt: OwnApt, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(apt.downloads)) {
    await run(apt.dpkgDeb, ['-x', join(apt.downloads, file), folder]);
  }
  await keepLinksInside(folder);
}
