import { expect, it } from 'vitest';
import { hintOf, missingWords } from '../../src/approval/notes.js';
import { NOW_MS, Scene } from './scene.js';

it('tells no news of long ago, nor of what nobody signed', async () => {
  const scene = await Scene.open();
  await scene.request();
  const [gathering] = await scene.approvals.list();
  if (gathering === undefined) throw new Error('one is open');
  expect(hintOf(gathering, ['db1 is live'], NOW_MS)).toEqual([]);
  const used = { ...gathering, phase: 'used' as const };
  expect(hintOf(used, [], NOW_MS)).toEqual(['A1 was used.']);
  expect(hintOf(used, [], NOW_MS + 25 * 3_600_000)).toEqual([]);
  expect(missingWords([])).toBe('');
});
