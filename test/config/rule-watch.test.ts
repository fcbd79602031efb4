// What counts as a change of rule files: whatever an editor, a deployment or an accident does.
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { readRules } from '../../src/config/rule-files.js';
import { type RuleWatch, watchRules } from '../../src/config/rule-watch.js';

const RULE = 'rules: [{ id: a, match: {}, verdict: deny }]\n';
const PERIOD_MS = 10;

let folder: string;
let rules: Config['rules'];
let watch: RuleWatch | undefined;
let stamp: string;
/** What each reading came to. */
let reads: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-rules-'));
  await mkdir(join(folder, 'rules'));
  await writeFile(join(folder, 'rules', 'a.yaml'), RULE);
  rules = [
    { kind: 'shipped', name: 'default' },
    { kind: 'path', path: join(folder, 'rules') },
  ];
  reads = [];
  read();
});
afterEach(async () => {
  watch?.stop();
  await rm(folder, { recursive: true, force: true });
});

function read(): void {
  const { loaded, stamp: now } = readRules({ rules });
  stamp = now;
  reads.push(loaded.kind);
}

const start = (): void => {
  watch = watchRules({ rules, periodMs: PERIOD_MS, read: () => stamp, changed: read });
};
const file = (name: string): string => join(folder, 'rules', name);
const next = async (kind: string): Promise<void> => {
  const before = reads.length;
  await expect.poll(() => reads.length, { interval: 5, timeout: 10_000 }).toBeGreaterThan(before);
  await expect.poll(() => reads.at(-1), { interval: 5, timeout: 10_000 }).toBe(kind);
};

describe('watchRules', () => {
  it('is quiet while nothing changes', async () => {
    start();
    await new Promise((resolve) => setTimeout(resolve, 20 * PERIOD_MS));
    expect(reads).toEqual(['loaded']);
  });

  it('notices what changed before its first look', async () => {
    await writeFile(file('b.yaml'), RULE.replace('a', 'b'));
    start();
    await next('loaded');
  });

  it.each<[string, string, () => Promise<void>]>([
    ['a file that was written to', 'broken', () => writeFile(file('a.yaml'), 'rules: 7')],
    ['a file that was cut off', 'broken', () => writeFile(file('a.yaml'), '')],
    ['a new file', 'loaded', () => writeFile(file('b.yaml'), RULE.replace('a', 'b'))],
    ['a file that is gone', 'broken', () => rm(file('a.yaml'))],
    [
      'a file that was replaced, as editors do',
      'loaded',
      async () => {
        await writeFile(file('.a.yaml.new'), RULE);
        await rename(file('.a.yaml.new'), file('a.yaml'));
      },
    ],
    ['a folder that vanishes', 'broken', () => rm(join(folder, 'rules'), { recursive: true })],
    [
      'a folder that became a link to another, as Kubernetes does',
      'loaded',
      async () => {
        await mkdir(join(folder, 'next'));
        await writeFile(join(folder, 'next', 'a.yaml'), RULE);
        await rename(join(folder, 'rules'), join(folder, 'before'));
        await symlink(join(folder, 'next'), join(folder, 'rules'));
      },
    ],
  ])('notices %s', async (_, kind, change) => {
    start();
    await change();
    await next(kind);
  });

  it('notices a folder that comes back', async () => {
    start();
    await rename(join(folder, 'rules'), join(folder, 'away'));
    await next('broken');
    await rename(join(folder, 'away'), join(folder, 'rules'));
    await next('loaded');
  });

  it('has read them all in the end when many are written at once', async () => {
    start();
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => writeFile(file(`n${n}.yaml`), '# nothing yet\n')),
    );
    const lines = () => stamp.split('\n').length - 1;
    await expect.poll(lines, { interval: 5, timeout: 10_000 }).toBe(21);
  });

  it('watches no shipped set', async () => {
    const shipped = [{ kind: 'shipped', name: 'default' }] as const;
    let changes = 0;
    const changed = () => {
      changes += 1;
    };
    watch = watchRules({ rules: shipped, periodMs: PERIOD_MS, read: () => 'other', changed });
    await new Promise((resolve) => setTimeout(resolve, 10 * PERIOD_MS));
    expect(changes).toBe(0);
  });
});
