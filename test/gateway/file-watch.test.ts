import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { watchFiles } from '../../src/gateway/file-watch.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

it('notices each file that became another, and is quiet otherwise', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-watch-'));
  ends.push(() => rm(folder, { recursive: true }));
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  await writeFile(one, '1');
  let changes = 0;
  const watch = watchFiles([one, two], 5, () => {
    changes += 1;
  });
  ends.unshift(() => watch.stop());
  const quiet = async (expected: number): Promise<void> => {
    await expect.poll(() => changes, { interval: 5 }).toBe(expected);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(changes).toBe(expected);
  };
  await quiet(0);
  await writeFile(two, '2');
  await expect.poll(() => changes, { interval: 5 }).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const before = changes;
  await writeFile(join(folder, 'new'), '3');
  await rename(join(folder, 'new'), one);
  await quiet(before + 1);
});
