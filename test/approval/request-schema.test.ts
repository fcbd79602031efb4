import { expect, it } from 'vitest';
import { viewOf } from '../../src/admin/request-routes.js';
import {
  readRequest,
  readRequestView,
  readRequestViews,
  readTokenAnswer,
} from '../../src/approval/request-schema.js';
import { Scene } from './scene.js';

it('reads a request as it was written, and nothing else', async () => {
  const scene = await Scene.open();
  const request = await scene.request();
  expect(readRequest(JSON.stringify(request))).toEqual(request);
  for (const odd of ['', '{}', '7', JSON.stringify({ ...request, uses: 0 })]) {
    expect(readRequest(odd)).toBeUndefined();
  }
  expect(readRequest(JSON.stringify({ ...request, more: 1 }))).toBeUndefined();
});

it('reads nothing that would be shown as another request', async () => {
  const scene = await Scene.open();
  const request = await scene.request();
  const { server, requester } = request;
  const [rule] = request.rules;
  const [reached] = request.reach;
  for (const odd of ['x\u001b[2J\u001b[HApproved', 'x\ny', 'x\u202ey', 'x\u2028y']) {
    for (const changed of [
      { id: odd },
      { store: odd },
      { revision: odd },
      { server: { ...server, name: odd } },
      { requester: { ...requester, address: odd } },
      { rules: [{ ...rule, rule: odd }] },
      { rules: [{ ...rule, from: [odd] }] },
      { reach: [{ ...reached, server: odd }] },
      { reach: [{ ...reached, path: [odd] }] },
    ]) {
      expect(readRequest(JSON.stringify({ ...request, ...changed }))).toBeUndefined();
    }
  }
  // It says "Once".
  expect(readRequest(JSON.stringify({ ...request, uses: 2 }))).toBeUndefined();
});

it('reads what the running Interlock answers', async () => {
  const scene = await Scene.open();
  const request = await scene.request();
  const [assessment] = await scene.approvals.list();
  if (assessment === undefined) throw new Error('none is open');
  const view = JSON.parse(JSON.stringify(viewOf(assessment)));
  expect(readRequestView(view)).toMatchObject({ request, phase: 'gathering' });
  expect(readRequestView(null)).toBeUndefined();
  expect(readRequestViews([view])).toHaveLength(1);
  expect(readTokenAnswer({ kind: 'refused', reason: 'x' })).toEqual({
    kind: 'refused',
    reason: 'x',
  });
  expect(() => readTokenAnswer({})).toThrow();
});
