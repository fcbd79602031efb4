import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { loadConfig } from '../../src/config/load.js';
import { openResidues } from '../../src/residue/open-residues.js';
import { GOOD_CONFIG, optionsWith } from '../cli/recorded-terminal.js';
import { pictureWith } from '../topology/views.js';

it('knows every configured pair, and has asked nobody yet', async () => {
  const loaded = loadConfig((await optionsWith(GOOD_CONFIG)).config);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
  const certificates = new Map<string, string>();
  const config = loaded.value;
  const residues = openResidues({ config, env: {}, certificates, clock: systemClock });
  const pairs = residues.all(pictureWith([], []));
  expect(pairs.map(({ source, consumer }) => [source, consumer])).toEqual([
    ['db1', 'db2'],
    ['db2', 'db1'],
  ]);
  expect(pairs.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
  residues.stop();
});
