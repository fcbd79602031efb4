// Notices that one of a few files has become another: by looking, since editors, certbot and
// Kubernetes replace files and links, which change notices of a system tell in different ways.
import { stat } from 'node:fs/promises';

export interface FileWatch {
  stop(): void;
}

/** Calls back after a look at which a file differed from the last one. Never keeps a process up. */
export function watchFiles(
  files: readonly string[],
  periodMs: number,
  changed: () => void,
): FileWatch {
  let seen: string | undefined;
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    const now = (await Promise.all(files.map(stampOf))).join('\n');
    isLooking = false;
    const isOther = seen !== undefined && seen !== now;
    seen = now;
    if (isOther) changed();
  };
  void look();
  const timer = setInterval(() => void look(), periodMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Never rejects: a file that is away for a moment has changed too. */
async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeMs, ctimeMs, size, ino } = await stat(file);
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
  } catch {
    return 'absent';
  }
}
