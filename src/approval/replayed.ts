// What a statement that relinks would replay, as people are shown it and sign for it: whatever was logged
// since is another thing. Pure; what nobody knows counts as more than anything known.
import { eventTitle } from '../policy/residue-way.js';
import type { Facts } from '../policy/verdict.js';
import type { ResidueState } from '../residue/pair.js';

export interface Replayed {
  readonly state: ResidueState;
  readonly from: readonly {
    readonly source: string;
    /** Destructive events in all. */
    readonly count: number;
    /** The first of them: `DROP TABLE app.t (binlog.000002:395)`. */
    readonly events: readonly string[];
  }[];
}

const STATES: readonly ResidueState[] = ['none', 'some', 'unknown'];

/** Undefined for what links nothing. */
export function replayedOf({
  effects,
  residue,
}: Pick<Facts, 'effects' | 'residue'>): Replayed | undefined {
  if (effects.every(({ effect }) => effect !== 'relink')) return undefined;
  if (residue === undefined) return { state: 'unknown', from: [] };
  const from = residue.pairs.map(({ source, count, events }) => ({
    source,
    count,
    events: events.map(
      (event) => `${eventTitle(event)} (${event.start.file}:${event.start.position})`,
    ),
  }));
  return { state: residue.state, from };
}

/** How it is more than what was signed for, in words. */
export function moreReplayed(signed: Replayed | undefined, now: Replayed | undefined) {
  if (now === undefined) return [];
  if (STATES.indexOf(now.state) > STATES.indexOf(signed?.state ?? 'none')) {
    const words = { none: 'nothing', some: 'destructive events', unknown: 'nobody knows what' };
    return [`it would replay ${words[now.state]} now`];
  }
  return now.from.flatMap(({ source, count, events }) => {
    const before = signed?.from.find((each) => each.source === source);
    const other = events.find((event) => !before?.events.includes(event));
    if (other !== undefined) return [`it would replay ${other} of ${source} too`];
    const was = before?.count ?? 0;
    return count > was ? [`it would replay ${count} events of ${source}, not ${was}`] : [];
  });
}
