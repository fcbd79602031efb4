import { expect, it } from 'vitest';
import { linksRoutes } from '../../src/cli/links-routes.js';
import type { PairResidue } from '../../src/residue/pair.js';
import { answered, linkOf, pictureWith } from '../topology/views.js';

const picture = pictureWith([linkOf('db2', 'db1', 'live')], [answered('db1'), answered('db2')]);
const pair: PairResidue = {
  source: 'db2',
  consumer: 'db1',
  state: 'some',
  count: 1,
  events: [],
  rowDeletes: [],
  doubts: [],
  basis: 'gtid',
  isLost: false,
};
const routes = linksRoutes({
  topology: { fresh: async () => picture },
  residues: { all: () => [pair] },
  clock: { now: () => 2_000, monotonic: () => 20 },
});

it('answers with links and residue, as data', async () => {
  expect(await routes['/links']()).toMatchObject({
    v: 1,
    links: [{ source: 'db2', state: 'live' }],
    residue: [{ source: 'db2', consumer: 'db1', state: 'some', count: 1 }],
  });
});

it('draws the same, plain or coloured', async () => {
  const plain = await routes['/links/plain']();
  expect(plain).toContain('1 destructive event waits');
  expect(plain).not.toContain('\u001B');
  expect(await routes['/links/colored']()).toContain('\u001B[');
});
