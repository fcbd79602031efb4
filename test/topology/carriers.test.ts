import { describe, expect, it } from 'vitest';
import { type Carrier, linkAsCarried } from '../../src/topology/carriers.js';
import type { Group, Link, LinkPart } from '../../src/topology/snapshot.js';
import { answered, linkOf, pictureWith, silent } from './views.js';

const GALERA: Group = { kind: 'galera', name: 'c1', joined: true, size: 2, members: [] };
const only =
  (...carriers: Carrier[]) =>
  (carrier: Carrier) =>
    carriers.includes(carrier);
const inCluster = pictureWith([], [answered('db2', { groups: [GALERA] }), answered('db1')]);
const alone = pictureWith([], [answered('db2'), answered('db1')]);
const unseen = pictureWith([], [silent('db2'), answered('db1')]);

function stateOf(link: Link, picture = alone, ...carriers: Carrier[]): string {
  return linkAsCarried(link, picture, only(...carriers)).state;
}

describe('a link, as far as it carries what a session logs', () => {
  it('of a binary log is cut when nothing is written there', () => {
    const link = linkOf('db2', 'db1', 'live');
    expect(stateOf(link, alone, 'binlog')).toBe('live');
    expect(stateOf(link, alone)).toBe('severed');
    expect(stateOf(link, inCluster, 'galera')).toBe('severed');
  });

  it('of a log and a cluster is in the state of what is left of it', () => {
    const part = (carrier: Carrier, state: LinkPart['state']): LinkPart => ({
      carrier,
      state,
      reason: carrier,
    });
    const parts = [part('binlog', 'armed'), part('galera', 'live')];
    const link = { ...linkOf('db2', 'db1', 'live'), parts };
    expect(stateOf(link, inCluster, 'binlog', 'galera')).toBe('live');
    expect(stateOf(link, inCluster, 'binlog')).toBe('armed');
    expect(stateOf(link, inCluster, 'galera')).toBe('live');
    expect(stateOf(link, inCluster)).toBe('severed');
  });

  it('that nobody can see is whatever its source could be part of', () => {
    const link = linkOf('db2', 'db1', 'unknown');
    expect(stateOf(link, alone, 'galera', 'group-replication')).toBe('severed');
    expect(stateOf(link, inCluster, 'galera')).toBe('unknown');
    expect(stateOf(link, unseen, 'group-replication')).toBe('unknown');
  });
});
