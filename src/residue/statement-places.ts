// Finds a statement in its server's binary log, between the places where that stood before and after
// it: asked under the monitor account, a few short questions, never in the client's session. What
// cannot be found in time stays "between the two".
import type { LoggedPlace } from '../audit/record.js';
import type { Clock } from '../clock.js';
import { numberOf } from '../topology/rows.js';
import type { BinlogConnection } from './binlog-connection.js';
import { type EventGroup, EventGrouper } from './event-groups.js';
import { comparePlaces, type Place } from './place.js';
import { placesOf, type SoughtStatement } from './statement-place.js';

export interface StatementPlacesOptions {
  readonly clock: Clock;
  readonly open: (server: string) => BinlogConnection;
}

export interface PlaceAsk extends SoughtStatement {
  readonly server: string;
  readonly before: Place;
  readonly after: Place;
}

const DEADLINE_MS = 2_000;
/** Of one answer, and of all for one statement. */
const ROWS_A_QUESTION = 200;
const ROWS_MAX = 2_000;
/** A connection that nobody has needed for so long is closed. */
const IDLE_MS = 30_000;
/** Statements that may wait for one server's log; more stay "between the two". */
const WAITING_MAX = 100;

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
    const groups = await log.groups(ask.before, ask.after);
    return groups === undefined ? undefined : placesOf(groups, ask);
  }

  stop(): void {
    for (const log of this.#logs.values()) log.close();
  }
}

/** One server's log: one question at a time, over a connection that is kept while it is needed. */
class OneLog {
  readonly #options: StatementPlacesOptions;
  readonly #server: string;
  #connection: BinlogConnection | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: StatementPlacesOptions, server: string) {
    this.#options = options;
    this.#server = server;
  }

  async groups(before: Place, after: Place): Promise<readonly EventGroup[] | undefined> {
    if (this.#waiting >= WAITING_MAX) return undefined;
    this.#waiting += 1;
    clearTimeout(this.#idle);
    const deadlineAtMs = this.#options.clock.monotonic() + DEADLINE_MS;
    const reading = this.#last.then(() => this.#read({ before, after, deadlineAtMs }));
    this.#last = reading;
    try {
      return await reading;
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) {
        this.#idle = setTimeout(() => this.close(), IDLE_MS);
        this.#idle.unref();
      }
    }
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  async #read(range: {
    readonly before: Place;
    readonly after: Place;
    readonly deadlineAtMs: number;
  }): Promise<readonly EventGroup[] | undefined> {
    const { before, after, deadlineAtMs } = range;
    try {
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
      return groups;
    } catch {
      // A log that cannot be read leaves the statement where it was: between the two.
      this.close();
      return undefined;
    }
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
