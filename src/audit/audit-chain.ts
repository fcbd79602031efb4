// The chain over the life of the process, across files: gives each record its place, signs some of
// them, and knows where the last durable one stands. It writes nothing into the audit file: that is
// sink.ts's, which says what became durable.
import type { Clock } from '../clock.js';
import { GENESIS, type Head, headAt, headText, linkedBody } from './chain.js';
import type { Checkpoint } from './chain-place.js';
import { HeadFile, readHead } from './head-file.js';
import { openSeal, type Seal, signed } from './seal.js';
import type { Tail } from './tail.js';

/** After so many records, and after so long, one is signed. */
const RECORDS_PER_SIGNATURE = 1_000;
export const SIGNATURE_PERIOD_MS = 60_000;

/** Lines ready to be written, and where the chain stands once they are durable. */
export interface Linked {
  readonly bytes: Buffer;
  readonly head: Head;
  readonly signedSeq: number;
}

export type CheckpointReason = 'signed' | 'interval' | 'rotated' | 'stopped';

export type AuditEvent =
  | { readonly kind: 'checkpoint'; readonly head: string; readonly why: CheckpointReason }
  /** The file ends before records that were made durable in it. */
  | { readonly kind: 'tail-lost'; readonly records: number; readonly head: string };

export interface AuditChainOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly onHead?: (head: Head) => void;
  readonly onEvent?: (event: AuditEvent) => void;
}

/** Where the key and the head of an audit file are. */
export const keyPath = (file: string): string => `${file}.key`;
export const headPath = (file: string): string => `${file}.head`;

/** What the first line after opening a file has to say. */
type Opening = Omit<Checkpoint, 'key'>;

export class AuditChain {
  readonly #options: AuditChainOptions;
  readonly #seal: Seal;
  readonly #headFile: HeadFile;
  #head: Head;
  #signedSeq: number;
  #signedAtMs: number;
  #opening: Opening | undefined;

  private constructor(options: AuditChainOptions, seal: Seal, headFile: HeadFile, head: Head) {
    this.#options = options;
    this.#seal = seal;
    this.#headFile = headFile;
    this.#head = head;
    this.#signedSeq = head.seq;
    this.#signedAtMs = options.clock.monotonic();
  }

  static async open(options: AuditChainOptions): Promise<AuditChain> {
    const seal = await openSeal(keyPath(options.file));
    const left = await readHead(headPath(options.file));
    const headFile = await HeadFile.open(headPath(options.file));
    return new AuditChain(options, seal, headFile, left?.head ?? GENESIS);
  }

  get head(): Head {
    return this.#head;
  }

  /** Whether there are records that no signature stands behind. */
  get isUnsigned(): boolean {
    return this.#head.seq > this.#signedSeq;
  }

  /** A file was opened: what it ends with, and how long it is. */
  meet(tail: Tail, sizeBytes: number): void {
    const theirs = tail.head;
    const lost = theirs === undefined ? 0 : Math.max(0, this.#head.seq - theirs.seq);
    // Lines of the same number that are not the same line were changed: the chain must not agree.
    if (theirs !== undefined && theirs.seq > this.#head.seq) this.#head = theirs;
    if (lost > 0) {
      const head = headText(this.#head);
      this.#options.onEvent?.({ kind: 'tail-lost', records: lost, head });
    }
    const { unchained } = tail;
    this.#opening = {
      at: sizeBytes,
      ...(unchained === undefined ? {} : { unchained }),
      ...(lost === 0 ? {} : { lost }),
    };
    this.#options.onHead?.(this.#head);
  }

  /** Puts JSON texts in their places behind what is durable. */
  link(bodies: readonly string[]): Linked {
    const sinceMs = this.#options.clock.monotonic() - this.#signedAtMs;
    const isOverdue = sinceMs >= SIGNATURE_PERIOD_MS;
    let head = this.#head;
    let signedSeq = this.#signedSeq;
    const lines = bodies.map((body, index) => {
      const opening = index === 0 ? this.#opening : undefined;
      const seq = head.seq + 1;
      const isDue =
        opening !== undefined ||
        seq - signedSeq >= RECORDS_PER_SIGNATURE ||
        (isOverdue && index === bodies.length - 1);
      if (isDue) signedSeq = seq;
      const line = isDue ? this.#signed(body, head, opening) : linkedBody(body, head);
      head = headAt(line, seq);
      return `${line}\n`;
    });
    return { bytes: Buffer.from(lines.join('')), head, signedSeq };
  }

  /** These lines are durable. */
  written({ head, signedSeq }: Linked): void {
    const isSigned = signedSeq !== this.#signedSeq;
    this.#opening = undefined;
    this.#head = head;
    this.#options.onHead?.(head);
    if (!isSigned) {
      this.#headFile.write({ head });
      return;
    }
    this.checkpoint('signed');
    this.#signedSeq = signedSeq;
  }

  /** Signs where the chain stands, beside the file, and tells. Returns at once. */
  checkpoint(why: CheckpointReason): void {
    const head = this.#head;
    if (head.seq === 0) return;
    this.#signedSeq = head.seq;
    this.#signedAtMs = this.#options.clock.monotonic();
    const time = new Date(this.#options.clock.now()).toISOString();
    this.#headFile.write({ head, why, time }, this.#seal);
    this.#options.onEvent?.({ kind: 'checkpoint', head: headText(head), why });
  }

  async close(): Promise<void> {
    await this.#headFile.close().catch(() => undefined);
  }

  #signed(body: string, head: Head, opening: Opening = {}): string {
    const checkpoint: Checkpoint = { key: this.#seal.key, ...opening };
    const more = `,"checkpoint":${JSON.stringify(checkpoint)}`;
    return signed(linkedBody(body, head, more), this.#seal);
  }
}
