// Tells when a process that was sent SIGSTOP has really stopped: the signal is only asked for, and
// on a busy machine a thread of the server may answer once more before it is delivered.
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { InterlockError } from '../errors.js';

const FREEZE_DEADLINE_MS = 10_000;
const LOOK_MS = 2;

/** Resolves once every thread of `pid` is stopped; LAB_FAILED when that takes too long. */
export async function untilFrozen(pid: number, deadlineMs = FREEZE_DEADLINE_MS): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!(await isFrozen(pid))) {
    if (performance.now() > endMs) {
      throw new InterlockError('LAB_FAILED', `process ${pid} did not stop within ${deadlineMs} ms`);
    }
    await sleep(LOOK_MS);
  }
}

/** True where there is no /proc to look at: macOS stops a process before kill returns. */
async function isFrozen(pid: number): Promise<boolean> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => undefined);
  if (tasks === undefined) return true;
  const states = await Promise.all(tasks.map((task) => stateOf(`/proc/${pid}/task/${task}/stat`)));
  return states.every((state) => state === undefined || 'Tt'.includes(state));
}

/** `123 (name, maybe with spaces) T …`; undefined when the thread has ended meanwhile. */
async function stateOf(file: string): Promise<string | undefined> {
  const stat = await readFile(file, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).charAt(0);
}
