// Finds statements in their server's binary log, between the places where that stood before and after
// each: asked under the monitor account, a few short questions for all that came meanwhile, never in
// a client's session. What cannot be found in time stays "between the two".
import type { LoggedPlace } from '../audit/outcome-record.js';
import type { Clock } from '../clock.js';
import type { Dialect } from '../sql/dialect.js';
import { numberOf } from '../topology/rows.js';
import type { BinlogConnection } from './binlog-connection.js';
import { type EventGroup, EventGrouper } from './event-groups.js';
import { comparePlaces, isBefore, type Place } from './place.js';
import { placesOf, type SoughtStatement, type ToldGroup, toldGroup } from './statement-place.js';

export interface StatementPlacesOptions {
  readonly clock: Clock;
  readonly open: (server: string) => BinlogConnection;
}

export interface PlaceAsk extends SoughtStatement {
  readonly server: string;
  readonly dialect: Dialect;
  readonly before: Place;
  readonly after: Place;
}

const DEADLINE_MS = 2_000;
/** Of one answer, and of all that are read at one go. */
const ROWS_A_QUESTION = 200;
const ROWS_MAX = 2_000;
/** A connection that nobody has needed for so long is closed. */
const IDLE_MS = 30_000;
/** Statements that may wait for one server's log; more stay "between the two". */
const WAITING_MAX = 1_000;

export class StatementPlaces {
  readonly #options: StatementPlacesOptions;
  readonly #logs = new Map<string, OneLog>();

  constructor(options: StatementPlacesOptions) {
    this.#options = options;
  }

  /** Undefined: it cannot be told. Never rejects. */
  async find(ask: PlaceAsk): Promise<readonly LoggedPlace[] | undefined> {
    const order = comparePlaces(ask.before, ask.after);
    if (order === undefined || order > 0) return undefined;
    if (order === 0) return [];
    let log = this.#logs.get(ask.server);
    if (log === undefined) {
      log = new OneLog(this.#options, ask.server);
      this.#logs.set(ask.server, log);
    }
    return await log.find(ask);
  }

  stop(): void {
    for (const log of this.#logs.values()) log.close();
  }
}

interface Waiting {
  readonly ask: PlaceAsk;
  readonly tell: (places: readonly LoggedPlace[] | undefined) => void;
}

/** One server's log: one reading at a time, for all who came until then. */
class OneLog {
  readonly #options: StatementPlacesOptions;
  readonly #server: string;
  #connection: BinlogConnection | undefined;
  #waiting: Waiting[] = [];
  #isReading = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: StatementPlacesOptions, server: string) {
    this.#options = options;
    this.#server = server;
  }

  find(ask: PlaceAsk): Promise<readonly LoggedPlace[] | undefined> {
    if (this.#waiting.length >= WAITING_MAX) return Promise.resolve(undefined);
    clearTimeout(this.#idle);
    return new Promise((tell) => {
      this.#waiting.push({ ask, tell });
      void this.#readOn();
    });
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  async #readOn(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    // Who asks in this same turn shares the first reading too.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#tell(batch);
    }
    this.#isReading = false;
    this.#idle = setTimeout(() => this.close(), IDLE_MS);
    this.#idle.unref();
  }

  /** Never rejects: a log that cannot be read leaves statements between their two places. */
  async #tell(batch: readonly Waiting[]): Promise<void> {
    const groups = await this.#read(batch.map(({ ask }) => ask)).catch(() => {
      this.close();
      return undefined;
    });
    for (const { ask, tell } of batch) {
      tell(groups === undefined ? undefined : placesOf(groups.filter(isIn(ask)), ask));
    }
  }

  /** All that lies between the first of their places and the last one. */
  async #read(asks: readonly PlaceAsk[]): Promise<readonly ToldGroup[] | undefined> {
    const deadlineAtMs = this.#options.clock.monotonic() + DEADLINE_MS;
    const before = outermost(
      asks.map((ask) => ask.before),
      isBefore,
    );
    const after = outermost(
      asks.map((ask) => ask.after),
      (one, other) => isBefore(other, one),
    );
    const dialect = asks[0]?.dialect;
    if (before === undefined || after === undefined || dialect === undefined) return undefined;
    const files = await this.#filesBetween(before, after);
    const groups: EventGroup[] = [];
    let rowsLeft = ROWS_MAX;
    for (const file of files) {
      const from = file === before.file ? before.position : 4;
      const to = file === after.file ? after.position : Number.POSITIVE_INFINITY;
      const read = await this.#readFile({ file, from, to, rowsLeft, deadlineAtMs });
      if (read === undefined) return undefined;
      rowsLeft -= read.rows;
      groups.push(...read.groups);
    }
    return groups.map((group) => toldGroup(group, dialect));
  }

  async #readFile(asked: {
    readonly file: string;
    readonly from: number;
    readonly to: number;
    readonly rowsLeft: number;
    readonly deadlineAtMs: number;
  }): Promise<{ readonly groups: readonly EventGroup[]; readonly rows: number } | undefined> {
    const { file, from, to, rowsLeft, deadlineAtMs } = asked;
    const grouper = new EventGrouper(file);
    let position = from;
    let rows = 0;
    while (position < to) {
      if (rows >= rowsLeft || this.#options.clock.monotonic() >= deadlineAtMs) return undefined;
      const read = await this.#open().events({ file, position, rows: ROWS_A_QUESTION });
      const wanted = read.filter((row) => (numberOf(row, ['Pos']) ?? 0) < to);
      grouper.take(wanted);
      rows += read.length;
      const end = Math.max(position, ...wanted.map((row) => numberOf(row, ['End_log_pos']) ?? 0));
      if (read.length < ROWS_A_QUESTION || end === position) break;
      position = end;
    }
    return { groups: grouper.groups, rows };
  }

  async #filesBetween(before: Place, after: Place): Promise<readonly string[]> {
    if (before.file === after.file) return [before.file];
    const names = (await this.#open().files()).map(({ name }) => name);
    const first = names.indexOf(before.file);
    const last = names.indexOf(after.file);
    if (first < 0 || last < first) throw new Error(`${before.file} is not in the log any more`);
    return names.slice(first, last + 1);
  }

  #open(): BinlogConnection {
    this.#connection ??= this.#options.open(this.#server);
    return this.#connection;
  }
}

function outermost(
  places: readonly Place[],
  isFurther: (one: Place, other: Place) => boolean,
): Place | undefined {
  return places.reduce<Place | undefined>(
    (found, place) => (found === undefined || isFurther(place, found) ? place : found),
    undefined,
  );
}

/** A group that ends behind the second place is not of a statement that had ended there. */
function isIn({ before, after }: PlaceAsk): (group: ToldGroup) => boolean {
  return ({ group: { file, start, end } }) =>
    !isBefore({ file, position: start }, before) && !isBefore(after, { file, position: end });
}
