// An apt configuration that touches nothing of the machine's, and what apt's answers mean.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aptConfiguration, installedNames, unpackDebianPackages } from '../../src/lab/debian.js';
import { toolSource } from '../../src/lab/lines.js';
import { surroundings } from '../../src/lab/surroundings.js';

it('keeps every path of apt inside the folder', () => {
  const text = aptConfiguration('/own');
  for (const line of text
    .trim()
    .split('\n')
    .filter((each) => each.startsWith('Dir::'))) {
    expect(line).toMatch(/"(\/own|\/dev\/null)/);
  }
  expect(text).toContain('Dir::State::status "/own/status";');
});

it('reads the packages of a simulated installation', () => {
  const simulation =
    'Reading…\nInst libc6 (2.36 Debian [amd64])\nConf libc6 (2.36)\nInst zlib1g (1)\n';
  expect(installedNames(simulation)).toEqual(['libc6', 'zlib1g']);
});

it('says so on a machine without apt, and leaves nothing', async () => {
  const holder = await mkdtemp(join(tmpdir(), 'interlock-test-'));
  const to = { surroundings: { ...surroundings(), searchPath: [] }, report: () => undefined };
  const unpacking = unpackDebianPackages(toolSource('sysbench'), join(holder, 'x'), to);
  await expect(unpacking).rejects.toThrow('this machine has no apt-get and dpkg-deb');
  expect(await readdir(holder)).toEqual([]);
  await rm(holder, { recursive: true });
});
