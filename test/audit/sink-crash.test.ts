// Sinks in processes of their own: killed, limited, racing for one file.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { AuditSink } from '../../src/audit/sink.js';
import { verifyFiles } from '../../src/audit/verify.js';
import { outcome } from './chained-scene.js';
import { buildSinkDriver } from './sink-process.js';
import { temporaryFolder } from './temporary-folder.js';

describe('a sink whose process dies', () => {
  let built: { readonly folder: string; readonly driver: string };
  beforeAll(() => {
    built = buildSinkDriver();
  });
  afterAll(() => rmSync(built.folder, { recursive: true, force: true }));

  function start(file: string, kind: string): { child: ChildProcess; lines: () => string[] } {
    const child = spawn(process.execPath, [built.driver, file, kind, '300']);
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    return { child, lines: () => output.split('\n').slice(0, -1) };
  }

  async function until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error('it did not happen within 10 s');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async function kill(child: ChildProcess): Promise<void> {
    child.kill('SIGKILL');
    await once(child, 'close');
  }

  it('keeps every acknowledged record through twenty kills, and stays readable', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    for (let round = 0; round < 20; round++) {
      const { child, lines } = start(file, 'until-killed');
      await until(() => lines().length > 20 + round * 7);
      await kill(child);
      const kept = lines().flatMap((line) => /^kept (\d+)$/.exec(line)?.[1] ?? []);
      const text = readFileSync(file, 'utf8');
      const whole = text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).number);
      expect(kept.length).toBeGreaterThan(10);
      expect(kept.map(Number).filter((number) => !whole.includes(number))).toEqual([]);
      expect((await verifyFiles([file])).problems).toEqual([]);
      rmSync(file);
    }
  }, 60_000);

  it('keeps one chain through kills in one file', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    for (let round = 0; round < 5; round++) {
      const { child, lines } = start(file, 'until-killed');
      await until(() => lines().length > 20 + round * 7);
      await kill(child);
      appendFileSync(file, '{"torn');
    }
    const sink = await AuditSink.open({ file, pid: process.pid });
    await sink.append(outcome('R1'));
    const heads = [sink.head];
    await sink.close();
    const { problems, notes } = await verifyFiles([file], { heads, whole: true });
    expect(problems).toEqual([]);
    expect(notes.filter((note) => note.includes('stand in no chain'))).toHaveLength(5);
  }, 60_000);

  it('cuts a half-written record off when the file may not grow', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    // A write over the limit is cut short by the kernel, and the next one fails with EFBIG.
    const limited = `ulimit -f 8; exec "$0" "$1" "$2" until-refused 300`;
    const run = spawnSync('bash', ['-c', limited, process.execPath, built.driver, file], {
      encoding: 'utf8',
    });
    const kept = [...run.stdout.matchAll(/^kept (\d+)$/gm)].map((match) => Number(match[1]));
    expect(run.stdout).toMatch(/^lost \d+ .*EFBIG.*file size limit/m);
    expect((await verifyFiles([file], { whole: true })).problems).toEqual([]);
    const text = readFileSync(file, 'utf8');
    expect(text.endsWith('\n')).toBe(true);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).number),
    ).toEqual(kept);
    expect(kept.length).toBeGreaterThan(5);
  });

  it('lets one process in, names it to the other, and follows it when it was killed', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    const { child, lines } = start(file, 'hold');
    await until(() => lines().length > 0);
    await expect(AuditSink.open({ file, pid: process.pid })).rejects.toEqual(
      expect.objectContaining({
        code: 'AUDIT_UNAVAILABLE',
        message: expect.stringContaining(`process ${child.pid} holds it`),
      }),
    );
    await kill(child);
    appendFileSync(file, '{"torn');
    const sink = await AuditSink.open({ file, pid: process.pid });
    expect(sink.tornBytes).toBe(6);
    await sink.close();
  });
});
