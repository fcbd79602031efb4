// Reading a source's binary log is no load on it: a reader frozen in the midst of an answer does
// not stop the source's commits.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, resolve } from 'node:path';
import { env, execPath } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createMonitorAccount } from '../../src/lab/accounts.js';
import { MONITOR } from '../support/interlock.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { expectWithin, msOf } from '../support/timing.js';

const BUILT = dirname(resolve(env.INTERLOCK_MAIN ?? 'dist/main.js'));
const FREEZES = 25;
const COMMIT_MS_MAX = 100;

describeOnEveryLine('a frozen reader', (line) => {
  const stage = labWith({ line, servers: ['db1'] });

  it('keeps no commit waiting', async () => {
    const db1 = stage.server('db1');
    await createMonitorAccount(db1, MONITOR);
    await db1.execute('CREATE DATABASE app', 'CREATE TABLE app.t (v VARCHAR(300))');
    const text = 'x'.repeat(200);
    for (let i = 0; i < 1_000; i += 1) await db1.query('INSERT INTO app.t VALUES (?)', [text]);
    // Small events first, then large ones: what is asked for at once must fit in either case.
    const large = `FLUSH TABLES app.t /* ${text.repeat(500)} */`;
    for (let i = 0; i < 300; i += 1) await db1.query(large);
    const { user, password } = MONITOR;
    const script = resolve('test/e2e/binlog-reader.mjs');
    const reader = spawn(execPath, [script, BUILT, String(db1.port), user, password], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [seen] = await once(reader.stdout, 'data');
      expect(String(seen)).toMatch(/^\.+$/);
      reader.stdout.resume();
      const slowestCommitMs = async (): Promise<number> => {
        const tookMs: number[] = [];
        for (let i = 0; i < FREEZES; i += 1) {
          await sleep(5 + i);
          reader.kill('SIGSTOP');
          const thawed = sleep(3 * COMMIT_MS_MAX).then(() => reader.kill('SIGCONT'));
          await sleep(2);
          tookMs.push(await msOf(() => db1.query('INSERT INTO app.t VALUES (?)', [text])));
          await thawed;
        }
        return Math.max(...tookMs);
      };
      const tookMs = await expectWithin(COMMIT_MS_MAX, slowestCommitMs);
      expect(reader.exitCode).toBeNull();
      console.info(line, 'slowest commit', tookMs.toFixed(1), 'ms');
    } finally {
      reader.kill('SIGKILL');
      await once(reader, 'exit').catch(() => undefined);
    }
  });
});
