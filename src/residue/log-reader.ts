// Reads one source's binary log piece by piece, never twice and never in a hurry: short questions
// with pauses between, none while nothing new was logged. Keeps what it found in a SourceLog.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Dialect } from '../sql/dialect.js';
import { numberOf, type Row, textOf } from '../topology/rows.js';
import type { BinlogCoordinates } from '../topology/snapshot.js';
import { type BinlogConnection, type BinlogFile, ROWS_MAX } from './binlog-connection.js';
import { comparePlaces, type Place } from './place.js';
import { BinlogScan, type Header } from './scan.js';
import { SourceLog } from './source-log.js';

/** Between two questions while catching up; as long again as the last one took, if that is more. */
const PAUSE_MS = 2;
/** What an answer should hold at most: the system's buffers take that much without a reader. */
const ANSWER_BYTES = 256 * 1024;
/** While more than that is left in the file: the next events may be larger than any seen yet. */
const CAUTIOUS_ROWS = 50;
/** How long large events are remembered: so much of their size is kept from answer to answer. */
const MEMORY = 0.95;
/** First events of a file: format, previous GTIDs, and what else a server may put there. */
const HEADER_ROWS = 4;
const FIRST_POSITION = 4;

/** Whether every consumer is known to have passed all that a file's header stands for. */
export type Passed = (floor: Place, header: Header) => boolean;

export interface LogReaderOptions {
  readonly clock: Clock;
  readonly open: () => BinlogConnection;
}

export class LogReader {
  readonly #options: LogReaderOptions;
  #connection: BinlogConnection | undefined;
  #log: SourceLog | undefined;
  #scan: BinlogScan | undefined;
  #files: readonly BinlogFile[] = [];
  /** Bytes of the largest event seen lately. */
  #largest = 1;
  #running: Promise<void> | undefined;
  #hurried = 0;
  #endSeenAtMs = Number.NEGATIVE_INFINITY;
  #trouble: string | undefined;
  #stopped = false;

  constructor(options: LogReaderOptions) {
    this.#options = options;
  }

  get log(): SourceLog | undefined {
    return this.#log;
  }

  /** Why reading failed last; undefined while all is well. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Whether the floor is the oldest file that the source still has. */
  get isOldest(): boolean {
    return this.#log !== undefined && this.#log.floor.file === this.#files[0]?.name;
  }

  /** When a question that found the end of the log was asked (monotonic). */
  get endSeenAtMs(): number {
    return this.#endSeenAtMs;
  }

  /** Reads on until the end of the log, in the background. Returns at once. */
  readOn(dialect: Dialect, passed: Passed): void {
    this.#run(dialect, passed).catch(() => undefined);
  }

