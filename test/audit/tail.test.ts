// The end of a file: its last record of the chain, and what stands behind it.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { GENESIS, headAt, linkedBody } from '../../src/audit/chain.js';
import { tailOf } from '../../src/audit/tail.js';
import { temporaryFolder } from './temporary-folder.js';

const first = linkedBody(JSON.stringify({ text: 'ä'.repeat(20_000) }), GENESIS);
const second = linkedBody('{"id":"R2"}', headAt(first, 1));

async function tail(content: string) {
  const path = join(temporaryFolder(), 'audit.jsonl');
  writeFileSync(path, content);
  const handle = await open(path);
  try {
    return await tailOf(handle);
  } finally {
    await handle.close();
  }
}

const bytesOf = (text: string) => ({
  bytes: Buffer.byteLength(text),
  sha256: createHash('sha256').update(text).digest('hex'),
});

it.each([
  ['', {}],
  [`${first}\n`, { head: headAt(first, 1) }],
  [`${first}\n${second}\n`, { head: headAt(second, 2) }],
  [`${first}\n${second}\n{"torn\n`, { head: headAt(second, 2), unchained: bytesOf('{"torn\n') }],
  [
    `${first}\n{"v":1}\n\n${'x'.repeat(20_000)}\n`,
    { head: headAt(first, 1), unchained: bytesOf(`{"v":1}\n\n${'x'.repeat(20_000)}\n`) },
  ],
  ['{"v":1}\n{"v":1}\n', { unchained: bytesOf('{"v":1}\n{"v":1}\n') }],
  ['\n', { unchained: bytesOf('\n') }],
])('is found whatever stands there (case %#)', async (content, expected) => {
  expect(await tail(content)).toEqual(expected);
});
