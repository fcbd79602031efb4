import { expect, it } from 'vitest';
import { ReadRequests, readStored } from '../../src/approval/read-requests.js';
import { approvedBatch } from './batch-scene.js';
import { Scene } from './scene.js';

it('reads a text once, and another text anew', async () => {
  const body = JSON.stringify(await (await Scene.open()).request());
  const kept = new ReadRequests();
  const read = kept.read(body);
  expect(read).toEqual(readStored(body));
  expect(kept.read(String(Buffer.from(body)))).toBe(read);
  const other = body.replace('"executeMs":600000', '"executeMs":600001');
  expect(kept.read(other)?.request.executeMs).toBe(600_001);
  expect(kept.read(other)?.bound).not.toEqual(read?.bound);
  expect(kept.read('{}')).toBeUndefined();
  expect(kept.read(body)).toBe(read);
});

it('forgets the one that was not asked for longest when they are too large', async () => {
  const request = await approvedBatch(await Scene.open());
  const padding = 'x'.repeat(3_000_000);
  const bodyOf = (name: string): string =>
    JSON.stringify({ ...request, revision: `${name} ${padding}` });
  const kept = new ReadRequests();
  const [a, b, c] = [bodyOf('a'), bodyOf('b'), bodyOf('c')];
  const first = kept.read(a);
  const second = kept.read(b);
  expect(kept.read(a)).toBe(first);
  kept.read(c);
  expect(kept.characters).toBeLessThan(8 * 1024 * 1024);
  expect(kept.read(a)).toBe(first);
  expect(kept.read(b)).not.toBe(second);
});
