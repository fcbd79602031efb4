import { expect, it } from 'vitest';
import { topologyFindings } from '../../src/doctor/topology-findings.js';
import { STRANGER } from '../../src/topology/snapshot.js';
import { answered, linkOf, pictureWith } from '../topology/views.js';

function found(readOnly: boolean, guarded: boolean, state: 'live' | 'severed', consumer = 'db1') {
  const picture = pictureWith(
    [linkOf('db2', consumer, state)],
    [answered('db1'), answered('db2', { readOnly })],
  );
  const entries = picture.entries.map((entry) => ({ ...entry, guarded }));
  return topologyFindings({ ...picture, entries });
}

it('names a server that takes writes, has followers and no guard', () => {
  expect(found(false, false, 'live')).toMatchObject([
    {
      server: 'db2',
      id: 'unguarded-peer',
      message: 'it takes writes, db1 would follow it, and nobody guards it',
    },
  ]);
});

it('says nothing of one that is guarded, takes no writes, or has no followers', () => {
  expect(found(false, true, 'live')).toEqual([]);
  expect(found(true, false, 'live')).toEqual([]);
  expect(found(false, false, 'severed')).toEqual([]);
});

it('names strangers that follow', () => {
  expect(found(true, true, 'live', STRANGER)).toMatchObject([{ server: 'db2', severity: 'error' }]);
  expect(found(true, true, 'severed', STRANGER)).toEqual([]);
});
