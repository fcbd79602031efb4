import { expect, it } from 'vitest';
import { batchRefusal, countOpen, takeOfBatch, takeUse } from '../../src/approval/control-rows.js';
import { scripted } from './control-scene.js';
import { NOW_MS, requestOf } from './store-contract.js';

const REQUEST = { ...requestOf('A1', { uses: 3 }), state: 'open', tokens: [], used: [] } as const;
const use = { recordId: 'R1', usedMs: NOW_MS };
const taking = { session: 's1', items: [{ item: 0, of: 2 }] };

it('writes no use where nothing was left, whatever was read before', async () => {
  const session = scripted('c1:1', { affected: () => 0 });
  expect(await takeUse(session, REQUEST, use)).toBeUndefined();
  expect(await takeOfBatch(session, REQUEST, { use, taking })).toBeUndefined();
  expect(session.asked.filter((sql) => sql.startsWith('INSERT'))).toEqual([]);
  expect(session.asked[0]).toContain("state = 'open' AND uses_left > 0 AND ends_ms > ?");
});

it('counts what is left', async () => {
  expect(await takeUse(scripted('c1:1'), REQUEST, use)).toBe(2);
  const begun = { session: 's1', sinceMs: NOW_MS, statements: 2, last: use };
  const batch = { ...REQUEST, hold: begun };
  expect(await takeOfBatch(scripted('c1:1'), batch, { use, taking })).toBe(0);
});

it('refuses a batch of another session, and an item that is spent', async () => {
  const hold = { session: 's2', sinceMs: NOW_MS, statements: 1, last: use };
  const held = await batchRefusal(scripted('c1:1'), { ...REQUEST, hold }, taking);
  expect(held).toEqual({ kind: 'held', hold });
  const spent = scripted('c1:1', { rows: () => [{ taken: 2 }] });
  expect(await batchRefusal(spent, REQUEST, taking)).toEqual({ kind: 'spent', item: 0 });
  expect(await batchRefusal(scripted('c1:1'), REQUEST, taking)).toBeUndefined();
});

it('takes no answer for too many', async () => {
  expect(await countOpen(scripted('c1:1'))).toBe(Number.POSITIVE_INFINITY);
});
