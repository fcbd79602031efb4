// Reads what one consumer's relay log still holds of one source, from where it would run on, in short
// questions. Only asked where the source itself has purged that: elsewhere its own log tells more.
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Dialect } from '../sql/dialect.js';
import { numberOf, type Row } from '../topology/rows.js';
import type { RelayConnection } from './binlog-connection.js';
import type { LogState } from './domains.js';
import type { DestructiveEvent, LoggedEvent } from './event.js';
import { type GtidSet, NO_GTIDS } from './gtid-set.js';
import { comparePlaces, isBefore, type Place } from './place.js';
import { type RelayFinding, RelayScan, type RelayStart } from './relay-scan.js';
import type { Gap } from './source-log.js';

/** A channel that a consumer holds, and where it would run on. */
export interface RelayChannel extends RelayStart {
  readonly name: string;
  readonly consumerId: number;
  readonly dialect: Dialect;
}

/** What is still to be run, as far as it was read. */
export interface RelayView {
  readonly events: readonly DestructiveEvent[];
  readonly rowDeletes: readonly { readonly table: string; readonly event: LoggedEvent }[];
  readonly gaps: readonly Gap[];
  /** How far it holds its source's log, and the transactions it holds. */
  readonly source: Place;
  readonly gtids: GtidSet;
  readonly domains: LogState;
  /** When a question that found its end was asked (monotonic). */
  readonly endSeenAtMs: number;
  readonly trouble?: string;
}

/** One question; at least two rows, since the first one is known already. */
const ROWS = 200;
const ROWS_LEAST = 2;
const ANSWER_BYTES = 256 * 1024;
/** More findings than these are not kept: then it counts as not read. */
const FINDINGS_MAX = 5_000;
/** ER_ERROR_WHEN_EXECUTING_COMMAND: no such file, or no event begins there. */
const NOT_THERE = 1220;
const FIRST_POSITION = 4;

export class RelayReader {
  readonly #clock: Clock;
  readonly #open: () => RelayConnection;
  #connection: RelayConnection | undefined;
  #scan: RelayScan | undefined;
  #begun: RelayChannel | undefined;
  #findings: readonly RelayFinding[] = [];
  #rows = ROWS;
  #endSeenAtMs = Number.NEGATIVE_INFINITY;
  #trouble: string | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: { readonly clock: Clock; readonly open: () => RelayConnection }) {
    this.#clock = options.clock;
    this.#open = options.open;
  }

  /** Undefined while nothing was read. */
  get view(): RelayView | undefined {
    const scan = this.#scan;
    const trouble = this.#trouble;
    const begun = this.#begun;
    if (begun === undefined) return undefined;
    const found = this.#findings.map(({ finding }) => finding);
    return {
      events: found.flatMap((each) => (each.kind === 'destructive' ? [each.event] : [])),
      rowDeletes: found.flatMap((each) => (each.kind === 'row-delete' ? [each] : [])),
      gaps: found.flatMap((each) => (each.kind === 'gap' ? [each] : [])),
      source: scan?.source ?? begun.source,
      gtids: scan?.gtids ?? NO_GTIDS,
      domains: scan?.domains ?? new Map(),
      endSeenAtMs: this.#endSeenAtMs,
      ...(trouble === undefined ? {} : { trouble }),
    };
  }

  /** Reads on to its end, or until the deadline; one who reads at a time. Never rejects. */
  catchUp(channel: RelayChannel, deadlineAtMs: number): Promise<void> {
    const reading = this.#last.then(() => this.#read(channel, deadlineAtMs));
    this.#last = reading;
    return reading;
  }

  close(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  async #read(channel: RelayChannel, deadlineAtMs: number): Promise<void> {
    try {
      this.#follow(channel);
      for (;;) {
        const askedAtMs = this.#clock.monotonic();
        if (askedAtMs >= deadlineAtMs) return;
        if (await this.#step(channel)) {
          this.#endSeenAtMs = askedAtMs;
          this.#trouble = undefined;
          return;
        }
      }
    } catch (thrown) {
      this.#trouble = messageOf(thrown);
      this.#scan = undefined;
      this.#findings = [];
      this.close();
    }
  }

  /** What has been run meanwhile waits no more; a log that begins elsewhere is read anew. */
  #follow(channel: RelayChannel): void {
    const begun = this.#begun;
    const isKnown =
      begun !== undefined &&
      isAtOrBehind(channel.relay, begun.relay) &&
      isAtOrBehind(channel.source, begun.source) &&
      begun.name === channel.name &&
      this.#scan !== undefined &&
      isAtOrBehind(this.#scan.next, channel.relay);
    if (!isKnown) {
      this.#scan = new RelayScan(channel.dialect, channel.consumerId, channel);
      this.#findings = [];
    }
    this.#begun = channel;
    this.#findings = this.#findings.filter(({ at }) => !isBefore(at, channel.relay));
  }

  /** True when there is nothing behind what it read. */
  async #step({ name, dialect }: RelayChannel): Promise<boolean> {
    const scan = this.#scan;
    if (scan === undefined) return true;
    this.#connection ??= this.#open();
    const at = scan.next;
    const asked = { channel: name, dialect, ...at, rows: this.#rows };
    const rows = await this.#connection.relayEvents(asked).catch((thrown: unknown) => {
      // The file that comes next is made only once there is something to put into it.
      if (at.position === FIRST_POSITION && isNotThere(thrown)) return [];
      throw thrown;
    });
    const found = scan.take(rows);
    if (found === undefined)
      throw new Error(`no event begins at ${at.file}:${at.position} any more`);
    this.#findings = [...this.#findings, ...found];
    if (this.#findings.length > FINDINGS_MAX) throw new Error(`it holds more than ${FINDINGS_MAX}`);
    this.#rows = Math.max(ROWS_LEAST, Math.min(ROWS, Math.floor(ANSWER_BYTES / largestOf(rows))));
    return rows.length < asked.rows && scan.next.file === at.file;
  }
}

function isAtOrBehind(place: Place, other: Place): boolean {
  const order = comparePlaces(place, other);
  return order !== undefined && order >= 0;
}

function isNotThere(thrown: unknown): boolean {
  return thrown instanceof Error && 'errno' in thrown && thrown.errno === NOT_THERE;
}

/** Of the event before each row: nothing tells where the last one ends. */
function largestOf(rows: readonly Row[]): number {
  const places = rows.map((row) => numberOf(row, ['Pos']) ?? 0);
  return places.reduce(
    (most, place, index) => Math.max(most, place - (places[index - 1] ?? place)),
    1,
  );
}
