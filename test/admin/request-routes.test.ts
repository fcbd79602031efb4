import { expect, it } from 'vitest';
import { requestRoutes, tokenRoutes } from '../../src/admin/request-routes.js';
import { Scene } from '../approval/scene.js';

it('shows requests, and takes signatures for them', async () => {
  const scene = await Scene.open();
  const routes = requestRoutes(scene.approvals);
  const actions = tokenRoutes(scene.approvals);
  expect(await routes['/requests']({})).toEqual([]);
  expect(await routes['/requests']({ id: 'A9' })).toBeUndefined();
  const request = await scene.request();
  const token = await scene.sign(request, 'alice');
  expect(await actions['/tokens']({ token: `${token}\n` })).toMatchObject({
    kind: 'taken',
    person: 'alice',
    view: { phase: 'gathering', signed: [{ person: 'alice' }] },
  });
  expect(await routes['/requests']({ id: request.id })).toMatchObject({
    request,
    missing: ['1 of 2 approvals of dba or security'],
  });
  for (const body of [undefined, null, 'x', { token: 7 }]) {
    expect(await actions['/tokens'](body)).toMatchObject({ kind: 'refused' });
  }
  await scene.say(request, 'bob', 'deny');
  expect(await routes['/requests']({ id: request.id })).toMatchObject({ deniedBy: 'bob' });
});

it('says that no approvals are configured', async () => {
  await expect(requestRoutes(undefined)['/requests']({})).rejects.toThrow(/approvals\.approvers/);
  await expect(tokenRoutes(undefined)['/tokens']({ token: 'x' })).rejects.toThrow(/configured/);
});
