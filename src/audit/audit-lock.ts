// One writer per audit file: a lock file beside it that names its owner. It must never let two in:
// what cannot be told apart from a living owner counts as one.
import { link, open, readFile, rename, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { InterlockError, messageOf } from '../errors.js';

/** Who holds the lock. A pid alone would lie: pids come again, in containers at every restart. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /** The kernel's boot id and the process's start in it; '' where the system does not tell. */
  readonly boot: string;
  readonly started: string;
}

export interface AuditLock {
  readonly path: string;
  release(): Promise<void>;
}

/** How often a stale lock is taken over before we believe that somebody else is at it too. */
const ATTEMPTS = 5;

/** Takes the lock of this audit file, from a dead owner too; AUDIT_UNAVAILABLE names a live one. */
export async function takeAuditLock(file: string, self: { pid: number }): Promise<AuditLock> {
  const path = `${file}.lock`;
  const own = JSON.stringify(await describe(self.pid));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await create(path, own, self.pid)) return { path, release: () => release(path, own) };
    const held = await readFile(path, 'utf8').catch(absent);
    if (held === undefined) continue;
    await refuseIfAlive(path, held);
    await setAside(path, held, self.pid);
  }
  throw unavailable(path, 'several processes are taking it over at once; start one of them');
}

/** Whether somebody writes that audit file; what cannot be told apart from it counts as yes. */
export async function isAuditLocked(file: string): Promise<boolean> {
  const held = await readFile(`${file}.lock`, 'utf8').catch(absent);
  if (held === undefined) return false;
  const owner = parseOwner(held);
  return owner === undefined || owner.host !== hostname() || isAlive(owner);
}

async function describe(pid: number): Promise<Owner> {
  return { pid, host: hostname(), boot: await bootId(), started: await startOf(pid) };
}

/** Whole or not at all: the content is there before the name is. */
async function create(path: string, content: string, pid: number): Promise<boolean> {
  const draft = `${path}.${pid}`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
    await link(draft, path);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false;
    throw thrown;
  } finally {
    await handle.close();
    await unlink(draft).catch(absent);
  }
}

async function refuseIfAlive(path: string, held: string): Promise<void> {
  const owner = parseOwner(held);
  if (owner === undefined) {
    throw unavailable(path, 'its content names nobody; if no Interlock writes there, delete it');
  }
  if (owner.host !== hostname()) {
    const who = `process ${owner.pid} on host ${owner.host}`;
    throw unavailable(path, `${who} holds it; if that one is gone for good, delete it`);
  }
  if (!(await isAlive(owner))) return;
  const mend = 'stop that process, or give this one an audit.file of its own';
  throw unavailable(path, `process ${owner.pid} holds it; ${mend}`);
}

async function isAlive(owner: Owner): Promise<boolean> {
  const boot = await bootId();
  if (boot !== owner.boot) return false;
  if (boot !== '') return (await startOf(owner.pid)) === owner.started;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (thrown) {
    return codeOf(thrown) !== 'ESRCH';
  }
}

/**
 * Moves the stale lock away. If somebody else took it over meanwhile, what we moved is theirs and
 * goes back.
 */
async function setAside(path: string, stale: string, pid: number): Promise<void> {
  const aside = `${path}.stale.${pid}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path);
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT' && codeOf(thrown) !== 'EEXIST') throw thrown;
  } finally {
    await unlink(aside).catch(absent);
  }
}

/** Only if it is still ours: an operator may have deleted it and started another. */
async function release(path: string, own: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(absent)) === own) await unlink(path).catch(absent);
}

function parseOwner(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, host, boot, started } = { pid: 0, host: '', boot: '', started: '', ...value };
    return pid > 0 ? { pid, host, boot, started } : undefined;
  } catch {
    return undefined;
  }
}

async function bootId(): Promise<string> {
  const text = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return text.trim();
}

/** Field 22 of /proc/PID/stat, counted from behind the name, which may hold anything. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not looked yet.
  return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
}

function unavailable(path: string, why: string): InterlockError {
  return new InterlockError('AUDIT_UNAVAILABLE', `The audit lock ${path} is not free: ${why}.`);
}

function absent(): undefined {
  return undefined;
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : messageOf(thrown);
}
