import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { describe, expect, it } from 'vitest';
import { untilFrozen } from '../../src/lab/frozen.js';
import { run } from '../../src/lab/program.js';

describe('a process that is sent SIGSTOP', () => {
  it('has stopped, with all its threads, when the wait ends', async () => {
    const child = spawn(execPath, ['-e', "setInterval(() => process.stdout.write('.'), 1)"], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      await once(child.stdout, 'data');
      const pid = child.pid ?? 0;
      await expect(untilFrozen(pid, 50)).rejects.toThrow(
        `process ${pid} did not stop within 50 ms`,
      );
      child.kill('SIGSTOP');
      await untilFrozen(pid);
      expect(await statesOf(pid)).toEqual(['T']);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

/** The distinct states of its threads, as the system's own `ps` tells them. */
async function statesOf(pid: number): Promise<readonly string[]> {
  const ps = { command: '/bin/ps', args: [], env: {} };
  const { stdout } = await run(ps, ['-L', '-o', 'state=', '-p', String(pid)]);
  return [...new Set(stdout.trim().split(/\s+/))];
}
