// Who a statement would get to: everybody its server is linked to, less the links that what the
// session logs does not get onto.
import type { Carrier } from '../topology/carriers.js';
import { reachOf } from '../topology/cascade.js';
import type { Picture, ReachEntry } from '../topology/snapshot.js';
import { galeraCarries, loggedWord } from './logging.js';
import type { Facts, Question } from './verdict.js';

export interface Asked extends Pick<Question, 'logging'> {
  readonly requester: { readonly server: string };
  readonly facts: Pick<Question['facts'], 'effects'>;
}

export type Travel = Pick<Facts, 'reach' | 'logged' | 'logging' | 'travelsTo'>;

export function travelOf(
  picture: Picture,
  { requester, logging, facts }: Asked,
  /** Reached by its tables, whatever is logged. */
  elsewhere: readonly ReachEntry[] = [],
): Travel {
  const { server } = requester;
  const reach = [...elsewhere, ...reachOf(picture, server)];
  const view = picture.views.get(server);
  const isInGalera = view?.kind !== 'answered' || view.groups.some(({ kind }) => kind === 'galera');
  if (logging === undefined) return { reach, logged: 'unknown' };
  const byGalera = galeraCarries(logging, facts.effects);
  const logged = loggedWord(byGalera ? logging : { ...logging, galera: false }, isInGalera);
  // A group hands on what its member's binary log gets (measured: nothing under sql_log_bin=0).
  const carried = (carrier: Carrier): boolean => (carrier === 'galera' ? byGalera : logging.binlog);
  return {
    reach,
    logged,
    logging,
    travelsTo: [...elsewhere, ...reachOf(picture, server, carried)],
  };
}
