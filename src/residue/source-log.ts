// What is remembered of one source's binary log between its floor and its cursor. Bounded: the
// oldest destructive events beyond the cap are only counted. Asks nobody; log-reader.ts feeds it.
import { EMPTY_LOG, type LogState } from './domains.js';
import type { DestructiveEvent, LoggedEvent, RowDeletes } from './event.js';
import { type GtidSet, NO_GTIDS } from './gtid-set.js';
import { type Place, placeText } from './place.js';
import type { Finding, Header } from './scan.js';

/** Destructive events remembered a source, with their statements. */
export const EVENTS_REMEMBERED_MAX = 1_000;
/** Counters of row deletes, one a file and table. */
export const TABLES_COUNTED_MAX = 500;
const GAPS_REMEMBERED_MAX = 100;

/** Events that were forgotten one by one: how many, and up to where. */
export interface Forgotten {
  readonly count: number;
  readonly last: LoggedEvent;
  /** MySQL: the ranges they lie in, others between them included. */
  readonly gtids: GtidSet;
}

export interface Gap {
  readonly place: Place;
  readonly reason: string;
}

/** What residue is worked out from. */
export interface LogView {
  /** Where reading began, and what the log says of everything before. */
  readonly floor: Place;
  readonly header: Header;
  /** Read up to here. */
  readonly cursor: Place;
  /** MariaDB: what the log held up to the cursor. */
  readonly domains: LogState;
  readonly events: readonly DestructiveEvent[];
  readonly forgotten: Forgotten | undefined;
  readonly rowDeletes: readonly RowDeletes[];
  readonly gaps: readonly Gap[];
}

export class SourceLog implements LogView {
  readonly floor: Place;
  header: Header = { gtids: NO_GTIDS, domains: EMPTY_LOG };
  cursor: Place;
  domains: LogState = EMPTY_LOG;
  readonly #events: DestructiveEvent[] = [];
  readonly #deletes = new Map<string, RowDeletes>();
  readonly #gaps: Gap[] = [];
  #forgotten: Forgotten | undefined;

  constructor(floor: Place) {
    this.floor = floor;
    this.cursor = floor;
  }

  get events(): readonly DestructiveEvent[] {
    return this.#events;
  }

  get forgotten(): Forgotten | undefined {
    return this.#forgotten;
  }

  get rowDeletes(): readonly RowDeletes[] {
    return [...this.#deletes.values()];
  }

  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  take(findings: readonly Finding[]): void {
    for (const finding of findings) this.#takeOne(finding);
  }

  #takeOne(finding: Finding): void {
    switch (finding.kind) {
      case 'destructive':
        this.#events.push(finding.event);
        if (this.#events.length > EVENTS_REMEMBERED_MAX) this.#forgetOldest();
        return;
      case 'row-delete':
        this.#count(finding.table, finding.event);
        return;
      case 'gap':
        if (this.#gaps.length < GAPS_REMEMBERED_MAX) this.#gaps.push(finding);
        return;
    }
    finding satisfies never;
  }

  #forgetOldest(): void {
    const oldest = this.#events.shift();
    if (oldest === undefined) return;
    const before = this.#forgotten;
    this.#forgotten = {
      count: (before?.count ?? 0) + 1,
      last: oldest,
      gtids: stretched(before?.gtids ?? NO_GTIDS, oldest),
    };
  }

  #count(table: string, event: LoggedEvent): void {
    const key = `${event.end.file} ${table}`;
    const events = (this.#deletes.get(key)?.events ?? 0) + 1;
    this.#deletes.delete(key);
    this.#deletes.set(key, { table, events, last: event });
    const oldest = this.#deletes.keys().next().value;
    if (this.#deletes.size > TABLES_COUNTED_MAX && oldest !== undefined) {
      this.#deletes.delete(oldest);
    }
  }
}

/** One range a name, from the first to the last: it may hold more than was forgotten, never less. */
function stretched(gtids: GtidSet, { name }: LoggedEvent): GtidSet {
  if (name.kind !== 'gtid') return gtids;
  const { number } = name.gtid;
  const [first = number] = gtids.get(name.gtid.name)?.[0] ?? [];
  const last = gtids.get(name.gtid.name)?.[0]?.[1] ?? number;
  const range = [Math.min(first, number), Math.max(last, number)] as const;
  return new Map(gtids).set(name.gtid.name, [range]);
}

export function gapText({ place, reason }: Gap): string {
  return `${placeText(place)}: ${reason}`;
}
