// The head beside the file: the last one counts, whatever was written before.
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { headAt } from '../../src/audit/chain.js';
import { HeadFile, readHead } from '../../src/audit/head-file.js';
import { openSeal } from '../../src/audit/seal.js';
import { temporaryFolder } from './temporary-folder.js';

it('says the last head, also after a longer one', async () => {
  const path = join(temporaryFolder(), 'audit.jsonl.head');
  const seal = await openSeal(`${path}.key`);
  const file = await HeadFile.open(path);
  for (let seq = 1; seq < 50; seq++) file.write({ head: headAt('x', seq) });
  const time = '2026-11-27T20:00:00.000Z';
  file.write({ head: headAt('y', 1_000_000), why: 'interval', time }, seal);
  file.write({ head: headAt('z', 7) });
  await file.close();
  expect(await readHead(path)).toEqual({ head: headAt('z', 7) });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const again = await HeadFile.open(path);
  again.write({ head: headAt('w', 8), why: 'stopped', time }, seal);
  await again.close();
  expect(await readHead(path)).toEqual({
    head: headAt('w', 8),
    why: 'stopped',
    time,
    key: seal.key,
  });
});

it('says no more than its signature holds for, and nothing where it is no head', async () => {
  const path = join(temporaryFolder(), 'audit.jsonl.head');
  expect(await readHead(path)).toBeUndefined();
  const { hash } = headAt('x', 1);
  writeFileSync(path, JSON.stringify({ head: `1:${hash}`, why: 'stopped', time: 't', key: 'k' }));
  expect(await readHead(path)).toEqual({ head: { seq: 1, hash } });
  for (const text of ['', '{"head":"1:', '{"head":"1:abc"}', 'null', '7']) {
    writeFileSync(path, text);
    expect(await readHead(path)).toBeUndefined();
  }
});
