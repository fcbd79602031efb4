// Puts audit records on disk: `append` resolves only once its record is durable, and rejects when
// it is not, so that what cannot be recorded is not forwarded. Records that wait share one
// fdatasync, and are chained in the order they are written. It never gives up: after a failure the
// next append opens the file again.
import { type Clock, systemClock } from '../clock.js';
import { InterlockError, messageOf } from '../errors.js';
import { AuditChain, type AuditChainOptions, SIGNATURE_PERIOD_MS } from './audit-chain.js';
import { AuditFile, makeFolder } from './audit-file.js';
import { type AuditLock, takeAuditLock } from './audit-lock.js';
import type { Head } from './chain.js';
import type { AuditRecord } from './record.js';

export interface AuditSinkOptions extends Pick<AuditChainOptions, 'onHead' | 'onEvent'> {
  readonly file: string;
  readonly pid: number;
  readonly clock?: Clock;
  /** A disk that has not answered for this long has failed: those who wait are told. */
  readonly stallTimeoutMs?: number;
  /** After a failure, how often to look whether the file takes records again. */
  readonly retryPeriodMs?: number;
  /** How often records that no checkpoint stands behind are looked for. */
  readonly checkpointPeriodMs?: number;
  /** How many records may wait for the disk. */
  readonly waitingRecords?: number;
}

/** For /readyz: whether the last thing we know of the file is that it takes records. */
export type AuditState = { readonly ok: true } | { readonly ok: false; readonly reason: string };

interface Waiter {
  /** A JSON object, not yet in its place in the chain. */
  readonly body: string;
  readonly resolve: () => void;
  readonly reject: (error: InterlockError) => void;
}

const STALL_TIMEOUT_MS = 10_000;
const RETRY_PERIOD_MS = 5_000;
const WAITING_RECORDS = 10_000;

export class AuditSink {
  private readonly file: string;
  private readonly lock: AuditLock;
  private readonly stallTimeoutMs: number;
  private readonly waitingRecords: number;
  private readonly retryPeriodMs: number;
  private readonly chain: AuditChain;
  private readonly checkpoints: NodeJS.Timeout;
  private retry: NodeJS.Timeout | undefined;
  private current: AuditFile | undefined;
  private waiting: Waiter[] = [];
  private flushing: Promise<void> | undefined;
  private wantsReopen = false;
  private stalled = false;
  private whenStalled: () => void = () => undefined;
  private closed = false;
  private state: AuditState = { ok: true };

  private constructor(
    options: AuditSinkOptions,
    parts: { readonly lock: AuditLock; readonly chain: AuditChain; readonly current: AuditFile },
  ) {
    const { lock, chain, current } = parts;
    this.file = options.file;
    this.stallTimeoutMs = options.stallTimeoutMs ?? STALL_TIMEOUT_MS;
    this.waitingRecords = options.waitingRecords ?? WAITING_RECORDS;
    this.retryPeriodMs = options.retryPeriodMs ?? RETRY_PERIOD_MS;
    this.lock = lock;
    this.chain = chain;
    this.current = current;
    chain.meet(current.tail, current.sizeBytes);
    const periodMs = options.checkpointPeriodMs ?? SIGNATURE_PERIOD_MS;
    this.checkpoints = setInterval(() => {
      if (this.chain.isUnsigned) this.chain.checkpoint('interval');
    }, periodMs);
    this.checkpoints.unref();
  }

  /** Takes the lock and opens the file; AUDIT_UNAVAILABLE says why it can't. */
  static async open(options: AuditSinkOptions): Promise<AuditSink> {
    const { file } = options;
    let lock: AuditLock | undefined;
    let chain: AuditChain | undefined;
    try {
      await makeFolder(file);
      lock = await takeAuditLock(file, { pid: options.pid });
      chain = await AuditChain.open({ clock: systemClock, ...options });
      return new AuditSink(options, { lock, chain, current: await AuditFile.open(file) });
    } catch (thrown) {
      await chain?.close();
      await lock?.release();
      throw thrown instanceof InterlockError ? thrown : failure(file, thrown);
    }
  }

  /** Bytes of an unfinished last line found at opening: a crash was cutting a record off. */
  get tornBytes(): number {
    return this.current?.tornBytes ?? 0;
  }

  /** Of the last durable record. */
  get head(): Head {
    return this.chain.head;
  }

  get writable(): AuditState {
    return this.state;
  }

  /** Resolves once the record is durable; rejects with AUDIT_UNAVAILABLE when it is not. */
  append(record: AuditRecord): Promise<void> {
    if (this.closed) return Promise.reject(refusal(this.file, 'it was closed'));
    if (this.stalled) return Promise.reject(this.stallError());
    if (this.waiting.length >= this.waitingRecords) {
      return Promise.reject(refusal(this.file, `${this.waiting.length} records wait already`));
    }
    const body = JSON.stringify(record);
    return new Promise((resolve, reject) => {
      this.waiting.push({ body, resolve, reject });
      this.flushing ??= this.flush();
    });
  }

