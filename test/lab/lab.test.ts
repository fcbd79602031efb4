// Nothing is left behind, however the process that opened the lab ends.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath, kill } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../../src/lab/lab.js';

const DEADLINE_MS = 10_000;

function isAlive(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`);
    await sleep(20);
  }
}

describe('Lab', () => {
  it('gives out distinct server ids and refuses a name twice', async () => {
    const lab = await Lab.open();
    try {
      const line = 'mariadb-10.11';
      const started = await Promise.all(['a', 'b'].map((name) => lab.start({ line, name })));
      expect(started.map(({ serverId }) => serverId)).toEqual([1, 2]);
      await expect(lab.start({ line, name: 'a' })).rejects.toThrow('has a server a already');
      expect(() => lab.server('c')).toThrow('no server c');
    } finally {
      await lab.close();
    }
  });

  it('leaves no process and no folder when closed, also while a server is starting', async () => {
    const lab = await Lab.open();
    const { pid } = await lab.start({ line: 'mariadb-10.11', name: 'a' });
    const starting = lab.start({ line: 'mariadb-10.11', name: 'b' });
    const refused = expect(starting).rejects.toThrow();
    await lab.close();
    await refused;
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(lab.folder)).toBe(false);
  });
});

describe('a process that has a lab', () => {
  let built = '';
  beforeAll(async () => {
    built = await build();
  });
  afterAll(() => rm(built, { recursive: true, force: true }));

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('leaves nothing after %s', async (signal) => {
    await expectNothingLeft(built, { argument: 'wait', end: (child) => child.kill(signal) });
  });

  it('leaves nothing after it crashed', async () => {
    await expectNothingLeft(built, { argument: 'crash', end: () => undefined });
  });
});

interface Ending {
  readonly argument: 'wait' | 'crash';
  readonly end: (child: ChildProcess) => void;
}

async function expectNothingLeft(built: string, { argument, end }: Ending): Promise<void> {
  const child = spawn(execPath, [join(built, 'open.js'), argument], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { pids, folder } = await announced(child);
  try {
    end(child);
    await until(() => child.exitCode !== null || child.signalCode !== null, 'it ended');
    await until(() => !pids.some(isAlive), 'the servers are gone');
    await until(() => !existsSync(folder), 'the folder is gone');
  } finally {
    // Only where the test failed is there anything left to end here.
    child.kill('SIGKILL');
    for (const pid of pids.filter(isAlive)) kill(pid, 'SIGKILL');
  }
}

const SCRIPT = `
import { Lab } from './lab/lab.js';
const lab = await Lab.open();
const servers = await Promise.all(['a', 'b'].map((name) => lab.start({ line: 'mariadb-10.11', name })));
await servers[1].kill('SIGSTOP');
console.log(JSON.stringify({ pids: servers.map(({ pid }) => pid), folder: lab.folder }));
if (process.argv[2] === 'crash') throw new Error('crashed on purpose');
setInterval(() => {}, 1000);
`;

async function announced(child: ChildProcess): Promise<{ pids: number[]; folder: string }> {
  if (child.stdout === null) throw new Error('no output to read');
  for await (const line of createInterface(child.stdout)) return JSON.parse(line);
  throw new Error('it ended before its servers were up');
}

/** Compiles the sources to a folder of their own below node_modules, where imports resolve. */
async function build(): Promise<string> {
  await mkdir('node_modules/.cache', { recursive: true });
  const folder = await mkdtemp(join('node_modules/.cache', 'lab-test-'));
  const flags = ['-p', 'tsconfig.build.json', '--outDir', folder];
  await new Promise<void>((resolve) => {
    // What types the rest of the sources have is not this test's matter.
    execFile(execPath, ['node_modules/typescript/bin/tsc', ...flags], () => resolve());
  });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'open.js'), SCRIPT);
  return folder;
}
