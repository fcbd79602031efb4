import { expect, it } from 'vitest';
import { withResidues } from '../../src/cli/residue-once.js';
import { loadConfig } from '../../src/config/load.js';
import { pictureWith, silent } from '../topology/views.js';
import { GOOD_CONFIG, optionsWith } from './recorded-terminal.js';

async function config() {
  const loaded = loadConfig((await optionsWith(GOOD_CONFIG)).config);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
  return loaded.value;
}

it('lends what can be asked of every pair', async () => {
  const picture = pictureWith([], [silent('db1'), silent('db2')]);
  const pairs = await withResidues(await config(), {}, async (residues) => residues.all(picture));
  expect(pairs.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
  expect(pairs[0]?.doubts[0]).toBe('db1 did not say what it logged');
});

it('hands on what is thrown while residues are open', async () => {
  const failing = withResidues(await config(), {}, async () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
});
