// A folder of the cache is made once, and only a finished one counts.
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeOnce } from '../../src/lab/once.js';

let holder = '';
beforeEach(async () => {
  holder = await mkdtemp(join(tmpdir(), 'interlock-test-'));
});
afterEach(() => rm(holder, { recursive: true, force: true }));

const write = (text: string) => async (partial: string) => {
  await mkdir(partial);
  await sleep(50);
  await writeFile(join(partial, 'text'), text);
};

it('makes it once for five that want it at the same time', async () => {
  const folder = join(holder, 'f');
  const wanted = ['a', 'b', 'c', 'd', 'e'].map((text) => makeOnce(folder, write(text)));
  const made = await Promise.all(wanted);
  expect(made.filter((here) => here)).toHaveLength(1);
  expect(await readFile(join(folder, 'text'), 'utf8')).toHaveLength(1);
  expect(await readdir(holder)).toEqual(['f']);
});

it('does not ask to make what is there', async () => {
  const folder = join(holder, 'f');
  await mkdir(folder);
  await makeOnce(folder, () => Promise.reject(new Error('asked')));
});

it('leaves nothing behind when making fails, and makes it the next time', async () => {
  const folder = join(holder, 'f');
  const failing = makeOnce(folder, async (partial) => {
    await mkdir(partial);
    throw new Error('the network went away');
  });
  await expect(failing).rejects.toThrow('the network went away');
  expect(await readdir(holder)).toEqual([]);
  expect(await makeOnce(folder, write('x'))).toBe(true);
});

it('takes over from a maker that died, and not from one that lives', async () => {
  const folder = join(holder, 'f');
  await mkdir(`${folder}.lock`);
  let waited = 0;
  const making = makeOnce(folder, write('x'), { staleMs: 60_000, onWait: () => (waited += 1) });
  await sleep(300);
  expect(await readdir(holder)).toEqual(['f.lock']);
  expect(waited).toBe(1);
  await utimes(`${folder}.lock`, 1, 1);
  expect(await making).toBe(true);
  expect(await readdir(holder)).toEqual(['f']);
});

it('fails when the cache cannot be written', async () => {
  await writeFile(join(holder, 'file'), '');
  await expect(makeOnce(join(holder, 'file', 'f'), write('x'))).rejects.toThrow(/ENOTDIR|EEXIST/);
});
