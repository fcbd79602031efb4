// What was judged, and what became of it, as one: joins decisions with their outcomes and repeats
// as they are read from the files. It keeps only what is asked for, and reads only.
import { compileGlob, matchesGlob } from '../policy/glob.js';
import { inChainOrder, linesOf, recordIn } from './line-reader.js';
import type { LoggedRecord, OutcomeRecord } from './outcome-record.js';
import type { DecisionRecord } from './record.js';
import type { RepeatRecord } from './repeat-record.js';

/** A decision with what later records say of it. */
export type JoinedRecord = DecisionRecord &
  Partial<Omit<OutcomeRecord, 'v' | 'kind' | 'id' | 'time' | 'server'>> & {
    readonly outcomeTime?: string;
    /** When its transaction had ended, and how, where that was not by a COMMIT. */
    readonly loggedTime?: string;
    readonly transaction?: LoggedRecord['transaction'];
    /** How often it was repeated after it was recorded, and when last. */
    readonly repeats?: number;
    readonly lastTime?: string;
  };

export interface RecordFilter {
  readonly id?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly server?: string;
  readonly user?: string;
  /** An id, or a glob of ids. */
  readonly rule?: string;
  /** Any of these. */
  readonly verdicts?: readonly string[];
}

export interface Joined {
  readonly records: readonly JoinedRecord[];
  /** Matching ones that are not among them, because of the limit. */
  readonly earlier: number;
  /** Lines that are no records. */
  readonly unreadable: number;
}

/** The last `limit` records that match, oldest first; 0: all. */
export async function readJoined(
  files: readonly string[],
  filter: RecordFilter,
  limit: number,
): Promise<Joined> {
  const shelf: Shelf = { kept: new Map(), matches: matcherOf(filter), limit, earlier: 0 };
  let unreadable = 0;
  for (const file of await inChainOrder(files)) {
    for await (const line of linesOf(file)) {
      const record = recordIn(line);
      if (record === undefined) unreadable += 1;
      else putOn(shelf, record);
    }
  }
  return { records: [...shelf.kept.values()], earlier: shelf.earlier, unreadable };
}

interface Shelf {
  readonly kept: Map<string, JoinedRecord>;
  readonly matches: (record: DecisionRecord) => boolean;
  readonly limit: number;
  earlier: number;
}

function putOn(shelf: Shelf, record: Readonly<Record<string, unknown>>): void {
  const { kept, matches, limit } = shelf;
  if (!isDecision(record)) addTo(kept, record);
  else if (matches(record)) {
    kept.set(record.id, record);
    if (limit > 0 && kept.size > limit) shelf.earlier += dropOldest(kept);
  }
}

function dropOldest(kept: Map<string, JoinedRecord>): number {
  const [oldest] = kept.keys();
  return oldest !== undefined && kept.delete(oldest) ? 1 : 0;
}

function addTo(kept: Map<string, JoinedRecord>, record: Readonly<Record<string, unknown>>): void {
  const id = typeof record.id === 'string' ? record.id : '';
  const decision = kept.get(id);
  if (decision === undefined) return;
  if (isOutcome(record)) {
    const { v: _, kind: __, id: ___, server: ____, time: outcomeTime, ...ended } = record;
    kept.set(id, { ...decision, ...withoutPlace(ended), outcomeTime });
  } else if (isLogged(record)) {
    const { v: _, kind: __, id: ___, server: ____, time: loggedTime, ...became } = record;
    kept.set(id, { ...decision, ...withoutPlace(became), loggedTime });
  } else if (isRepeat(record)) {
    const repeats = (decision.repeats ?? 0) + record.count;
    kept.set(id, { ...decision, repeats, lastTime: record.lastTime });
  }
}

const PLACE = ['seq', 'prev', 'checkpoint', 'signature'];

/** An outcome's place in the chain is not its decision's. */
function withoutPlace<Ended extends object>(ended: Ended): Ended {
  return Object.fromEntries(Object.entries(ended).filter(([key]) => !PLACE.includes(key))) as Ended;
}

function matcherOf(filter: RecordFilter): (record: DecisionRecord) => boolean {
  const { id, sinceMs, untilMs, server, user, rule, verdicts } = filter;
  const ruleGlob = rule === undefined ? undefined : compileGlob(rule);
  return (record) => {
    const timeMs = Date.parse(record.time);
    return (
      (id === undefined || record.id === id.toUpperCase()) &&
      (sinceMs === undefined || timeMs >= sinceMs) &&
      (untilMs === undefined || timeMs <= untilMs) &&
      (server === undefined || record.server === server) &&
      (user === undefined || record.user === user) &&
      (verdicts === undefined || verdicts.includes(record.verdict)) &&
      (ruleGlob === undefined || matchesGlob(ruleGlob, record.rule, true))
    );
  };
}

/** Written by ourselves, so the kind tells the rest; other versions' fields are passed on. */
function isDecision(record: object): record is DecisionRecord {
  const fields: Readonly<Record<string, unknown>> = { ...record };
  const lists = [fields.effects, fields.rules, fields.links, fields.reach];
  return fields.kind === 'decision' && typeof fields.id === 'string' && lists.every(Array.isArray);
}

function isOutcome(record: object): record is OutcomeRecord {
  return 'kind' in record && record.kind === 'outcome';
}

function isLogged(record: object): record is LoggedRecord {
  return 'kind' in record && record.kind === 'logged';
}

function isRepeat(record: object): record is RepeatRecord {
  return 'kind' in record && record.kind === 'repeat';
}
