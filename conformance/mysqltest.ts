// One run of the suite's own client, mysqltest, on one test file: what it printed, or why it did
// not get to the end. Ends what it started, with everything the test started itself.
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import type { Program } from '../src/lab/program.js';

export type Outcome =
  | { readonly kind: 'printed'; readonly text: string; readonly tookMs: number }
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string; readonly tookMs: number }
  | { readonly kind: 'late'; readonly deadlineMs: number };

export interface Run {
  readonly program: Program;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly resultFile: string;
  readonly deadlineMs: number;
}

/** What mysqltest exits with when the test says that it does not apply here. */
const SKIPPED = 62;
const QUOTED_CHARACTERS = 1_500;

export async function runMysqltest(run: Run): Promise<Outcome> {
  const log = run.resultFile.replace(/result$/, 'log');
  for (const file of [run.resultFile, log]) await rm(file, { force: true });
  const startedAt = performance.now();
  const { code, said, late } = await ended(run);
  const tookMs = Math.round(performance.now() - startedAt);
  if (late) return { kind: 'late', deadlineMs: run.deadlineMs };
  if (code === SKIPPED) return { kind: 'skipped', why: skipReason(said) };
  if (code !== 0) return { kind: 'failed', why: await lastWordsOf(log, said), tookMs };
  const text = await readFile(run.resultFile, 'latin1').catch(() => '');
  return { kind: 'printed', text, tookMs };
}

/** What the test printed last is in a log beside its result: what it waited for in vain, say. */
async function lastWordsOf(logFile: string, said: string): Promise<string> {
  const printed = await readFile(logFile, 'latin1').catch(() => '');
  const words = [said, printed].map((text) => text.slice(-QUOTED_CHARACTERS).trim());
  return words.filter((text) => text !== '').join('\n');
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
  readonly late: boolean;
}

function ended(run: Run): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // A process group of its own: a test starts clients and shells, and they end with it.
    const child = spawn(run.program.command, [...run.program.args, ...run.args], {
      cwd: run.folder,
      env: run.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let late = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('latin1');
      stream.on('data', (chunk: string) => {
        said = (said + chunk).slice(-64 * 1024);
      });
    }
    const timer = setTimeout(() => {
      late = true;
      endGroup(child.pid);
    }, run.deadlineMs);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(timer);
      endGroup(child.pid);
      resolve({ code, said, late });
    });
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left, which is what was wanted.
  }
}

function skipReason(said: string): string {
  return /reason: (.+)/.exec(said)?.[1]?.trim() ?? 'the test says it does not apply';
}
