// A dump cut into statements as the servers' own command line clients cut it: at the delimiter,
// outside strings and comments, code in version comments included. Holds one statement at a time.
// What it gets wrong costs a refusal at the restore, never a leak: people sign for the list alone.
import { InterlockError } from '../errors.js';

export interface DumpStatement {
  readonly text: Buffer;
  /** Of its first word, from 1. */
  readonly line: number;
}

/** A longer line is no dump's. */
const LINE_BYTES_MAX = 512 * 1024 * 1024;

const QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;
const BACKTICK = 0x60;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const HASH = 0x23;
const SLASH = 0x2f;
const STAR = 0x2a;
const BANG = 0x21;
const CAPITAL_M = 0x4d;
const NEWLINE = 0x0a;
const SPACE = 0x20;

export class DumpSplitter {
  readonly #emit: (statement: DumpStatement) => void;
  #delimiter = Buffer.from(';');
  #line = 1;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** Of the statement under way. */
  #parts: Buffer[] = [];
  #startedAt: number | undefined;
  /** The quote that is open, `/` for a comment, 0 for neither. */
  #inside = 0;

  constructor(emit: (statement: DumpStatement) => void) {
    this.#emit = emit;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      this.#takeLine(chunk.subarray(from, at + 1));
      from = at + 1;
    }
    if (from === chunk.length) return;
    // The chunk's memory may be used again by whoever reads.
    this.#pending.push(Buffer.from(chunk.subarray(from)));
    this.#pendingBytes += chunk.length - from;
    if (this.#pendingBytes > LINE_BYTES_MAX) {
      throw trouble(
        this.#line,
        `is longer than ${LINE_BYTES_MAX / 1024 ** 2} MiB: this is no dump`,
      );
    }
  }

  /** The last statement may lack its delimiter. */
  end(): void {
    if (this.#pendingBytes > 0) this.#takeLine(Buffer.alloc(0));
    this.#finish();
  }

  #takeLine(rest: Buffer): void {
    const line = this.#pending.length === 0 ? rest : Buffer.concat([...this.#pending, rest]);
    this.#pending = [];
    this.#pendingBytes = 0;
    if (this.#startedAt !== undefined || this.#inside !== 0 || !this.#command(line)) {
      this.#scan(line);
    }
    this.#line += 1;
  }

  /** What a client does itself, where a statement could begin. */
  #command(line: Buffer): boolean {
    const text = line.toString('latin1', 0, Math.min(line.length, 512));
    const delimiter = /^\s*delimiter\s+(\S+)/i.exec(text)?.[1];
    if (delimiter !== undefined) {
      this.#delimiter = Buffer.from(delimiter, 'latin1');
      return true;
    }
    if (/^\s*(?:source\s|\\\.)/i.test(text)) {
      throw trouble(this.#line, 'reads another file, whose statements are not in this one');
    }
    const use = /^\s*use\s+(`(?:[^`]|``)+`|[^\s;]+)\s*;?\s*$/i.exec(text)?.[1];
    if (use === undefined) return false;
    // Clients take it without a delimiter, whichever is set.
    this.#emit({ text: Buffer.from(`USE ${use}`, 'latin1'), line: this.#line });
    return true;
  }

  #scan(line: Buffer): void {
    const first = this.#delimiter[0] ?? 0;
    let from = 0;
    let at = 0;
    while (at < line.length) {
      if (this.#inside !== 0) {
        at = this.#insideEnd(line, at);
        continue;
      }
      const byte = line[at] ?? 0;
      if (byte === first && this.#isDelimiter(line, at)) {
        this.#parts.push(Buffer.from(line.subarray(from, at)));
        this.#finish();
        at += this.#delimiter.length;
        from = at;
      } else at = this.#next(line, at, byte);
    }
    if (this.#startedAt !== undefined) this.#parts.push(Buffer.from(line.subarray(from)));
  }

  #isDelimiter(line: Buffer, at: number): boolean {
    const { length } = this.#delimiter;
    return length === 1 || line.compare(this.#delimiter, 0, length, at, at + length) === 0;
  }

  /** One byte of code, or the beginning of what is none. */
  #next(line: Buffer, at: number, byte: number): number {
    switch (byte) {
      case QUOTE:
      case DOUBLE_QUOTE:
      case BACKTICK:
        this.#begin();
        this.#inside = byte;
        return at + 1;
      case HASH:
        return line.length;
      case MINUS:
        if (line[at + 1] === MINUS && (line[at + 2] ?? SPACE) <= SPACE) return line.length;
        break;
      case SLASH:
        if (line[at + 1] !== STAR) break;
        if (isCode(line, at + 2)) {
          this.#begin();
          return at + 3;
        }
        this.#inside = SLASH;
        return at + 2;
    }
    if (byte > SPACE) this.#begin();
    return at + 1;
  }

  /** Where the string or comment ends; the end of the line if it goes on. */
  #insideEnd(line: Buffer, from: number): number {
    if (this.#inside === SLASH) {
      const end = line.indexOf('*/', from, 'latin1');
      if (end < 0) return line.length;
      this.#inside = 0;
      return end + 2;
    }
    const quote = this.#inside;
    for (let at = from; at < line.length; at += 1) {
      const byte = line[at];
      if (byte === BACKSLASH && quote !== BACKTICK) at += 1;
      else if (byte === quote) {
        // A doubled one closes and opens again.
        this.#inside = 0;
        return at + 1;
      }
    }
    return line.length;
  }

  #begin(): void {
    this.#startedAt ??= this.#line;
  }

  #finish(): void {
    const line = this.#startedAt;
    const text = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#startedAt = undefined;
    if (line !== undefined) this.#emit({ text, line });
  }
}

/** A version comment, whose content some server runs. */
function isCode(line: Buffer, at: number): boolean {
  return line[at] === BANG || (line[at] === CAPITAL_M && line[at + 1] === BANG);
}

function trouble(line: number, why: string): InterlockError {
  return new InterlockError('DUMP_INVALID', `line ${line} ${why}`);
}
