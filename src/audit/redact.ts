// A statement's text for people: literals and secrets become `?`, comments go, names stay, and
// nothing in it can move a terminal's cursor. Pure. It must never show a literal of any reading:
// literal-scan.ts marks what every possible reading takes for one.
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { CODE, IDENTIFIER, LITERAL, scanLiterals } from './literal-scan.js';
import { printable } from './printable.js';
import { SecretWatch } from './secret-watch.js';

/** What a record keeps of a statement's text. */
export interface RedactedStatement {
  readonly statement: string;
  readonly statementBytes: number;
  readonly statementSha256: string;
}

/** A masked text longer than this is kept as its head and its tail. */
export const STATEMENT_TEXT_CHARACTERS = 65_536;
const HEAD_CHARACTERS = 49_152;
const TAIL_CHARACTERS = 16_384;

/**
 * Text past this is not read for masking, and so not shown: what is a literal can only be told by
 * reading from the start, and the process must not stand still for it.
 */
export const STATEMENT_SCAN_BYTES = 1024 * 1024;

export type Literals = 'masked' | 'shown';

/** Masks, cuts and fingerprints. The SHA-256 is of all bytes as they came, unmasked. */
export function redactStatement(
  text: Uint8Array,
  literals: Literals = 'masked',
): RedactedStatement {
  return {
    statement: cut(redact(text.subarray(0, STATEMENT_SCAN_BYTES), literals), text.length),
    statementBytes: text.length,
    statementSha256: createHash('sha256').update(text).digest('hex'),
  };
}

/**
 * Where one of these stands, a secret may stand in any literal near it: then all are masked, also
 * where literals are shown.
 */
const MAY_HOLD_SECRETS =
  /ident|pass|secret|auth|token|cred|key\b|_key|connection|crypt|interlock|signature|private/i;

/** The masked text, whole. Its time is linear in the text. */
export function redact(text: Uint8Array, literals: Literals = 'masked'): string {
  const marks = scanLiterals(text, !isUtf8(text));
  const out = new Rendering(text.length);
  const secrets = new SecretWatch();
  const isShown = literals === 'shown' && !MAY_HOLD_SECRETS.test(latin1(text, 0, text.length));
  let at = 0;
  while (at < text.length) at = renderToken({ text, marks, out, secrets, isShown }, at);
  return printable(out.bytes());
}

function cut(masked: string, bytes: number): string {
  const unread = bytes - STATEMENT_SCAN_BYTES;
  const rest = unread > 0 ? ` …[${unread} more bytes not shown]` : '';
  if (masked.length <= STATEMENT_TEXT_CHARACTERS) return masked + rest;
  const left = masked.length - HEAD_CHARACTERS - TAIL_CHARACTERS;
  const head = masked.slice(0, HEAD_CHARACTERS);
  return `${head}…[${left} characters left out]…${masked.slice(-TAIL_CHARACTERS)}${rest}`;
}

interface Scene {
  readonly text: Uint8Array;
  readonly marks: Uint8Array;
  readonly out: Rendering;
  readonly secrets: SecretWatch;
  /** Literals stay as they are. */
  readonly isShown: boolean;
}

const SPACE = 0x20;
const MASK = 0x3f;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/** Renders what starts at `at`; where the next token starts. */
function renderToken(scene: Scene, at: number): number {
  const { text, marks, out, secrets } = scene;
  const mark = marks[at] ?? 0;
  const byte = text[at] ?? 0;
  if (mark === 0 || (isSpace(byte) && (mark & (CODE | LITERAL)) === CODE)) {
    out.space();
    return at + 1;
  }
  if ((mark & LITERAL) !== 0) {
    secrets.literal();
    const end = endOf(scene, at, (place) => ((marks[place] ?? 0) & LITERAL) !== 0);
    if (scene.isShown) out.bytesOf(text, at, end);
    else out.mask();
    return end;
  }
  if ((mark & CODE) === 0) {
    out.byte(byte);
    return at + 1;
  }
  const end = endOf(scene, at, (place) => isWordByte(scene, place));
  if (end > at) return renderWord(scene, at, end);
  secrets.symbol(byte);
  out.byte(byte);
  return at + 1;
}

function endOf({ text }: Scene, from: number, belongs: (place: number) => boolean): number {
  let end = from;
  while (end < text.length && belongs(end)) end++;
  return end;
}

/** Bytes over 0x7F end a word: in latin1 some of them are white space, and digits may follow. */
function isWordByte({ text, marks }: Scene, place: number): boolean {
  const byte = text[place] ?? 0;
  const mark = marks[place] ?? 0;
  return byte < 0x80 && IDENTIFIER[byte] === 1 && (mark & CODE) !== 0 && (mark & LITERAL) === 0;
}

function renderWord(scene: Scene, at: number, end: number): number {
  const { text, out, secrets } = scene;
  const word = latin1(text, at, end);
  if (secrets.word(word)) {
    // A secret that somebody forgot to quote: all of it up to white space or punctuation.
    out.mask();
    return endOf(scene, end, (place) => !isBoundary(text[place] ?? 0));
  }
  const isMasked = !scene.isShown && isNumber(text[at] ?? 0, word);
  if (isMasked && !isCommentVersion(text, at, word)) out.mask();
  else out.bytesOf(text, at, end);
  return end;
}

/** Whether any server could take the start of the word for a number. `2016_backup` is a name. */
function isNumber(first: number, word: string): boolean {
  if (first < DIGIT_0 || first > DIGIT_9) return false;
  return /^(?:\d+|\d+e.*|0x[0-9a-f]+|0b[01]+)$/i.test(word);
}

/** The version of an executable comment is no literal, and tells readers which server ran it. */
function isCommentVersion(text: Uint8Array, at: number, word: string): boolean {
  return (
    text[at - 1] === 0x21 && /^\d{5,6}$/.test(word) && /\/\*M?!$/i.test(latin1(text, at - 4, at))
  );
}

function latin1(text: Uint8Array, from: number, to: number): string {
  const start = Math.max(0, from);
  return Buffer.from(text.buffer, text.byteOffset + start, to - start).toString('latin1');
}

function isSpace(byte: number): boolean {
  return byte === SPACE || (byte >= 0x09 && byte <= 0x0d);
}

function isBoundary(byte: number): boolean {
  return isSpace(byte) || byte === 0x2c || byte === 0x3b || byte === 0x29;
}

/** The masked bytes: runs of white space become one space, neighbouring masks one mask. */
class Rendering {
  private readonly buffer: Buffer;
  private length = 0;

  constructor(capacity: number) {
    // Nothing grows: a mask or a space stands for at least one byte of the text.
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  byte(value: number): void {
    this.buffer[this.length++] = value;
  }

  bytesOf(text: Uint8Array, from: number, to: number): void {
    this.buffer.set(text.subarray(from, to), this.length);
    this.length += to - from;
  }

  space(): void {
    if (this.length > 0 && this.buffer[this.length - 1] !== SPACE) this.byte(SPACE);
  }

  mask(): void {
    if (this.endsInMaskAndPoint()) this.length -= 1;
    else if (this.buffer[this.length - 1] !== MASK || this.length === 0) this.byte(MASK);
  }

  bytes(): Buffer {
    const end = this.length > 0 && this.buffer[this.length - 1] === SPACE ? 1 : 0;
    return this.buffer.subarray(0, this.length - end);
  }

  /** `?.` before another mask is the point of a number. */
  private endsInMaskAndPoint(): boolean {
    const { buffer, length } = this;
    return length >= 2 && buffer[length - 1] === 0x2e && buffer[length - 2] === MASK;
  }
}
