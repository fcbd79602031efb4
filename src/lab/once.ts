// Makes a folder of the cache exactly once, however many processes want it at the same time. A
// folder that stands under its own name is finished: it was made elsewhere and renamed.
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface OnceOptions {
  /** How often the maker says that it is alive, and how long silence means that it is not. */
  readonly heartbeatMs?: number;
  readonly staleMs?: number;
  readonly onWait?: () => void;
}

const LEFTOVER_MS = 3_600_000;

/** Makes `folder` with `make(partial)` unless it is there. Returns whether it was made here. */
export async function makeOnce(
  folder: string,
  make: (partial: string) => Promise<void>,
  options: OnceOptions = {},
): Promise<boolean> {
  if (await exists(folder)) return false;
  await mkdir(dirname(folder), { recursive: true });
  const release = await lock(folder, options);
  if (release === undefined) return false;
  try {
    if (await exists(folder)) return false;
    await makeAndRename(folder, make);
    return true;
  } finally {
    await release();
  }
}

async function makeAndRename(
  folder: string,
  make: (partial: string) => Promise<void>,
): Promise<void> {
  await removeLeftovers(folder);
  const holder = await mkdtemp(`${folder}.partial-`);
  const partial = join(holder, 'contents');
  try {
    await make(partial);
    // Renaming onto a finished folder fails: then another process was faster, and its is as good.
    await rename(partial, folder).catch(async (cause: unknown) => {
      if (!(await exists(folder))) throw cause;
    });
  } finally {
    await rm(holder, { recursive: true, force: true });
  }
}

/** The release of the lock, or undefined when another process finished the folder meanwhile. */
async function lock(
  folder: string,
  { heartbeatMs = 1_000, staleMs = 15_000, onWait }: OnceOptions,
): Promise<(() => Promise<void>) | undefined> {
  const path = `${folder}.lock`;
  let told = false;
  while (!(await takeLock(path))) {
    if (await exists(folder)) return undefined;
    if (await isSilent(path, staleMs)) {
      await rm(path, { recursive: true, force: true });
      continue;
    }
    if (!told) onWait?.();
    told = true;
    await sleep(100);
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, heartbeatMs);
  return async () => {
    clearInterval(beat);
    await rm(path, { recursive: true, force: true });
  };
}

async function takeLock(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (cause) {
    if (await exists(path)) return false;
    // The holder may have released it in this very moment; anything else is told by the next try.
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
    throw cause;
  }
}

async function isSilent(path: string, staleMs: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > staleMs;
}

/** What makers that were killed left beside the folder, once it is too old to be anybody's. */
async function removeLeftovers(folder: string): Promise<void> {
  const prefix = `${basename(folder)}.partial-`;
  for (const name of await readdir(dirname(folder))) {
    const path = join(dirname(folder), name);
    if (!name.startsWith(prefix) || !(await isSilent(path, LEFTOVER_MS))) continue;
    await rm(path, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
