import { expect, it } from 'vitest';
import { listWords, renderBatch, usedWords } from '../../src/cli/batch-view.js';
import { approvedBatch } from '../approval/batch-scene.js';
import { NOW_MS, Scene } from '../approval/scene.js';

const HOLD = {
  ...{ session: 'p1/12', sinceMs: NOW_MS, statements: 2 },
  last: { recordId: 'R2', usedMs: NOW_MS },
};

it('says everything that is signed', async () => {
  const sqls = Array.from({ length: 60 }, (_, n) => `DROP TABLE app.t${n}`);
  const request = await approvedBatch(await Scene.open(), [...sqls, 'DROP TABLE app.t0']);
  const text = renderBatch({ ...request, store: 'the-store' }, NOW_MS);
  expect(text).toMatchSnapshot();
  for (const { name } of request.items) expect(text).toContain(name);
});

it('tells it short, and how much is used', async () => {
  const request = await approvedBatch(await Scene.open());
  expect(listWords(request, undefined)).toBe('restore of app.sql: 2 × drop-table');
  expect(listWords(request, HOLD)).toBe('restore of app.sql: 2 × drop-table; 2 of 2 used');
  expect(usedWords(request, HOLD)).toBe('2 of 2 statements used by session 12');
});
