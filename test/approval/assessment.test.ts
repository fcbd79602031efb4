import { expect, it } from 'vitest';
import { loadApprovers } from '../../src/approval/approvers.js';
import { assess } from '../../src/approval/assessment.js';
import { NOW_MS, Scene } from './scene.js';

it('believes no row of the store without its signatures', async () => {
  const scene = await Scene.open();
  const request = await scene.request();
  await scene.say(request, 'alice');
  const found = await scene.approvals.find('A1');
  const approvers = await loadApprovers(`${scene.folder}/approvers`);
  if (found === undefined) throw new Error('A1 is there');
  const { stored } = found;
  const [alices] = stored.tokens;
  if (alices === undefined) throw new Error('alice has signed');
  const by = { approvers, nowMs: NOW_MS };
  // Somebody who writes to the store puts another name to her token, or text of their own.
  const forged = [
    alices,
    { ...alices, id: 'x', person: 'bob' },
    { ...alices, id: 'y', token: 'a.b.c' },
  ];
  const assessed = await assess({ ...stored, tokens: forged }, by);
  expect(assessed?.quorum.missing).toEqual(['1 of 2 approvals of dba or security']);
  const other = stored.body.replace('"app"', '"xyz"');
  expect((await assess({ ...stored, body: other }, by))?.signatures).toEqual([]);
  expect(await assess({ ...stored, body: '{}' }, by)).toBeUndefined();
  expect(await assess({ ...stored, id: 'A2' }, by)).toBeUndefined();
});
