// The residue of one pair: what the source's log would destroy at the consumer if they were linked
// or went on from where they are. Pure; what cannot be told is a doubt, and doubt counts as loaded.
import type { DestructiveEvent, LoggedEvent, RowDeletes } from './event.js';
import { countBeyond } from './gtid-set.js';
import { isBefore, type Place, placeText } from './place.js';
import type { RelayView } from './relay-reader.js';
import { gapText, type LogView } from './source-log.js';
import {
  hasPassedFloor,
  isPending,
  isStillToRun,
  relayedStanding,
  type Standing,
} from './standing.js';

/** Events named in an answer; the rest is a number. */
export const EVENTS_NAMED_MAX = 20;

export type ResidueState = 'none' | 'some' | 'unknown';

export interface PairResidue {
  readonly source: string;
  readonly consumer: string;
  readonly state: ResidueState;
  /** Destructive events that the consumer has not executed, as far as was read. */
  readonly count: number;
  /** The first of them, in the order they would be replayed. */
  readonly events: readonly DestructiveEvent[];
  /** Row deletes that it has not executed, in events a table; told, not counted. */
  readonly rowDeletes: readonly Pick<RowDeletes, 'table' | 'events'>[];
  /** Why nobody can be sure that this is all. */
  readonly doubts: readonly string[];
  /** What the consumer's place in the log was taken from. */
  readonly basis: 'gtid' | 'position' | 'nothing';
  /** Some of it can never be read: it counts as loaded, and not only until reading is done. */
  readonly isLost: boolean;
  readonly readTo?: Place;
}

export interface PairFacts {
  readonly source: string;
  readonly consumer: string;
  /** Undefined: not read at all. */
  readonly log: LogView | undefined;
  /** Undefined: the consumer did not say. */
  readonly standing: Standing | undefined;
  /** Whether the source holds nothing older than the floor. */
  readonly isOldest: boolean;
  /** What the consumer's own relay log holds, where it was read to its end. */
  readonly relay?: RelayView;
  readonly doubts: readonly string[];
}

export function residueOf(facts: PairFacts): PairResidue {
  const { source, consumer, log, standing } = facts;
  const base = { source, consumer };
  if (log === undefined || standing === undefined) {
    const events = { count: 0, events: [], rowDeletes: [], basis: 'nothing' } as const;
    return { ...base, ...events, state: 'unknown', doubts: facts.doubts, isLost: false };
  }
  const relayed = relayedOf(facts, log, standing);
  const pending = [
    ...relayed.events,
    ...log.events.filter((event) => isPending(event, standing, log)),
  ];
  const count = pending.length + forgottenCount(log, standing);
  const lost = [...logDoubts(log, standing), ...relayed.doubts];
  const doubts = [...facts.doubts, ...lost];
  const clean = doubts.length === 0 ? 'none' : 'unknown';
  return {
    ...base,
    state: count > 0 ? 'some' : clean,
    count,
    events: pending.slice(0, EVENTS_NAMED_MAX),
    rowDeletes: pendingDeletes(log, standing, relayed.rowDeletes),
    doubts,
    basis: basisOf(standing, log),
    isLost: facts.isOldest && lost.length > 0,
    readTo: log.cursor,
  };
}

function forgottenCount(log: LogView, standing: Standing): number {
  const { forgotten } = log;
  if (forgotten === undefined) return 0;
  if (forgotten.gtids.size > 0 && standing.by === 'gtid') {
    return Math.min(forgotten.count, countBeyond(forgotten.gtids, standing.executed));
  }
  return isPending({ ...forgotten.last, serverId: -1 }, standing, log) ? forgotten.count : 0;
}

function logDoubts(log: LogView, standing: Standing): readonly string[] {
  const gaps = log.gaps.filter(({ place }) => {
    const event = { start: place, end: place, serverId: -1, name: { kind: 'anonymous' } } as const;
    return standing.by === 'gtid' || isPending(event, standing, log);
  });
  return gaps.map(gapText);
}

interface Relayed extends Pick<RelayView, 'events' | 'rowDeletes'> {
  readonly doubts: readonly string[];
}

const NOTHING_RELAYED: Relayed = { events: [], rowDeletes: [], doubts: [] };

/** What lies before the source's log: in the consumer's relay log alone, or nobody knows where. */
function relayedOf(facts: PairFacts, log: LogView, standing: Standing): Relayed {
  const { source, consumer, isOldest, relay } = facts;
  const { floor } = log;
  if (hasPassedFloor(standing, floor, log)) return NOTHING_RELAYED;
  if (!isOldest) {
    return {
      ...NOTHING_RELAYED,
      doubts: [`${source}'s log before ${placeText(floor)} is not read yet`],
    };
  }
  if (!isPurged(log, standing)) return NOTHING_RELAYED;
  const purged = `${source} has purged what ${consumer} has not executed, before ${floor.file}`;
  if (relay === undefined) return { ...NOTHING_RELAYED, doubts: [purged] };
  const { trouble } = relay;
  const behind =
    trouble === undefined && hasPassedFloor(relayedStanding(standing, relay), floor, log);
  const short =
    trouble === undefined
      ? `${purged}; its relay log ends at ${placeText(relay.source)}`
      : `${purged}; its relay log cannot be read: ${trouble}`;
  const isTold = ({ start }: LoggedEvent): boolean => isBefore(start, floor);
  return {
    events: relay.events.filter((event) => isTold(event) && isStillToRun(event, standing)),
    rowDeletes: relay.rowDeletes.filter(
      ({ event }) => isTold(event) && isStillToRun(event, standing),
    ),
    doubts: [...(behind ? [] : [short]), ...relay.gaps.map((gap) => `relay log: ${gapText(gap)}`)],
  };
}

/**
 * Whether a log read from its oldest file lacks something that the consumer has not executed. A first
 * file without anything before it lacks nothing, nor does one nobody has a place in.
 */
export function isPurged(log: LogView, standing: Standing): boolean {
  const { header, floor } = log;
  if (hasPassedFloor(standing, floor, log)) return false;
  const wasEmpty = header.gtids.size === 0 && header.domains.size === 0;
  const isKnown = basisOf(standing, log) !== 'nothing' && standing.place !== 'start';
  // Without a place in the log only what the source still holds could be fetched.
  if (wasEmpty && (!isKnown || standing.by === 'gtid' || isFirst(floor))) return false;
  return isKnown;
}

function isFirst({ file }: Place): boolean {
  return /\.0*1$/.test(file);
}

function pendingDeletes(
  log: LogView,
  standing: Standing,
  relayed: RelayView['rowDeletes'],
): PairResidue['rowDeletes'] {
  const byTable = new Map<string, number>();
  for (const { table } of relayed) byTable.set(table, (byTable.get(table) ?? 0) + 1);
  for (const { table, events, last } of log.rowDeletes) {
    if (!isPending(last, standing, log)) continue;
    byTable.set(table, (byTable.get(table) ?? 0) + events);
  }
  return [...byTable].map(([table, events]) => ({ table, events }));
}

function basisOf(standing: Standing, log: LogView): PairResidue['basis'] {
  if (standing.by === 'gtid') {
    const hasDomains = standing.position !== undefined && log.domains.size > 0;
    const hasGtids = log.header.gtids.size > 0 || standing.executed.size > 0;
    if (hasDomains || hasGtids) return 'gtid';
  }
  return standing.place === undefined ? 'nothing' : 'position';
}
