// An unpacked package's links to its own files lead to them, under whatever name its folder gets.
import {
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepLinksInside } from '../../src/lab/own-links.js';

let holder: string;
let folder: string;

beforeEach(async () => {
  holder = await mkdtemp(join(tmpdir(), 'interlock-test-'));
  folder = join(holder, 'contents');
  await mkdir(join(folder, 'etc/java'), { recursive: true });
  await mkdir(join(folder, 'usr/lib/jvm/conf'), { recursive: true });
  await writeFile(join(folder, 'etc/java/net.properties'), 'own');
});
afterEach(() => rm(holder, { recursive: true }));

it('leads links to a file or folder of the package to that, and survives a new name', async () => {
  await symlink('/etc/java/net.properties', join(folder, 'usr/lib/jvm/conf/net.properties'));
  await symlink('/etc/java', join(folder, 'usr/lib/jvm/etc'));
  await keepLinksInside(folder);
  const renamed = join(holder, 'ready');
  await rename(folder, renamed);
  for (const path of ['usr/lib/jvm/conf/net.properties', 'usr/lib/jvm/etc/net.properties']) {
    expect(await readFile(join(renamed, path), 'utf8')).toBe('own');
  }
});

it('leaves links to what the package does not have, and those that are relative', async () => {
  const links = { machines: '/etc/hostname-that-nobody-has', beside: '../java/net.properties' };
  for (const [name, target] of Object.entries(links)) {
    await symlink(target, join(folder, 'etc/java', name));
  }
  await keepLinksInside(folder);
  for (const [name, target] of Object.entries(links)) {
    expect(await readlink(join(folder, 'etc/java', name))).toBe(target);
  }
});
