// Packages link to their own files by where an installation would put them (/etc/…). Unpacked into
// a folder, such a link leads to the machine's file of that name, or nowhere: it is led back here.
import { lstat, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';

/** Links to what is not in the folder stay as they are: that is somebody else's to provide. */
export async function keepLinksInside(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const target = await readlink(path);
    const own = join(folder, target);
    if (!isAbsolute(target) || !(await exists(own))) continue;
    await rm(path);
    // Relative, because a finished folder is given another name.
    await symlink(relative(dirname(path), own), path);
  }
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
