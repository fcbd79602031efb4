import { expect, it } from 'vitest';
import { travelOf } from '../../src/policy/travel.js';
import type { Group } from '../../src/topology/snapshot.js';
import { answered, linkOf, pictureWith } from '../topology/views.js';

const GALERA: Group = { kind: 'galera', name: 'c1', joined: true, size: 2, members: [] };
const requester = { server: 'db2' };
const byLog = linkOf('db2', 'replica1', 'live');
const parts = [{ carrier: 'galera', state: 'live', reason: '' }] as const;
const cluster = pictureWith(
  [{ ...linkOf('db2', 'db1', 'live'), parts }, byLog],
  [
    answered('db2', { groups: [GALERA] }),
    answered('db1', { groups: [GALERA] }),
    answered('replica1'),
  ],
);
const names = (reach: readonly { readonly server: string }[] = []): readonly string[] =>
  reach.map(({ server }) => server);

it('reaches everybody when the session was not asked', () => {
  const travel = travelOf(cluster, { requester });
  expect(names(travel.reach)).toEqual(['db1', 'replica1']);
  expect(travel).toMatchObject({ logged: 'unknown' });
  expect(travel.travelsTo).toBeUndefined();
});

it('reaches the cluster, but no replica, when only the binary log is switched off', () => {
  const travel = travelOf(cluster, { requester, logging: { binlog: false, galera: true } });
  expect(names(travel.travelsTo)).toEqual(['db1']);
  expect(names(travel.reach)).toEqual(['db1', 'replica1']);
  expect(travel.logged).toBe(true);
});

it('reaches the replica, but not the cluster, when only that is switched off', () => {
  const travel = travelOf(cluster, { requester, logging: { binlog: true, galera: false } });
  expect(names(travel.travelsTo)).toEqual(['replica1']);
});

it('reaches nobody when nothing carries it', () => {
  const picture = pictureWith([byLog], [answered('db2'), answered('replica1')]);
  const travel = travelOf(picture, { requester, logging: { binlog: false, galera: 'unknown' } });
  expect(travel).toMatchObject({ logged: false, travelsTo: [] });
});
