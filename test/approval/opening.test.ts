import { expect, it } from 'vitest';
import { approvedBatch } from './batch-scene.js';
import { NOW_MS, Scene } from './scene.js';

it('keeps a batch for as long as it may gather, wait and run', async () => {
  const scene = await Scene.open();
  const { id } = await approvedBatch(scene);
  const ends = NOW_MS + 3_600_000 + 600_000 + 7_200_000;
  expect((await scene.approvals.find(id))?.stored.endsMs).toBe(ends);
  scene.nowMs = ends - 1;
  expect((await scene.approvals.find(id))?.stored.state).toBe('open');
  scene.nowMs = ends;
  expect((await scene.approvals.find(id))?.stored.state).toBe('expired');
});

it('counts batches among what an account may have open', async () => {
  const scene = await Scene.open();
  for (const name of ['a', 'b', 'c']) await scene.resolve({ sql: `DROP TABLE app.${name}` });
  await expect(approvedBatch(scene)).rejects.toThrow('3 of dba are open already');
});
