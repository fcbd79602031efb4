import { expect, it } from 'vitest';
import { travelOf } from '../../src/policy/travel.js';
import type { Effect } from '../../src/sql/effect.js';
import type { Group } from '../../src/topology/snapshot.js';
import { answered, linkOf, pictureWith } from '../topology/views.js';

const GALERA: Group = { kind: 'galera', name: 'c1', joined: true, size: 2, members: [] };
const requester = { server: 'db2' };
const of = (...effects: Effect[]) => ({
  effects: effects.map((effect) => ({ effect, verb: '', objects: [], deferred: false })),
});
const facts = of('drop-table');
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
  const travel = travelOf(cluster, { requester, facts });
  expect(names(travel.reach)).toEqual(['db1', 'replica1']);
  expect(travel).toMatchObject({ logged: 'unknown' });
  expect(travel.travelsTo).toBeUndefined();
});

it('reaches the cluster, but no replica, when only the binary log is switched off', () => {
  const travel = travelOf(cluster, { requester, facts, logging: { binlog: false, galera: true } });
  expect(names(travel.travelsTo)).toEqual(['db1']);
  expect(names(travel.reach)).toEqual(['db1', 'replica1']);
  expect(travel.logged).toBe(true);
});

it('reaches the replica, but not the cluster, when only that is switched off', () => {
  const travel = travelOf(cluster, { requester, facts, logging: { binlog: true, galera: false } });
  expect(names(travel.travelsTo)).toEqual(['replica1']);
});

it('reaches nobody when nothing carries it', () => {
  const picture = pictureWith([byLog], [answered('db2'), answered('replica1')]);
  const travel = travelOf(picture, {
    requester,
    facts,
    logging: { binlog: false, galera: 'unknown' },
  });
  expect(travel).toMatchObject({ logged: false, travelsTo: [] });
});

it('reaches nobody in the cluster by DDL under RSU, and everybody by rows', () => {
  const logging = { binlog: false, galera: true, isRsu: true } as const;
  const travel = (...effects: Effect[]) =>
    names(travelOf(cluster, { requester, facts: of(...effects), logging }).travelsTo);
  expect(travel('drop-table', 'truncate-table')).toEqual([]);
  expect(travel('drop-table', 'delete-unbounded')).toEqual(['db1']);
  expect(travel('drop-column')).toEqual(['db1']);
});

it('reaches a group as it reaches the binary log', () => {
  const part = { carrier: 'group-replication', state: 'live', reason: '' } as const;
  const picture = pictureWith(
    [{ ...linkOf('db2', 'db1', 'live'), parts: [part] }],
    [answered('db2'), answered('db1')],
  );
  const travel = (binlog: boolean) =>
    names(
      travelOf(picture, { requester, facts, logging: { binlog, galera: 'unknown' } }).travelsTo,
    );
  expect(travel(false)).toEqual([]);
  expect(travel(true)).toEqual(['db1']);
});
