import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { requestsCommand } from '../../src/cli/requests.js';
import { Scene } from '../approval/scene.js';
import { adminOf } from './admin-scene.js';
import { recordedTerminal } from './recorded-terminal.js';

it('lists what is open, shows one, and exports it', async () => {
  const scene = await Scene.open();
  const options = await adminOf(scene);
  const terminal = recordedTerminal();
  expect(await requestsCommand(options, terminal)).toBe(0);
  expect(terminal.said.out).toContain('No request for approval is open.');
  await scene.request();
  expect(await requestsCommand({ ...options, id: 'A1' }, terminal)).toBe(0);
  expect(terminal.said.out).toContain('DROP TABLE `app`.`t`');
  const exportTo = join(scene.folder, 'A1.json');
  expect(await requestsCommand({ ...options, id: 'A1', exportTo }, terminal)).toBe(0);
  expect(existsSync(exportTo)).toBe(true);
  expect(await requestsCommand({ ...options, id: 'A2' }, terminal)).toBe(1);
});

it('answers 3 where no Interlock runs', async () => {
  const scene = await Scene.open();
  const options = await adminOf(scene, { isRunning: false });
  const terminal = recordedTerminal();
  expect(await requestsCommand(options, terminal)).toBe(3);
});
