// What opens after `/*`: whether the server behind runs what is inside, by its own version rule,
// and where a comment that it does not run ends. Byte by byte, as the servers do: comments know
// no multi-byte characters.
import type { Reading } from './reading.js';

const STAR = 0x2a;
const SLASH = 0x2f;
const BANG = 0x21;
const CAPITAL_M = 0x4d;
/** MariaDB leaves the comments of MySQL 5.7 and later alone. */
const FIRST_FOREIGN = 50_700;
const LAST_FOREIGN = 99_999;
/** Galera's own mark: a MariaDB node runs it whatever its version. */
const GALERA_MARK = 99_997;

/** What stands at a `/*`: `runs` gives where the code inside it begins. */
export type CommentKind =
  | { readonly kind: 'plain' }
  | { readonly kind: 'runs'; readonly codeAt: number }
  | { readonly kind: 'skipped'; readonly bodyAt: number };

/** The kind of the comment whose `/*` is at `at`. */
export function commentKind(text: Uint8Array, at: number, reading: Reading): CommentKind {
  const digitsAt = afterMark(text, at, reading);
  if (digitsAt === undefined) return { kind: 'plain' };
  const count = leadingDigits(text, digitsAt);
  if (count < 5) return { kind: 'runs', codeAt: digitsAt };
  const length = count >= 6 && takesSix(text, digitsAt, reading) ? 6 : 5;
  const version = digitsValue(text, digitsAt, length);
  const ownMark = text[at + 2] === CAPITAL_M;
  if (runsVersion(version, ownMark, reading)) return { kind: 'runs', codeAt: digitsAt + length };
  if (version === GALERA_MARK && reading.galera) return { kind: 'runs', codeAt: digitsAt + 5 };
  return { kind: 'skipped', bodyAt: digitsAt };
}

function afterMark(text: Uint8Array, at: number, reading: Reading): number | undefined {
  if (text[at + 2] === BANG) return at + 3;
  const isOwn = reading.flavour === 'mariadb' && text[at + 2] === CAPITAL_M;
  return isOwn && text[at + 3] === BANG ? at + 4 : undefined;
}

function leadingDigits(text: Uint8Array, at: number): number {
  let count = 0;
  while (count < 6 && isDigit(text[at + count])) count += 1;
  return count;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** MariaDB takes a sixth digit whenever it is there, newer MySQL when white space follows it. */
function takesSix(text: Uint8Array, at: number, reading: Reading): boolean {
  if (reading.flavour === 'mariadb') return true;
  return reading.sixDigits && isSpace(text[at + 6] ?? 0, reading);
}

function isSpace(byte: number, reading: Reading): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || reading.charset.spaces.includes(byte);
}

function digitsValue(text: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = at; i < at + length; i += 1) value = value * 10 + (text[i] ?? 0x30) - 0x30;
  return value;
}

function runsVersion(version: number, ownMark: boolean, reading: Reading): boolean {
  if (version > reading.version) return false;
  if (reading.flavour === 'mysql' || ownMark) return true;
  return version < FIRST_FOREIGN || version > LAST_FOREIGN;
}

/** Where a plain comment ends, from just after its opening; -1 if it never does. */
export function plainCommentEnd(text: Uint8Array, from: number): number {
  for (let i = from; i + 1 < text.length; i += 1) {
    if (text[i] === STAR && text[i + 1] === SLASH) return i + 2;
  }
  return -1;
}

/** Where a version comment that is not run ends: it may hold one level of plain comments. */
export function skippedCommentEnd(text: Uint8Array, from: number): number {
  for (let i = from; i + 1 < text.length; i += 1) {
    const byte = text[i];
    if (byte === STAR && text[i + 1] === SLASH) return i + 2;
    if (byte === SLASH && text[i + 1] === STAR) {
      const inner = plainCommentEnd(text, i + 2);
      if (inner < 0) return -1;
      i = inner - 1;
    }
  }
  return -1;
}

/** Newer servers read quoted names inside hints, and a quoted name may hold the comment's end. */
export function isOddHint(text: Uint8Array, from: number, to: number): boolean {
  let backticks = 0;
  let doubles = 0;
  for (let i = from; i < to; i += 1) {
    if (text[i] === 0x60) backticks += 1;
    if (text[i] === 0x22 || text[i] === 0x27) doubles += 1;
  }
  return backticks % 2 === 1 || doubles % 2 === 1;
}
