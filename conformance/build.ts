// Which build of Interlock is run: a digest of all that stands in dist/, so that findings about two
// builds are never counted together.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const SHOWN_DIGITS = 12;

export async function buildDigest(folder = 'dist'): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  const digest = createHash('sha256');
  for (const path of paths) digest.update(`${path}\n`).update(await readFile(path));
  return digest.digest('hex').slice(0, SHOWN_DIGITS);
}
