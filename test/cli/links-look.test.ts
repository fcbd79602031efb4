// What needs a running Interlock or servers is in test/e2e/links-command.test.ts.
import { expect, it } from 'vitest';
import { lookAtRunning, openOwnLooks } from '../../src/cli/links-look.js';
import { EXIT } from '../../src/cli/terminal.js';
import { loadConfig } from '../../src/config/load.js';
import { GOOD_CONFIG, optionsWith, recordedTerminal } from './recorded-terminal.js';

async function config() {
  const loaded = loadConfig((await optionsWith(GOOD_CONFIG)).config);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
  return loaded.value;
}

it('says why the running Interlock cannot tell', async () => {
  const why = 'no Interlock runs on this configuration';
  expect(await lookAtRunning(await config(), false)).toEqual({ why });
});

it('asks the servers itself, and says that none of them answers', async () => {
  const own = await openOwnLooks(
    await config(),
    recordedTerminal({ env: { MONITOR_PASSWORD: 'x' } }),
  );
  const look = await own.look(100);
  own.stop();
  expect(look).toMatchObject({ exit: EXIT.unreachable, from: 'the servers' });
  expect(look.text).toContain('SILENT');
});
