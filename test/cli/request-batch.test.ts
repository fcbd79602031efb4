import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createAdminServer } from '../../src/admin/admin-server.js';
import { batchActions, batchRoutes } from '../../src/admin/batch-routes.js';
import { requestBatchCommand } from '../../src/cli/request-batch.js';
import { openingParts } from '../approval/batch-scene.js';
import { Scene } from '../approval/scene.js';
import { adminOf } from './admin-scene.js';
import { recordedTerminal } from './recorded-terminal.js';

async function run(dump: string, more: { readonly acceptReach?: readonly string[] } = {}) {
  const scene = await Scene.open();
  const options = await adminOf(scene, { isRunning: false });
  const parts = {
    ...openingParts(scene),
    guarded: ['db2'],
    dialect: () => ({ flavour: 'mysql', version: 90_704 }) as const,
  };
  const server = await createAdminServer({
    socket: join(scene.folder, 'admin.sock'),
    routes: batchRoutes(parts),
    actions: batchActions(parts),
  });
  onTestFinished(() => server.close());
  const file = join(scene.folder, 'app.sql');
  writeFileSync(file, dump);
  const exportTo = join(scene.folder, 'request.json');
  const terminal = recordedTerminal();
  const what = { server: 'db2', user: 'dba', acceptReach: ['db1'], exportTo, dump: file };
  const code = await requestBatchCommand({ ...options, ...what, ...more }, terminal);
  return { code, ...terminal.said, isExported: existsSync(exportTo) };
}

const DUMP = 'USE app;\nDROP TABLE IF EXISTS t;\nDROP TABLE IF EXISTS u;\n';

it('opens a request for what a dump holds, shows it and exports it', async () => {
  const { code, out, isExported } = await run(DUMP);
  expect(code).toBe(0);
  expect(out).toContain('Request A1, for a restore');
  expect(out).toContain('2 × drop-table: DROP TABLE in app\n      t, u');
  expect(out).toContain('A1: nobody has approved it yet');
  expect(isExported).toBe(true);
});

it('opens nothing for a dump that no approval could let pass, and names the line', async () => {
  const { code, err, isExported } = await run('DROP TABLE nowhere;\n');
  expect(code).toBe(1);
  expect(err).toContain('No request was opened: ');
  expect(err).toContain('line 1: its default schema is not known');
  expect(isExported).toBe(false);
});

it('says what is to be accepted', async () => {
  expect((await run(DUMP, { acceptReach: [] })).err).toContain('--accept-reach db1');
});

it('answers 3 where no Interlock runs', async () => {
  const scene = await Scene.open();
  const options = await adminOf(scene, { isRunning: false });
  const what = { dump: '/x.sql', server: 'db2', user: 'dba', acceptReach: [] };
  expect(await requestBatchCommand({ ...options, ...what }, recordedTerminal())).toBe(3);
});
