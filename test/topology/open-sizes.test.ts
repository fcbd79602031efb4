import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { loadConfig } from '../../src/config/load.js';
import { openSizes } from '../../src/topology/open-sizes.js';
import { GOOD_CONFIG, optionsWith } from '../cli/recorded-terminal.js';

it('knows nothing of a server that cannot be asked, and does not fail over it', async () => {
  const loaded = loadConfig((await optionsWith(GOOD_CONFIG)).config);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
  const options = { env: {}, certificates: new Map(), clock: systemClock };
  const sizes = openSizes({ config: loaded.value, ...options });
  const asked = [{ schema: 'app', name: 't' }];
  expect(await sizes.of('db1', asked, systemClock.monotonic() + 2_000)).toEqual(new Map());
  expect(await sizes.of('nobody', asked, systemClock.monotonic() + 2_000)).toEqual(new Map());
  sizes.stop();
});
