// Where a consumer stands in a source's log: by what it would ask for the rest, and what it has
// executed. Pure; made of what both said when they were asked.
import type { ConsumerChannel, ServerAnswer } from '../topology/snapshot.js';
import {
  byDomain,
  hasPassed,
  isAhead,
  type LogState,
  type Position,
  parseDomainGtids,
} from './domains.js';
import type { LoggedEvent } from './event.js';
import { covers, type GtidSet, holds, NO_GTIDS, parseGtidSet, united } from './gtid-set.js';
import { comparePlaces, type Place } from './place.js';
import type { Header } from './scan.js';
import type { LogView } from './source-log.js';

export interface Standing {
  /** Events first logged by itself are never applied again. */
  readonly serverId: number;
  /** By GTID: what it lacks is sent. By place: what comes behind it is sent. */
  readonly by: 'gtid' | 'place';
  /** MySQL: transactions it passes over because it has executed them. */
  readonly executed: GtidSet;
  /** MariaDB: gtid_slave_pos. Undefined on MySQL. */
  readonly position?: Position;
  /** 'start': the log's first event. Undefined: nobody can tell. */
  readonly place?: Place | 'start';
  /** A skip counter is set: the next event group is passed over. */
  readonly skipsOne: boolean;
}

/** Replaces where a consumer stands, for a link that does not exist yet. */
export type StandingAs = (standing: Standing) => Standing;

/** `remembered`: what it had executed when its channel was last seen. */
export function standingOf(
  answer: ServerAnswer,
  channel: ConsumerChannel | undefined,
  remembered: Place | undefined,
): Standing {
  const { gtids, identity, flavour } = answer;
  const executed = parseGtidSet(gtids?.executed ?? '') ?? NO_GTIDS;
  const position =
    flavour === 'mariadb' ? byDomain(parseDomainGtids(gtids?.slavePos ?? '') ?? []) : undefined;
  const place = placeOf(channel?.executed) ?? remembered;
  return {
    serverId: identity.serverId,
    // A channel whose row tells neither is of a server that knows positions only.
    by: channel === undefined || channel.byGtid === true ? 'gtid' : 'place',
    executed,
    ...(position === undefined ? {} : { position }),
    ...(place === undefined ? {} : { place }),
    // MariaDB has one counter a connection, and tells that of the connection without a name.
    skipsOne: (gtids?.skipCounter ?? 0) > 0 && (flavour === 'mysql' || channel?.name === ''),
  };
}

/** After RESET without ALL the file is ''. */
function placeOf(executed: Place | undefined): Place | 'start' | undefined {
  return executed?.file === '' ? 'start' : executed;
}

/** Whether the event would be sent and applied if the link were made or went on from here. */
export function isPending(
  event: LoggedEvent,
  standing: Standing,
  log: Pick<LogView, 'domains'>,
): boolean {
  if (event.serverId === standing.serverId) return false;
  const { name } = event;
  switch (name.kind) {
    case 'gtid':
      if (holds(standing.executed, name.gtid)) return false;
      return standing.by === 'gtid' || isBehindPlace(event, standing);
    case 'domain': {
      const { position } = standing;
      if (standing.by === 'place') return isBehindPlace(event, standing);
      // A MySQL consumer of a MariaDB source has no GTIDs in common with it.
      if (position === undefined) return isBehindPlace(event, standing);
      const { gtid, before } = name;
      if (!isAhead(position, gtid, { before, now: log.domains })) return false;
      const at = position.get(gtid.domain);
      const latest = before.get(gtid.domain)?.latest;
      const isNext = at?.server === latest?.server && at?.sequence === latest?.sequence;
      return !(standing.skipsOne && at !== undefined && isNext);
    }
    case 'anonymous':
      return isBehindPlace(event, standing);
  }
  return name satisfies never;
}

/** Files of two logs have no order, so nothing tells that it was executed. */
function isBehindPlace(event: LoggedEvent, { place, skipsOne }: Standing): boolean {
  if (place === undefined || place === 'start') return true;
  const order = comparePlaces(event.end, place);
  if (order !== undefined && order <= 0) return false;
  // The counter passes over the whole group that begins right there, whatever its value.
  return !(skipsOne && comparePlaces(event.start, place) === 0);
}

/** Of an event in the consumer's own relay log, behind what it has run of that. */
export function isStillToRun({ serverId, name, start }: LoggedEvent, standing: Standing): boolean {
  if (serverId === standing.serverId) return false;
  if (name.kind === 'gtid' && holds(standing.executed, name.gtid)) return false;
  const { place, skipsOne } = standing;
  const isNext = place !== undefined && place !== 'start' && comparePlaces(start, place) === 0;
  return !(skipsOne && isNext);
}

/** Where it will stand once it has run all that its relay log holds. */
export function relayedStanding(
  standing: Standing,
  relay: { readonly source: Place; readonly gtids: GtidSet; readonly domains: LogState },
): Standing {
  const { position, executed } = standing;
  const latest = [...relay.domains].map(([domain, state]) => [domain, state.latest] as const);
  return {
    ...standing,
    place: relay.source,
    executed: united(executed, relay.gtids),
    ...(position === undefined ? {} : { position: new Map([...position, ...latest]) }),
  };
}

/**
 * Whether all that was logged before `floor` is surely behind the consumer; `header` is what the
 * log says was logged before that file.
 */
export function hasPassedFloor(
  standing: Standing,
  floor: Place,
  at: { readonly header: Header; readonly domains: LogView['domains'] },
): boolean {
  const { header, domains } = at;
  const { place, position, executed } = standing;
  if (standing.by === 'gtid') {
    if (position !== undefined && header.domains.size > 0) {
      return hasPassed(position, header.domains, domains.size > 0 ? domains : header.domains);
    }
    if (position === undefined && header.gtids.size > 0) return covers(executed, header.gtids);
  }
  if (place === undefined || place === 'start') return false;
  return (comparePlaces(floor, place) ?? 1) <= 0;
}