  /** After rotation (SIGHUP): the next record goes to the file that has the name then. */
  reopen(): Promise<void> {
    this.wantsReopen = true;
    this.flushing ??= this.flush();
    return this.flushing;
  }

  /** Writes what waits, then lets the file and the lock go. A stalled disk is not waited for. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.retry);
    clearInterval(this.checkpoints);
    this.state = { ok: false, reason: `the audit file ${this.file} is closed` };
    const stalling = new Promise<void>((resolve) => {
      this.whenStalled = resolve;
    });
    if (!this.stalled) await Promise.race([this.flushing, stalling]);
    // The lock stays with a write that may still land; it is stale once this process ends.
    if (this.stalled) return;
    await this.drop();
    this.chain.checkpoint('stopped');
    await this.chain.close();
    await this.lock.release();
  }

  private async flush(): Promise<void> {
    // One turn, so that everybody who is about to append shares the first write too.
    await Promise.resolve();
    while (this.waiting.length > 0 || this.wantsReopen) {
      const batch = this.waiting;
      this.waiting = [];
      await this.write(batch);
    }
    this.flushing = undefined;
  }

  /** Never rejects: each waiter hears for itself. */
  private async write(batch: readonly Waiter[]): Promise<void> {
    const timer = setTimeout(() => this.stall(batch), this.stallTimeoutMs);
    timer.unref();
    try {
      const file = await this.openFile();
      if (batch.length === 0) await file.checkRoom();
      else {
        // The chain goes on from what is durable, and from nowhere else.
        const linked = this.chain.link(batch.map(({ body }) => body));
        await file.append(linked.bytes);
        this.chain.written(linked);
      }
      if (!this.closed) this.state = { ok: true };
      for (const { resolve } of batch) resolve();
    } catch (thrown) {
      const error = failure(this.file, thrown);
      this.state = { ok: false, reason: error.message };
      for (const { reject } of batch) reject(error);
      await this.drop();
      this.retryLater();
    } finally {
      clearTimeout(timer);
      this.stalled = false;
    }
  }

  private async openFile(): Promise<AuditFile> {
    await this.leaveRotated();
    if (this.current !== undefined) return this.current;
    const opened = await AuditFile.open(this.file);
    this.current = opened;
    this.chain.meet(opened.tail, opened.sizeBytes);
    return opened;
  }

  /** Asked to open it again, it stays with a file that still has the name. */
  private async leaveRotated(): Promise<void> {
    const old = this.current;
    const mayHaveMoved = this.wantsReopen;
    this.wantsReopen = false;
    if (old === undefined) return;
    const isOurs = old.isLinked() && (!mayHaveMoved || (await old.isNamed()));
    if (isOurs) return;
    this.chain.checkpoint('rotated');
    await this.drop();
  }

  /** After a failed fdatasync the kernel may call lost pages clean: never trust that handle again. */
  private async drop(): Promise<void> {
    const old = this.current;
    this.current = undefined;
    await old?.close().catch(() => undefined);
  }

  /**
   * A balancer that goes by /readyz sends nothing while we are not ready, so waiting for the next
   * record would be waiting for ever.
   */
  private retryLater(): void {
    clearTimeout(this.retry);
    if (this.closed) return;
    this.retry = setTimeout(() => void this.reopen(), this.retryPeriodMs);
    this.retry.unref();
  }

  private stall(batch: readonly Waiter[]): void {
    this.stalled = true;
    const error = this.stallError();
    this.state = { ok: false, reason: error.message };
    const waiting = this.waiting;
    this.waiting = [];
    this.whenStalled();
    for (const { reject } of [...batch, ...waiting]) reject(error);
  }

  private stallError(): InterlockError {
    return refusal(this.file, `the disk has not answered for ${this.stallTimeoutMs / 1000} s`);
  }
}

const MEND: Readonly<Record<string, string>> = {
  ENOSPC: 'free space on its file system',
  EDQUOT: 'free space within the quota of its owner',
  EFBIG: 'raise the file size limit, or rotate the file',
  EACCES: 'let the account Interlock runs as write there',
  EPERM: 'let the account Interlock runs as write there',
  EROFS: 'mount its file system for writing',
  EIO: 'check the disk under it',
  EISDIR: 'let audit.file name a file, not a folder',
  ENOTDIR: 'let audit.file name a path whose parents are folders',
};

function failure(file: string, thrown: unknown): InterlockError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'error';
  const mend = MEND[code] ?? 'look at its folder and its disk';
  const what = `The audit file ${file} cannot be written (${code}: ${messageOf(thrown)})`;
  const text = `${what}: ${mend}. Interlock tries again with the next record.`;
  return new InterlockError('AUDIT_UNAVAILABLE', text, { cause: thrown });
}

function refusal(file: string, why: string): InterlockError {
  return new InterlockError(
    'AUDIT_UNAVAILABLE',
    `The audit file ${file} takes no records: ${why}.`,
  );
}
