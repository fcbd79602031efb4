// What `interlock links` shows of residue: per pair, what a link from source to consumer would
// replay. As lines for people and as data for --json. Pure.
import { eventTitle } from '../policy/residue-way.js';
import { type DestructiveEvent, eventLabel } from '../residue/event.js';
import type { PairResidue, ResidueState } from '../residue/pair.js';
import type { LinkState } from '../topology/snapshot.js';

const EVENTS_SHOWN = 5;
const TABLES_SHOWN = 5;
/** More pairs for which nothing waits are one line. */
const QUIET_PAIRS_MAX = 4;

/** What the rest of the view lends: its colours by link state, and its columns. */
interface Drawing {
  readonly paint: (state: LinkState | 'title', text: string) => string;
  readonly columns: (rows: readonly (readonly string[])[]) => readonly string[];
}

const COLOURS = {
  none: 'severed',
  some: 'live',
  unknown: 'unknown',
} as const satisfies Record<ResidueState, LinkState>;

/** One line a pair, and under it the events that a link would replay. */
export function residueLines(
  pairs: readonly PairResidue[],
  { paint, columns }: Drawing,
): readonly string[] {
  if (pairs.length === 0) return [];
  const quiet = pairs.filter(isQuiet);
  const told = quiet.length > QUIET_PAIRS_MAX ? pairs.filter((pair) => !isQuiet(pair)) : pairs;
  const cells = told.map((pair) => {
    const words = [countWords(pair), ...deleteWords(pair), ...pair.doubts]
      .map(printable)
      .join('; ');
    return [`${pair.source} → ${pair.consumer}`, paint(COLOURS[pair.state], words)];
  });
  const rest = quiet.length === pairs.length ? `all ${pairs.length}` : `the other ${quiet.length}`;
  const folded = [`${rest} pairs`, paint(COLOURS.none, 'nothing destructive waits')];
  const rows = columns(told === pairs ? cells : [...cells, folded]);
  const lines = rows.flatMap((row, index) => {
    const pair = told[index];
    const events = pair === undefined ? [] : eventLines(pair);
    return [row, ...events.map((event) => `      ${event}`)];
  });
  return [paint('title', 'Residue (what a link source → consumer would replay)'), ...lines];
}

function isQuiet({ state, rowDeletes }: PairResidue): boolean {
  return state === 'none' && rowDeletes.length === 0;
}

function countWords({ state, count }: PairResidue): string {
  if (count === 0) return state === 'none' ? 'nothing destructive waits' : 'not known';
  return count === 1 ? '1 destructive event waits' : `${count} destructive events wait`;
}

function deleteWords({ rowDeletes }: PairResidue): readonly string[] {
  if (rowDeletes.length === 0) return [];
  const shown = rowDeletes.slice(0, TABLES_SHOWN).map(({ table, events }) => `${table} ${events}`);
  const more = rowDeletes.length - shown.length;
  return [`row-delete events: ${shown.join(', ')}${more > 0 ? ` and ${more} more tables` : ''}`];
}

function eventLines({ events, count }: PairResidue): readonly string[] {
  const lines = events.slice(0, EVENTS_SHOWN).map((event) => {
    const { file, position } = event.start;
    const place = `${file}:${position}`;
    const label = eventLabel(event);
    return printable(`${label === place ? place : `${place} ${label}`}  ${event.statement}`);
  });
  const more = count - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

/** The same as data, without what only the inside needs. */
export function residueJson(pairs: readonly PairResidue[]): unknown {
  return pairs.map(({ events, readTo, ...pair }) => ({
    ...pair,
    events: events.map(eventJson),
    ...(readTo === undefined ? {} : { readTo }),
  }));
}

function eventJson(event: DestructiveEvent): unknown {
  const { start, end, serverId, effects, statement } = event;
  const gtid = event.name.kind === 'anonymous' ? {} : { gtid: eventLabel(event) };
  const title = eventTitle(event);
  return {
    file: start.file,
    position: start.position,
    endPosition: end.position,
    ...gtid,
    serverId,
    title,
    effects,
    statement,
  };
}

/** A server's words reach a terminal: what would steer it is taken out. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
