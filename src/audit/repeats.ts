// Denials that a session repeats: the first is a record of its own, the others are counted and
// written down as one record every few seconds. Keeps counts; what was let through never comes here.
import type { Clock } from '../clock.js';
import type { DecisionRecord } from './record.js';
import type { RepeatRecord } from './repeat-record.js';

/** How long a count may wait to be written down: what a crash can lose of it. */
export const REPEAT_PERIOD_MS = 10_000;
/** A denial that did not come again for so long is forgotten: the next one is recorded anew. */
export const REPEAT_MEMORY_MS = 600_000;
/** Denials remembered at one time; the oldest is forgotten for a new one. */
const REMEMBERED_MAX = 10_000;

interface Denial {
  readonly id: string;
  readonly server: string;
  lastMs: number;
  /** Since it was last written down. */
  count: number;
  firstTime: string;
  lastTime: string;
}

export class Repeats {
  readonly #clock: Clock;
  readonly #denials = new Map<string, Denial>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The id under which this very denial is on record already; then it is counted there. */
  repeatOf(record: DecisionRecord): string | undefined {
    if (record.verdict === 'permit') return undefined;
    const key = keyOf(record);
    const known = this.#denials.get(key);
    const nowMs = this.#clock.monotonic();
    if (known === undefined) return undefined;
    if (nowMs - known.lastMs > REPEAT_MEMORY_MS && known.count === 0) {
      this.#denials.delete(key);
      return undefined;
    }
    if (known.count === 0) known.firstTime = record.time;
    known.count += 1;
    known.lastTime = record.time;
    known.lastMs = nowMs;
    return known.id;
  }

  /** This denial is on record now. */
  recorded(record: DecisionRecord): void {
    if (record.verdict === 'permit') return;
    this.#forgetOldest();
    this.#denials.set(keyOf(record), {
      id: record.id,
      server: record.server,
      lastMs: this.#clock.monotonic(),
      count: 0,
      firstTime: record.time,
      lastTime: record.time,
    });
  }

  /** What was counted and is not written down yet; from here on it counts as written. */
  take(): readonly RepeatRecord[] {
    const time = new Date(this.#clock.now()).toISOString();
    const counted = [...this.#denials.values()].filter(({ count }) => count > 0);
    return counted.map((denial) => {
      const { id, server, count, firstTime, lastTime } = denial;
      denial.count = 0;
      return { v: 1, kind: 'repeat', id, time, server, count, firstTime, lastTime };
    });
  }

  /** Never one that has something to write down: there are fewer of those than may wait. */
  #forgetOldest(): void {
    if (this.#denials.size < REMEMBERED_MAX) return;
    for (const [key, { count }] of this.#denials) {
      if (count > 0) continue;
      this.#denials.delete(key);
      return;
    }
  }
}

/** The same statement refused in the same session for the same reason, told in the same words. */
function keyOf(record: DecisionRecord): string {
  const { server, session, threadId, command, statementSha256, rule, verdict, revision } = record;
  const told = (record.message ?? '').replaceAll(record.id, '');
  return JSON.stringify([
    ...[server, session, threadId, command, statementSha256],
    ...[rule, verdict, revision, told],
  ]);
}
