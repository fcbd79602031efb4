// Who a statement would get to: everybody its server is linked to, less the links that what the
// session logs does not get onto.
import type { Carrier } from '../topology/carriers.js';
import { reachOf } from '../topology/cascade.js';
import type { Picture } from '../topology/snapshot.js';
import { loggedWord } from './logging.js';
import type { Facts, Question } from './verdict.js';

export type Travel = Pick<Facts, 'reach' | 'logged' | 'logging' | 'travelsTo'>;

export function travelOf(
  picture: Picture,
  { requester, logging }: Pick<Question, 'logging'> & { requester: { readonly server: string } },
): Travel {
  const { server } = requester;
  const reach = reachOf(picture, server);
  const view = picture.views.get(server);
  const isInGalera = view?.kind !== 'answered' || view.groups.some(({ kind }) => kind === 'galera');
  const logged = loggedWord(logging, isInGalera);
  if (logging === undefined) return { reach, logged };
  const { binlog, galera } = logging;
  const carried = (carrier: Carrier): boolean =>
    carrier === 'binlog' ? binlog : carrier === 'group-replication' || galera !== false;
  return { reach, logged, logging, travelsTo: reachOf(picture, server, carried) };
}
