// One writer per audit file, whoever died before.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeAuditLock } from '../../src/audit/audit-lock.js';
import { temporaryFolder } from './temporary-folder.js';

const self = { pid: process.pid };
const fresh = () => join(temporaryFolder(), 'audit.jsonl');

/** What this process would write, with some of it changed. */
async function leaveLock(file: string, change: object): Promise<void> {
  const lock = await takeAuditLock(file, self);
  const owner = JSON.parse(readFileSync(lock.path, 'utf8'));
  await lock.release();
  writeFileSync(lock.path, JSON.stringify({ ...owner, ...change }));
}

describe('the audit lock', () => {
  it('names its owner and is gone when released', async () => {
    const lock = await takeAuditLock(fresh(), self);
    const owner = JSON.parse(readFileSync(lock.path, 'utf8'));
    expect(owner).toMatchObject({ pid: process.pid, host: hostname() });
    await lock.release();
    expect(existsSync(lock.path)).toBe(false);
  });

  it('lets no second one in, in the same process either', async () => {
    const file = fresh();
    const lock = await takeAuditLock(file, self);
    await expect(takeAuditLock(file, self)).rejects.toThrow(`process ${process.pid} holds it`);
    await lock.release();
    await (await takeAuditLock(file, self)).release();
  });

  it.each([
    ['a pid that is gone', { pid: 2 ** 22 + 1 }],
    ['a pid that another process has now', { started: '1' }],
    ['an owner from before the machine started', { boot: 'another' }],
  ])('is taken over from %s', async (_, change) => {
    const file = fresh();
    await leaveLock(file, change);
    const lock = await takeAuditLock(file, self);
    expect(JSON.parse(readFileSync(lock.path, 'utf8')).pid).toBe(process.pid);
  });

  it('is not taken from another host, which cannot be asked', async () => {
    const file = fresh();
    await leaveLock(file, { host: 'elsewhere' });
    await expect(takeAuditLock(file, self)).rejects.toThrow(/on host elsewhere.*delete it/);
  });

  it.each(['', 'garbage', '[]', '{"pid":"x"}'])('is not taken from nobody: %j', async (content) => {
    const file = fresh();
    writeFileSync(`${file}.lock`, content);
    await expect(takeAuditLock(file, self)).rejects.toThrow(/names nobody.*delete it/);
  });

  it('goes to exactly one of many that find it stale at once', async () => {
    const file = fresh();
    await leaveLock(file, { boot: 'another' });
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, () => takeAuditLock(file, self)),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
    expect(existsSync(`${file}.lock`)).toBe(true);
  });

  it('leaves a successor’s lock alone when released late', async () => {
    const file = fresh();
    const lock = await takeAuditLock(file, self);
    writeFileSync(lock.path, '{"pid":1}');
    await lock.release();
    expect(existsSync(lock.path)).toBe(true);
  });
});
