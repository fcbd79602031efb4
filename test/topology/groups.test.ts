import { describe, expect, it } from 'vitest';
import type { Known } from '../../src/topology/attribution.js';
import { groupLinks, unknownMembers } from '../../src/topology/groups.js';
import type { Group, ServerView } from '../../src/topology/snapshot.js';
import { answered, entryOf, silent } from './views.js';

const GALERA: Group = { kind: 'galera', name: 'c1', joined: true, size: 2, members: [] };

function known(view: ServerView): Known {
  return { entry: entryOf(view.server), view, identity: undefined };
}

function member(name: string, ...groups: readonly Group[]): Known {
  return known(answered(name, { groups }));
}

describe('members of one cluster', () => {
  it('are live links of each other', () => {
    expect(groupLinks(member('db1', GALERA), member('db2', GALERA))[0]?.state).toBe('live');
  });

  it('are armed while one of them has not joined', () => {
    const apart = { ...GALERA, name: '', joined: false, size: 0 };
    expect(groupLinks(member('db1', GALERA), member('db2', apart))[0]?.state).toBe('armed');
  });

  it('are nothing to a server of another cluster, another kind or none', () => {
    const source = member('db1', GALERA);
    expect(groupLinks(source, member('db2', { ...GALERA, name: 'c2' }))).toEqual([]);
    const group: Group = { ...GALERA, kind: 'group-replication' };
    expect(groupLinks(source, member('db2', group))).toEqual([]);
    expect(groupLinks(source, member('db2'))).toEqual([]);
  });
});

describe('unknownMembers', () => {
  const three = { ...GALERA, size: 3 };
  it('counts members that are no configured server', () => {
    const all = [member('db1', three), member('db2', three)];
    const [first] = all;
    if (first === undefined) throw new Error('no member');
    expect(unknownMembers(first, all)).toMatchObject([{ count: 1 }]);
  });

  it('takes a silent server for the missing one, as its link is unknown already', () => {
    const source = member('db1', three);
    expect(unknownMembers(source, [source, member('db2', three), known(silent('db3'))])).toEqual(
      [],
    );
  });
});
