// What the watchdog ends and what it leaves alone.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Watchdog } from '../../src/lab/watchdog.js';

it('ends what works in its folder, spares a pid that belongs to others, removes the folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-test-'));
  await writeFile(join(folder, 'data'), 'x');
  const watchdog = Watchdog.guard(folder);
  const mine = spawn('/bin/sh', ['-c', 'sleep 60; :', folder], { stdio: 'ignore' });
  const other = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
  try {
    for (const { pid } of [mine, other]) watchdog.watch(pid ?? 0);
    const ended = new Promise((resolve) => mine.once('exit', (_, signal) => resolve(signal)));
    await watchdog.release();
    expect(await ended).toBe('SIGKILL');
    expect(existsSync(folder)).toBe(false);
    expect(other.exitCode ?? other.signalCode).toBeNull();
  } finally {
    other.kill('SIGKILL');
    mine.kill('SIGKILL');
  }
});

it('can be released twice', async () => {
  const watchdog = Watchdog.guard(await mkdtemp(join(tmpdir(), 'interlock-test-')));
  await watchdog.release();
  await watchdog.release();
});
