// What a refused relink would replay, and the ways past it in the words of the server that would
// replay it: skipping, an empty transaction, a GTID position, new coordinates. Pure.
import { type DestructiveEvent, eventLabel } from '../residue/event.js';
import type { PairResidue } from '../residue/pair.js';
import { objectLabel } from '../sql/effect.js';
import type { ServerAnswer } from '../topology/snapshot.js';
import { cutToBytes, plainWords, safeName } from './message-parts.js';
import type { Facts } from './verdict.js';

/** MySQL's first version with the new words; every MariaDB has the old ones. */
const SOURCE_WORDS_SINCE = 80_023;
/** MySQL's first version that calls its skip counter a replica's. */
const REPLICA_COUNTER_SINCE = 80_026;

export interface RelinkRoom {
  /** How many events to name. */
  readonly events: number;
  readonly advice: 'long' | 'short' | 'none';
}

/** Undefined where nothing was found that it would replay. */
export function relinkDanger(facts: Facts, room: RelinkRoom): string | undefined {
  const { residue, requester, picture } = facts;
  const worst = residue?.pairs[0];
  if (residue === undefined || worst === undefined || residue.state === 'none') return undefined;
  const view = picture?.views.get(requester.server);
  const answer = view?.kind === 'answered' ? view : undefined;
  if (residue.state === 'unknown') return unknownWords(worst, room);
  const ways = room.advice === 'none' ? '' : ` ${waysPast(worst, answer)[room.advice]}`;
  return `it would replay ${eventWords(worst, room)}.${ways}`;
}

function unknownWords({ source, doubts }: PairResidue, room: RelinkRoom): string {
  const why = plainWords(doubts[0] ?? 'it could not be asked').replace(/\.$/, '');
  const what = `what it would replay of ${plainWords(source)} is not known: ${cutToBytes(why, 160)}.`;
  return room.advice === 'none' ? what : `${what} See interlock links.`;
}

function eventWords({ source, count, events }: PairResidue, room: RelinkRoom): string {
  const named = events.slice(0, room.events).map(eventPhrase).join('; ');
  const more = count - Math.min(room.events, events.length);
  const rest = more > 0 ? ` and ${more} more` : '';
  const what = count === 1 ? '1 destructive event' : `${count} destructive events`;
  return `${what} of ${plainWords(source)}: ${named}${rest}`;
}

/** `DROP TABLE app.t (0-2-58, binlog.000002:395)`. */
function eventPhrase(event: DestructiveEvent): string {
  const place = `${event.start.file}:${event.start.position}`;
  const label = eventLabel(event);
  return `${eventTitle(event)} (${label === place ? place : `${label}, ${place}`})`;
}

/** `DROP TABLE app.t`: the first of its effects, without a literal. */
export function eventTitle({ effects }: DestructiveEvent): string {
  const first = effects[0];
  if (first === undefined) return 'an event';
  const object = first.objects[0];
  const more = first.objects.length > 1 ? ` and ${first.objects.length - 1} more` : '';
  const name = object === undefined ? '' : ` ${cutToBytes(safeName(objectLabel(object)), 80)}`;
  return `${safeName(first.verb)}${name}${more}`;
}

/** A long form and a short one. */
export interface Ways {
  readonly long: string;
  readonly short: string;
}

/** How the consumer passes over what waits, each way in its own words. */
export function waysPast(pair: PairResidue, consumer: ServerAnswer | undefined): Ways {
  const short = `Skip them first on ${plainWords(pair.consumer)}: see interlock links.`;
  const [last] = pair.events.slice(-1);
  if (consumer === undefined || last === undefined) return { long: short, short };
  const isAll = pair.count === pair.events.length;
  const ways = isAll ? waysFor(pair, consumer, last) : [];
  if (ways.length === 0) return { long: short, short };
  return { long: `If that is not wanted, first ${ways.join(', or ')}.`, short };
}

function waysFor(
  pair: PairResidue,
  consumer: ServerAnswer,
  last: DestructiveEvent,
): readonly string[] {
  const { flavour, version, gtids, channels } = consumer;
  // What a MySQL server has executed by GTID it passes over, also by position.
  if (last.name.kind === 'gtid' && flavour === 'mysql' && gtids?.isOff !== true) {
    const ids = pair.events.map(eventLabel);
    const more = ids.length > 1 ? ` (likewise the other ${ids.length - 1})` : '';
    return [`SET GTID_NEXT='${ids[0]}'; BEGIN; COMMIT; SET GTID_NEXT='AUTOMATIC'${more}`];
  }
  const counter =
    flavour === 'mysql' && version >= REPLICA_COUNTER_SINCE ? 'sql_replica' : 'sql_slave';
  // MariaDB has a counter a connection, and sets that of the session's own.
  const hasOne = flavour === 'mysql' || channels.length <= 1;
  const isNext = `SET GLOBAL ${counter}_skip_counter=1 where it comes next`;
  const skip = pair.count === 1 && hasOne ? [isNext] : [];
  if (pair.basis === 'gtid' && last.name.kind === 'domain') {
    return [`SET GLOBAL gtid_slave_pos='${eventLabel(last)}' (passes all up to it)`, ...skip];
  }
  return [`${newCoordinates(consumer, last)} (passes all up to it)`, ...skip];
}

function newCoordinates({ flavour, version }: ServerAnswer, last: DestructiveEvent): string {
  const isNew = flavour === 'mysql' && version >= SOURCE_WORDS_SINCE;
  const word = isNew ? 'SOURCE' : 'MASTER';
  const verb = isNew ? 'CHANGE REPLICATION SOURCE' : 'CHANGE MASTER';
  const { file, position } = last.end;
  return `${verb} TO ${word}_LOG_FILE='${plainWords(file)}', ${word}_LOG_POS=${position}`;
}
