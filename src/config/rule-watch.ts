// Notices that rule files have become others, by looking: editors, Kubernetes and configuration
// management replace files, links and folders, which a system's change notices tell in different
// ways. Waits until nothing changes any more, so that what is being written is not read half.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.js';
import { isRuleFileName, RULE_FILES_MAX, stampOf, unreadableStamp } from './rule-stamp.js';

export interface RuleWatch {
  stop(): void;
}

export interface RuleWatchOptions {
  readonly rules: Config['rules'];
  readonly periodMs: number;
  /** What was last read, whether it could be used or not. */
  readonly read: () => string;
  /** Called at the second look in a row at which the files are the same, and not those last read. */
  readonly changed: () => void;
}

/** Never keeps a process up. */
export function watchRules(options: RuleWatchOptions): RuleWatch {
  const paths = options.rules.flatMap((entry) => (entry.kind === 'path' ? [entry.path] : []));
  let before: string | undefined;
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    const now = (await Promise.all(paths.map(stampAt))).join('');
    isLooking = false;
    const isSettled = now === before;
    before = now;
    if (isSettled && now !== options.read()) options.changed();
  };
  if (paths.length === 0) return { stop: () => undefined };
  const timer = setInterval(() => void look(), options.periodMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Never rejects: what is away or cannot be read is a state like others. */
async function stampAt(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return stampOf(path, found);
    const names = (await readdir(path)).filter(isRuleFileName).toSorted();
    const files = names.slice(0, RULE_FILES_MAX + 1).map((name) => join(path, name));
    return (await Promise.all(files.map(async (file) => stampOf(file, await stat(file))))).join('');
  } catch (thrown) {
    return unreadableStamp(path, thrown);
  }
}
