// Follows the chain through audit files, oldest first, and says where it does not hold: a line that
// was changed, taken out, put in or moved, a signature that is not the key's, an end that was cut
// off. It reads only.
import { createHash, type Hash } from 'node:crypto';
import { GENESIS, type Head, headAt, placeOf } from './chain.js';
import type { Checkpoint } from './chain-place.js';
import { type AuditLine, inChainOrder, linesOf, recordIn } from './line-reader.js';
import { isSignedBy } from './seal.js';

export interface Problem {
  readonly kind:
    | 'changed'
    | 'gap'
    | 'order'
    | 'foreign'
    | 'beginning'
    | 'signature'
    | 'tail'
    | 'head';
  readonly file: string;
  /** Absent where no line is to be looked at. */
  readonly line?: number;
  readonly byte?: number;
  readonly message: string;
}

export interface Verified {
  readonly problems: readonly Problem[];
  /** What is no fault, and worth knowing. */
  readonly notes: readonly string[];
  readonly records: number;
  readonly checkpoints: number;
  /** The number of the first record that is here. */
  readonly first: number;
  readonly head: Head;
  /** Public keys that signed, as the checkpoints name them. */
  readonly keys: readonly string[];
}

export interface VerifyOptions {
  /** Heads that must be in the chain; a hash may be cut. */
  readonly heads?: readonly Head[];
  /** Public keys that may sign; left out: whichever do, and a note says so. */
  readonly keys?: readonly string[];
  /** Nothing may be missing before the first record that is here. */
  readonly whole?: boolean;
  /** A process has the file open: its last line may be under way. */
  readonly isWritten?: boolean;
}

/** More than these are counted, not kept. */
export const PROBLEMS_MAX = 1_000;

export async function verifyFiles(
  files: readonly string[],
  options: VerifyOptions = {},
): Promise<Verified> {
  const walk = new ChainWalk(options);
  for (const file of await inChainOrder(files)) {
    walk.begin(file);
    for await (const line of linesOf(file)) walk.take(line);
    walk.endFile();
  }
  return walk.end();
}

/** Lines that are in no chain, one after another. */
interface Unchained {
  readonly from: AuditLine;
  bytes: number;
  readonly hash: Hash;
}

class ChainWalk {
  readonly #options: VerifyOptions;
  readonly #problems: Problem[] = [];
  readonly #notes: string[] = [];
  readonly #keys = new Set<string>();
  readonly #found = new Set<Head>();
  #head: Head | undefined;
  #first = 0;
  #records = 0;
  #checkpoints = 0;
  #file = '';
  /** The last line of a chain, for the place of what is missing behind it. */
  #last: AuditLine | undefined;
  #isAtStart = true;
  /** How many there were when the file began. */
  #problemsBefore = 0;
  #unchained: Unchained | undefined;

  constructor(options: VerifyOptions) {
    this.#options = options;
  }

  begin(file: string): void {
    this.#file = file;
    this.#isAtStart = true;
    this.#problemsBefore = this.#problems.length;
  }

  take(line: AuditLine): void {
    const record = recordIn(line);
    const place = placeOf(record);
    if (record === undefined || place === undefined) {
      this.#takeUnchained(line);
      return;
    }
    const checkpoint = checkpointOf(record);
    this.#atPlace(line, place);
    this.#explainUnchained(line, record, checkpoint);
    if (checkpoint !== undefined) this.#checkpoint(line, checkpoint);
    if (this.#isAtStart && checkpoint?.at === undefined) {
      this.#problem('beginning', line, beginningGone(place.seq));
    }
    this.#isAtStart = false;
    this.#records += 1;
  }

