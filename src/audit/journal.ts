// The audit file over the life of the process: opened at the start if it can be, and again when
// the next record comes if it could not. Until then nothing guarded passes, and the rest serves.
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import type { AuditChainOptions } from './audit-chain.js';
import { type Head, headText } from './chain.js';
import type { AuditRecord, DecisionRecord } from './record.js';
import { REPEAT_PERIOD_MS, Repeats } from './repeats.js';
import { AuditSink, type AuditState } from './sink.js';

/** Not more often than this is a file tried again that could not be opened. */
const REOPEN_PERIOD_MS = 1_000;

/** How often it is tried again while no record comes. */
const RETRY_PERIOD_MS = 5_000;

export interface AuditJournalOptions extends Pick<AuditChainOptions, 'onHead' | 'onEvent'> {
  readonly file: string;
  readonly pid: number;
  readonly clock: Clock;
}

export class AuditJournal {
  readonly #options: AuditJournalOptions;
  readonly #repeats: Repeats;
  #repeatTimer: NodeJS.Timeout | undefined;
  #sink: AuditSink | undefined;
  #failure: Error | undefined;
  #opening: Promise<AuditSink> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #triedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: AuditJournalOptions) {
    this.#options = options;
    this.#repeats = new Repeats(options.clock);
  }

  /** Whether the last record, or the opening, succeeded. */
  get writable(): AuditState {
    if (this.#sink !== undefined) return this.#sink.writable;
    return { ok: false, reason: this.#failure?.message ?? 'the audit file is not open yet' };
  }

  /** Bytes of a torn last line found at opening. */
  get tornBytes(): number {
    return this.#sink?.tornBytes ?? 0;
  }

  /** Of the last durable record, as people keep it; undefined while there is none. */
  get head(): string | undefined {
    const head: Head | undefined = this.#sink?.head;
    return head === undefined || head.seq === 0 ? undefined : headText(head);
  }

  /** Opens the file, or throws AUDIT_UNAVAILABLE saying why not; `writable` says if it is full. */
  async open(): Promise<void> {
    const sink = await this.#opened();
    await sink.reopen();
  }

  /** Resolves once the record is durable; rejects with AUDIT_UNAVAILABLE when it is not. */
  async append(record: AuditRecord): Promise<void> {
    const sink = await this.#opened();
    await sink.append(record);
    if (record.kind === 'decision') this.#repeats.recorded(record);
  }

  /**
   * The id of the record that this denial repeats, and is counted under: it needs none of its own.
   * Undefined for the first of its kind, and for everything that was let through.
   */
  repeatOf(record: DecisionRecord): string | undefined {
    // What could not be written down now must be refused for that, and be heard of.
    if (!this.writable.ok) return undefined;
    const id = this.#repeats.repeatOf(record);
    if (id !== undefined && this.#repeatTimer === undefined) {
      this.#repeatTimer = setTimeout(() => void this.#writeRepeats(), REPEAT_PERIOD_MS);
      this.#repeatTimer.unref();
    }
    return id;
  }

  /** After rotation: the next record goes to the file that has the name then. */
  async reopen(): Promise<void> {
    await this.#sink?.reopen();
  }

  async close(): Promise<void> {
    clearTimeout(this.#retry);
    await this.#opening?.catch(() => undefined);
    clearTimeout(this.#retry);
    await this.#writeRepeats();
    await this.#sink?.close();
  }

  /** Never rejects: that the file takes no records is told by whoever needs it to. */
  async #writeRepeats(): Promise<void> {
    clearTimeout(this.#repeatTimer);
    this.#repeatTimer = undefined;
    const sink = this.#sink;
    if (sink === undefined) return;
    await Promise.allSettled(this.#repeats.take().map((record) => sink.append(record)));
  }

  /** A balancer that goes by /readyz sends nothing before we are ready: no record would come. */
  #retryLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#opened().catch(() => undefined), RETRY_PERIOD_MS);
    this.#retry.unref();
  }

  #opened(): Promise<AuditSink> {
    if (this.#sink !== undefined) return Promise.resolve(this.#sink);
    const nowMs = this.#options.clock.monotonic();
    if (this.#failure !== undefined && nowMs - this.#triedAtMs < REOPEN_PERIOD_MS) {
      return Promise.reject(this.#failure);
    }
    this.#triedAtMs = nowMs;
    this.#opening ??= this.#tryOpening();
    return this.#opening;
  }

  async #tryOpening(): Promise<AuditSink> {
    try {
      this.#sink = await AuditSink.open(this.#options);
      this.#failure = undefined;
      return this.#sink;
    } catch (thrown) {
      this.#failure = thrown instanceof Error ? thrown : new Error(messageOf(thrown));
      this.#retryLater();
      throw thrown;
    } finally {
      this.#opening = undefined;
    }
  }
}
