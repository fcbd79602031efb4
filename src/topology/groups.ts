// Clusters and groups as links: members of one Galera cluster or one replication group apply each
// other's changes, so every member is a source of every other. Pure.
import type { Known } from './attribution.js';
import type { Group, LinkState } from './snapshot.js';

export interface GroupLink {
  readonly carrier: Group['kind'];
  readonly state: Extract<LinkState, 'armed' | 'live'>;
  readonly reason: string;
}

const KIND_WORDS = {
  galera: 'Galera cluster',
  'group-replication': 'replication group',
} as const satisfies Record<Group['kind'], string>;

/** The links that shared clusters and groups make between two servers. */
export function groupLinks(source: Known, consumer: Known): readonly GroupLink[] {
  return groupsOf(source).flatMap((one) =>
    groupsOf(consumer).flatMap((other) => linkBetween(one, other)),
  );
}

/** Members of `source`'s clusters and groups that are no configured server, by how many. */
export function unknownMembers(
  source: Known,
  all: readonly Known[],
): readonly {
  readonly carrier: Group['kind'];
  readonly reason: string;
  readonly count: number;
}[] {
  return groupsOf(source).flatMap((group) => {
    const members = all.filter((known) => isPresent(known, group));
    // One that does not answer is unknown already, and may be the one that is missing here.
    const silent = all.filter(({ view }) => view?.kind !== 'answered').length;
    const count = group.joined ? group.size - members.length - silent : 0;
    if (count <= 0) return [];
    const words = KIND_WORDS[group.kind];
    return [
      {
        carrier: group.kind,
        count,
        reason: `${words} has ${count} members that are not configured`,
      },
    ];
  });
}

function isPresent(known: Known, group: Group): boolean {
  return groupsOf(known).some(
    (other) => other.kind === group.kind && other.name === group.name && other.joined,
  );
}

function groupsOf({ view }: Known): readonly Group[] {
  return view?.kind === 'answered' ? view.groups : [];
}

function linkBetween(one: Group, other: Group): readonly GroupLink[] {
  if (one.kind !== other.kind) return [];
  // A Galera node that never joined has no state UUID: it can join any cluster.
  const mayBeSame = one.name === other.name || one.name === '' || other.name === '';
  if (!mayBeSame) return [];
  const carrier = one.kind;
  const words = KIND_WORDS[carrier];
  return one.joined && other.joined
    ? [{ carrier, state: 'live', reason: `both are members of one ${words}` }]
    : [{ carrier, state: 'armed', reason: `set up for the same ${words}, not joined` }];
}
