// What the end of an audit file leaves open.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { unfinishedIn } from '../../src/audit/unfinished.js';
import { temporaryFolder } from './temporary-folder.js';

const permit = (id: string) => ({ kind: 'decision', id, server: 'db1', verdict: 'permit' });
const denial = (id: string) => ({ ...permit(id), verdict: 'deny' });
const outcome = (id: string, more = {}) => ({ kind: 'outcome', id, server: 'db1', ...more });
const logged = (id: string) => ({ kind: 'logged', id, server: 'db1' });
const OPEN = { inTransaction: true };
const AT = { v: 1, time: '1970-01-01T00:00:01.000Z', server: 'db1' };

async function leftIn(lines: readonly (object | string)[]) {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(file, texts.map((text) => `${text}\n`).join(''));
  return unfinishedIn(file, 1_000);
}

it('is nothing where everything was told to its end', async () => {
  const done = [permit('R1'), outcome('R1'), permit('R2'), outcome('R2', OPEN), logged('R2')];
  expect(await leftIn([...done, denial('R3')])).toEqual([]);
  expect(await leftIn([])).toEqual([]);
});

it('is what was permitted and never answered, and what was in a transaction', async () => {
  const lines = [permit('R1'), permit('R2'), outcome('R2', OPEN), '{"torn', '7', 'null'];
  expect(await leftIn(lines)).toEqual([
    { ...AT, kind: 'outcome', id: 'R1', outcome: 'unknown' },
    { ...AT, kind: 'logged', id: 'R2', transaction: 'unknown' },
  ]);
});

it('is closed by the very records that say so', async () => {
  const lines = [permit('R1'), permit('R2'), outcome('R2', OPEN)];
  expect(await leftIn([...lines, ...(await leftIn(lines))])).toEqual([]);
});

it('is looked for at the end only', async () => {
  const filler = { ...denial('R0'), statement: 'x'.repeat(5 * 1024 * 1024) };
  expect(await leftIn([permit('R1'), filler, permit('R2')])).toMatchObject([{ id: 'R2' }]);
});