  endFile(): void {
    const { from, bytes } = this.#unchained ?? {};
    this.#unchained = undefined;
    if (from === undefined) return;
    if (from.isWhole || bytes !== from.bytes.length) {
      this.#problem('foreign', from, 'what follows is no record of this chain');
    } else if (this.#options.isWritten !== true) {
      this.#notes.push(
        `${placeText(from)}: the last line is unfinished (${bytes} bytes): a crash, or it was cut`,
      );
    }
  }

  end(): Verified {
    const head = this.#head ?? GENESIS;
    for (const wanted of this.#options.heads ?? []) this.#mustHold(wanted, head);
    if (this.#first > 1) this.#earlier();
    if (this.#records === 0) this.#notes.push('there is no record at all');
    if (this.#options.keys === undefined && this.#keys.size > 0) {
      const keys = [...this.#keys].join(', ');
      this.#notes.push(`the signatures are by ${keys}; give --key to say which one is yours`);
    }
    return {
      problems: this.#problems,
      notes: this.#notes,
      records: this.#records,
      checkpoints: this.#checkpoints,
      first: this.#first,
      head,
      keys: [...this.#keys],
    };
  }

  /** Whether it follows on what came before, and if not, what that means. */
  #atPlace(line: AuditLine, { seq, prev }: { readonly seq: number; readonly prev: string }): void {
    const before = this.#head;
    if (before === undefined) this.#first = seq;
    else if (seq > before.seq + 1) {
      const missing = range(before.seq + 1, seq - 1);
      const after = this.#last === undefined ? '' : ` behind ${placeText(this.#last)}`;
      this.#problem('gap', line, `${missing} missing${after}`);
    } else if (seq <= before.seq) {
      this.#problem('order', line, `record ${seq} stands behind record ${before.seq}`);
    } else if (prev !== before.hash) {
      const changed = this.#last ?? line;
      this.#problem(
        'changed',
        changed,
        `record ${before.seq} is not what record ${seq} vouches for`,
      );
    }
    this.#head = headAt(line.bytes, seq);
    this.#last = line;
    for (const wanted of this.#options.heads ?? []) {
      if (wanted.seq === seq && this.#head.hash.startsWith(wanted.hash)) this.#found.add(wanted);
    }
  }

  #takeUnchained(line: AuditLine): void {
    this.#unchained ??= { from: line, bytes: 0, hash: createHash('sha256') };
    this.#unchained.bytes += line.bytes.length + (line.isWhole ? 1 : 0);
    this.#unchained.hash.update(line.bytes);
    if (line.isWhole) this.#unchained.hash.update('\n');
  }

  /** Only the record that was written right behind it can vouch for what is in no chain. */
  #explainUnchained(
    line: AuditLine,
    record: Readonly<Record<string, unknown>>,
    checkpoint: Partial<Checkpoint> | undefined,
  ): void {
    const found = this.#unchained;
    this.#unchained = undefined;
    const told = checkpoint?.unchained;
    const sha256 = found?.hash.digest('hex');
    if (isSame(told, { bytes: found?.bytes, sha256 })) {
      if (found === undefined) return;
      const what = `${found.bytes} bytes stand in no chain: they were there before ${String(record.time)}`;
      this.#notes.push(`${placeText(found.from)}: ${what}`);
    } else if (found !== undefined) {
      this.#problem('foreign', found.from, `${found.bytes} bytes are no records of this chain`);
    } else {
      this.#problem('foreign', line, 'what stood before it in no chain is gone');
    }
  }

  #checkpoint(line: AuditLine, { key = '', at }: Partial<Checkpoint>): void {
    this.#checkpoints += 1;
    this.#keys.add(key);
    const { keys } = this.#options;
    if (keys !== undefined && !keys.includes(key)) {
      this.#problem('signature', line, `it is signed by ${key}, which is none of the keys given`);
    } else if (!isSignedBy(line.bytes.toString('utf8'), key)) {
      this.#problem('signature', line, 'its signature does not hold: it was changed');
    }
    // A change before it moves it too, and has been told.
    const isMoved = at !== undefined && at !== line.byte;
    if (isMoved && this.#problems.length === this.#problemsBefore) {
      this.#problem('beginning', line, `it was written at byte ${at}: the bytes before it changed`);
    }
  }

  #mustHold(wanted: Head, head: Head): void {
    if (this.#found.has(wanted)) return;
    const name = `record ${wanted.seq}`;
    const at = this.#last;
    if (wanted.seq > head.seq) {
      const lost = range(head.seq + 1, wanted.seq);
      this.#problem('tail', at, `the end is cut off: ${lost} missing, up to the head given`);
    } else if (wanted.seq < this.#first) {
      const text = `${name} is older than what is here: add the older files`;
      this.#problem('head', undefined, text);
    } else {
      this.#problem(
        'head',
        undefined,
        `${name} is not the one of the head given: it was rewritten`,
      );
    }
  }

  #earlier(): void {
    const text = `${range(1, this.#first - 1)} not here: older files were not given, or are gone`;
    if (this.#options.whole === true) this.#problem('beginning', undefined, text);
    else this.#notes.push(text);
  }

  #problem(kind: Problem['kind'], at: AuditLine | undefined, message: string): void {
    if (this.#problems.length >= PROBLEMS_MAX) return;
    const place = at === undefined ? {} : { line: at.line, byte: at.byte };
    this.#problems.push({ kind, file: at?.file ?? this.#file, ...place, message });
  }
}

/** Of a record that is signed; what it says counts only with its signature. */
function checkpointOf(record: Readonly<Record<string, unknown>>): Partial<Checkpoint> | undefined {
  const { checkpoint } = record;
  if (typeof checkpoint !== 'object' || checkpoint === null) return undefined;
  const { key, at, unchained }: Readonly<Record<string, unknown>> = { ...checkpoint };
  return {
    key: String(key),
    ...(typeof at === 'number' ? { at } : {}),
    ...(isUnchained(unchained) ? { unchained } : {}),
  };
}

function isUnchained(value: unknown): value is NonNullable<Checkpoint['unchained']> {
  return typeof value === 'object' && value !== null && 'bytes' in value && 'sha256' in value;
}

function isSame(told: unknown, found: { bytes: number | undefined; sha256: string | undefined }) {
  if (typeof told !== 'object' || told === null) return found.bytes === undefined;
  return (
    'bytes' in told &&
    told.bytes === found.bytes &&
    'sha256' in told &&
    told.sha256 === found.sha256
  );
}

function beginningGone(seq: number): string {
  return `the file begins with record ${seq}: the one that opened it is gone`;
}

function range(from: number, to: number): string {
  return from === to ? `record ${from} is` : `records ${from} to ${to} are`;
}

export function placeText({ file, line, byte }: { file: string; line: number; byte: number }) {
  return `${file}:${line} (byte ${byte})`;
}
