import { expect, it } from 'vitest';
import { batchActions, batchRoutes } from '../../src/admin/batch-routes.js';
import { batchAsk, openingParts } from '../approval/batch-scene.js';
import { Scene } from '../approval/scene.js';

const DIALECT = { flavour: 'mysql', version: 90_704 } as const;

async function parts() {
  return { ...openingParts(await Scene.open()), guarded: ['db2'], dialect: () => DIALECT };
}

it('tells which server a dump is to be read as', async () => {
  const routes = batchRoutes(await parts());
  expect(routes['/batches/dialect']({ server: 'db2' })).toEqual(DIALECT);
  expect(() => routes['/batches/dialect']({ server: 'db7' })).toThrow(/there are db2/);
});

it('opens a request, and answers with all of it', async () => {
  const open = batchActions(await parts())['/batches'];
  expect(await open(batchAsk())).toMatchObject({
    kind: 'opened',
    view: { phase: 'gathering', request: { kind: 'batch', uses: 2 } },
  });
  await expect(open({ server: 'db2' })).rejects.toThrow();
  await expect(open(batchAsk(undefined, { server: 'db7' }))).rejects.toThrow(/no guarded server/);
});

it('opens nothing where no approvals are configured', async () => {
  const open = batchActions({ ...(await parts()), approvals: undefined })['/batches'];
  await expect(open(batchAsk())).rejects.toThrow(/no approvals are configured/);
});
