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