  /** Reads to the end as of now, without pauses; false when that was not reached in time. */
  async catchUp(dialect: Dialect, passed: Passed, deadlineAtMs: number): Promise<boolean> {
    const { clock } = this.#options;
    const sinceMs = clock.monotonic();
    let hasBegunAnew = false;
    this.#hurried += 1;
    try {
      while (this.#endSeenAtMs < sinceMs && clock.monotonic() < deadlineAtMs) {
        const leftMs = Math.max(0, deadlineAtMs - clock.monotonic());
        const timeout = sleep(leftMs, undefined, { ref: false });
        await Promise.race([this.#run(dialect, passed), timeout]);
        if (this.#trouble === undefined) continue;
        // A log that was purged or reset since is read anew at once, but not for ever.
        if (this.#log !== undefined || hasBegunAnew) return false;
        hasBegunAnew = true;
      }
      return this.#endSeenAtMs >= sinceMs;
    } finally {
      this.#hurried -= 1;
    }
  }

  /** What is known may not be of the log that is there now: it is read anew, as far as needed. */
  forget(): void {
    this.#log = undefined;
    this.#scan = undefined;
  }

  stop(): void {
    this.#stopped = true;
    this.#close();
  }

  /** One run at a time; whoever needs a newer end starts the next one. */
  #run(dialect: Dialect, passed: Passed): Promise<void> {
    this.#running ??= this.#toTheEnd(dialect, passed)
      .then(
        () => {
          this.#trouble = undefined;
        },
        (thrown: unknown) => {
          this.#trouble = messageOf(thrown);
          this.forgetIfMoved(thrown);
          this.#close();
        },
      )
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  /** Error 1220: the file is gone, or no event begins where the last one ended. */
  forgetIfMoved(thrown: unknown): void {
    if (thrown instanceof Error && 'errno' in thrown && thrown.errno === 1220) this.forget();
  }

  async #toTheEnd(dialect: Dialect, passed: Passed): Promise<void> {
    const { clock } = this.#options;
    if (this.#log !== undefined) this.#files = await this.#open().files();
    for (;;) {
      if (this.#stopped) return;
      const askedAtMs = clock.monotonic();
      const isEnd = await this.#step(dialect, passed);
      if (isEnd) {
        this.#endSeenAtMs = askedAtMs;
        return;
      }
      if (this.#hurried > 0) continue;
      const tookMs = clock.monotonic() - askedAtMs;
      await sleep(Math.max(PAUSE_MS, tookMs), undefined, { ref: false });
    }
  }

  /** One question; true when there is nothing behind what it read. */
  async #step(dialect: Dialect, passed: Passed): Promise<boolean> {
    const connection = this.#open();
    const log = this.#log ?? (await this.#begin(connection, dialect, passed));
    if (log === undefined) return true;
    const scan = this.#scan ?? new BinlogScan(dialect, log.cursor.file);
    this.#scan = scan;
    const asked = this.#rowsAt(scan.next);
    const rows = await connection.events({ ...scan.next, rows: asked });
    if (!followsOn(rows, scan.next)) throw moved(scan.next);
    const from = scan.next;
    log.take(scan.take(rows));
    if (from.position === FIRST_POSITION && from.file === log.floor.file) log.header = scan.header;
    log.cursor = scan.next;
    log.domains = scan.domains;
    this.#largest = Math.max(largestOf(rows), this.#largest * MEMORY);
    if (rows.length === asked) return false;
    return await this.#atFileEnd({ connection, dialect, scan, rows });
  }

  /** The active file ends here too; only a newer one says that there is more. */
  async #atFileEnd(at: {
    readonly connection: BinlogConnection;
    readonly dialect: Dialect;
    readonly scan: BinlogScan;
    readonly rows: readonly Row[];
  }): Promise<boolean> {
    this.#files = await at.connection.files();
    const index = this.#files.findIndex(({ name }) => name === at.scan.next.file);
    if (index < 0) throw moved(at.scan.next);
    const next = this.#files[index + 1]?.name;
    if (next === undefined) return true;
    // Something may have been logged between the question and the switch to the next file.
    if (at.rows.length > 0 && !endsFile(at.rows)) return false;
    // It may have been forgotten meanwhile: then the next question begins anew.
    if (this.#scan !== at.scan || this.#log === undefined) return false;
    this.#scan = new BinlogScan(at.dialect, next, at.scan.carried);
    this.#log.cursor = this.#scan.next;
    return false;
  }

  /** Begins with the newest file that nobody needs to look behind; else with the oldest. */
  async #begin(
    connection: BinlogConnection,
    dialect: Dialect,
    passed: Passed,
  ): Promise<SourceLog | undefined> {
    this.#files = await connection.files();
    for (const { name: file } of this.#files.toReversed()) {
      const floor = { file, position: FIRST_POSITION };
      const isOldest = file === this.#files[0]?.name;
      if (!isOldest) {
        const rows = await connection.events({ ...floor, rows: HEADER_ROWS });
        const scan = new BinlogScan(dialect, file);
        scan.take(rows);
        if (!passed(floor, scan.header)) continue;
      }
      this.#log = new SourceLog(floor);
      this.#scan = undefined;
      return this.#log;
    }
    return undefined;
  }

  /** As many rows as surely fit in an answer, or as should by what was seen lately. */
  #rowsAt({ file, position }: Place): number {
    const bytes = this.#files.find(({ name }) => name === file)?.bytes ?? Number.POSITIVE_INFINITY;
    if (bytes - position <= ANSWER_BYTES) return ROWS_MAX;
    return Math.max(1, Math.min(CAUTIOUS_ROWS, Math.floor(ANSWER_BYTES / this.#largest)));
  }

  #open(): BinlogConnection {
    this.#connection ??= this.#options.open();
    return this.#connection;
  }

  #close(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }
}

/** After RESET MASTER the same file may exist again with other events in it. */
export function isRewound(cursor: Place, now: BinlogCoordinates): boolean {
  const order = comparePlaces(now, cursor);
  return order === undefined || order < 0;
}

function followsOn(rows: readonly Row[], at: Place): boolean {
  const first = rows[0];
  return first === undefined || numberOf(first, ['Pos']) === at.position;
}

function moved({ file, position }: Place): Error {
  const error = new Error(`no event begins at ${file}:${position} any more`);
  return Object.assign(error, { errno: 1220 });
}

function endsFile(rows: readonly Row[]): boolean {
  return /^(Rotate|Stop)$/i.test(textOf(rows.at(-1), ['Event_type']) ?? '');
}

function largestOf(rows: readonly Row[]): number {
  let largest = 1;
  for (const row of rows) {
    const size = (numberOf(row, ['End_log_pos']) ?? 0) - (numberOf(row, ['Pos']) ?? 0);
    largest = Math.max(largest, size);
  }
  return largest;
}
