// The demo as a newcomer sees it: the built program, run to its end, stopped in the middle, and
// left running. Its own checks are believed only because acts.test.ts sees them fail.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { env, execPath } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MAIN = resolve(env.INTERLOCK_MAIN ?? 'dist/main.js');
const DEADLINE_MS = 60_000;
/** For all of it: a loaded machine takes several times as long as an idle one. */
const WHOLE_DEADLINE_MS = 180_000;

let temporaryFolder: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  temporaryFolder = await mkdtemp(join(tmpdir(), 'demo-'));
});
afterEach(async () => {
  child?.kill('SIGKILL');
  child = undefined;
  await nothingLeft();
  await rm(temporaryFolder, { recursive: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<number | null>;
}

/** Runs the demo with a temporary folder of its own, so that what it leaves behind is seen. */
function demo(...options: readonly string[]): Run {
  const started = spawn(execPath, [MAIN, 'demo', ...options], {
    env: { ...env, TMPDIR: temporaryFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  const said = { out: '', err: '' };
  started.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  started.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const ended = new Promise<number | null>((done) => started.on('close', done));
  return { child: started, out: () => said.out, err: () => said.err, ended };
}

async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = DEADLINE_MS,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not ${what} within ${deadlineMs} ms`);
    await sleep(20);
  }
}

/** What it says, or how far it came instead. */
async function says(run: Run, what: string, deadlineMs = DEADLINE_MS): Promise<void> {
  let isOver = false;
  void run.ended.then(() => {
    isOver = true;
  });
  const said = (): string => `${run.out()}\n${run.err()}`;
  await until(`at “${what}”`, () => run.out().includes(what) || isOver, deadlineMs).catch(
    (cause: unknown) => {
      throw new Error(`${String(cause)}; it said:\n${said()}`, { cause });
    },
  );
  if (!run.out().includes(what)) throw new Error(`it ended:\n${said()}`);
}

/** Processes whose command line names the temporary folder: servers, watchdogs, clients. */
async function processesLeft(): Promise<readonly string[]> {
  const commandLines = (await readdir('/proc'))
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(commandLines)).filter((line) => line.includes(temporaryFolder));
}

/** The demo's last process ends a moment after the demo itself. */
function nothingLeft(): Promise<void> {
  return until('cleaned up', async () => {
    const files = await readdir(temporaryFolder);
    return files.length === 0 && (await processesLeft()).length === 0;
  });
}

describe('interlock demo', () => {
  it('makes claims of all four acts and the evidence, and every one holds', async () => {
    const run = demo('--json');
    expect(await run.ended).toBe(0);
    const told = JSON.parse(run.out());
    expect(told.allHold).toBe(true);
    expect(told.claims.every(({ holds }: { holds: boolean }) => holds)).toBe(true);
    const acts = told.claims.map(({ act }: { act: number }) => act);
    expect([...new Set(acts)]).toEqual([1, 2, 3, 4, 5]);
    await nothingLeft();
  });

  it('is plain when piped, and tells the outage, both refusals and the way out', async () => {
    const run = demo();
    expect(await run.ended).toBe(0);
    const out = run.out();
    expect(stripVTControlCharacters(out)).toBe(out);
    expect(out).not.toContain('\r');
    expect(out).toContain('db1, which nobody touched, lost all');
    expect(out.match(/ERROR 1644 \(45000\)/g)).toHaveLength(2);
    expect(out).toContain('Stopped is not severed');
    expect(out).toContain('all three servers hold the same rows');
    expect(run.err()).toBe('');
  });

  it.each([
    { signal: 'SIGINT', scene: 'starting three' },
    { signal: 'SIGINT', scene: 'Act 1' },
    { signal: 'SIGTERM', scene: 'Act 2' },
    { signal: 'SIGINT', scene: 'Act 3' },
    { signal: 'SIGINT', scene: 'Act 4' },
  ] as const)('leaves nothing when $signal comes at $scene', async ({ signal, scene }) => {
    const run = demo();
    await says(run, scene);
    run.child.kill(signal);
    expect(await run.ended).toBe(1);
    expect(run.out().endsWith(`Stopped by ${signal}; cleaning up.\n`)).toBe(true);
    expect(run.out()).not.toContain('claims hold');
    await nothingLeft();
  });

  it('leaves nothing when it is killed outright', async () => {
    const run = demo();
    await says(run, 'Act 1');
    run.child.kill('SIGKILL');
    await run.ended;
    await nothingLeft();
  });

  it('goes on serving with --keep until Ctrl-C', { timeout: 300_000 }, async () => {
    const run = demo('--keep');
    await says(run, 'Ctrl-C ends it all', WHOLE_DEADLINE_MS);
    const metrics = /curl (\S+)/.exec(run.out())?.[1] ?? '';
    const answer = await fetch(metrics);
    expect(await answer.text()).toContain('interlock_build_info');
    const config = /links --config (\S+)/.exec(run.out())?.[1] ?? '';
    const links = spawn(execPath, [MAIN, 'links', '--config', config], { stdio: 'pipe' });
    let said = '';
    links.stdout.on('data', (text: Buffer) => (said += text.toString()));
    expect(await new Promise((done) => links.on('close', done))).toBe(0);
    expect(said).toContain('db2 → db1');
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    await nothingLeft();
  });
});
