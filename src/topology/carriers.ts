// By what a link carries changes: a binary log, a Galera cluster, a replication group. A session may
// keep its statements out of one of them and not out of another. Pure.
import type { Group, Link, LinkState, Picture } from './snapshot.js';
import { worse } from './snapshot.js';

export type Carrier = 'binlog' | Group['kind'];

/** Whether a change gets onto links of this kind. */
export type Carried = (carrier: Carrier) => boolean;

/** The link as far as it carries the change: in its own state, in that of a part of it, or severed. */
export function linkAsCarried(link: Link, picture: Picture, carried: Carried): Link {
  const { parts } = link;
  if (parts !== undefined) {
    const left = parts.filter(({ carrier }) => carried(carrier));
    const worst = left.reduce<(typeof left)[number] | undefined>(
      (found, part) =>
        found === undefined || worse(found.state, part.state) !== found.state ? part : found,
      undefined,
    );
    return worst === undefined ? cut(link) : { ...link, state: worst.state, reason: worst.reason };
  }
  return possibleCarriers(link, picture).some(carried) ? link : cut(link);
}

function cut(link: Link): Link {
  const state: LinkState = 'severed';
  return { ...link, state, reason: 'the statement is not logged for it' };
}

/** Of a pair that cannot be seen, everything that its source could be a part of. */
function possibleCarriers({ source, state }: Link, { views }: Picture): readonly Carrier[] {
  if (state !== 'unknown') return ['binlog'];
  const view = views.get(source);
  if (view?.kind !== 'answered') return ['binlog', 'galera', 'group-replication'];
  return ['binlog', ...view.groups.map(({ kind }) => kind)];
}
