// Where a name or a number ends, as the servers count it. Pure functions of bytes and a
// lexer's reading; each looks at a byte once. Quoted ones are quoted.ts's.
import { BYTE, isNameByte } from './byte-classes.js';
import { characterLength } from './charsets.js';
import type { Reading } from './reading.js';

/** What scanning needs of a lexer. */
export interface Scanned {
  readonly text: Uint8Array;
  readonly reading: Reading;
  readonly classes: Uint8Array;
  readonly position: number;
  sawHighByte: boolean;
}

/** The end of the bare name at the position. */
export function nameEnd(scanned: Scanned): number {
  return nameEndFrom(scanned, scanned.position);
}

function nameEndFrom(scanned: Scanned, from: number): number {
  const { text, classes, reading } = scanned;
  const kind = reading.charset.multiByte;
  let at = from;
  while (isNameByte(classes, text[at])) {
    const isHigh = (text[at] ?? 0) >= 0x80;
    if (isHigh) scanned.sawHighByte = true;
    at += isHigh ? characterLength(kind, text, at) : 1;
  }
  return Math.min(at, text.length);
}

/** The end of x'…' or b'…' from just after its quote; -1 if the server gives up on it. */
export function radixEnd(text: Uint8Array, from: number, isHex: boolean): number {
  let at = from;
  while (isHex ? isHexDigit(text[at]) : text[at] === 0x30 || text[at] === 0x31) at += 1;
  if (text[at] !== BYTE.quote) return -1;
  return isHex && (at - from) % 2 === 1 ? -1 : at + 1;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= BYTE.zero && byte <= BYTE.nine;
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

/**
 * The end of the `$tag$ … $tag$` at the position: undefined if it is an ordinary name, -1 if it
 * is not closed.
 */
export function dollarTextEnd(
  text: Uint8Array,
  position: number,
  classes: Uint8Array,
): number | undefined {
  let tagEnd = position + 1;
  while (text[tagEnd] !== BYTE.dollar && isNameByte(classes, text[tagEnd])) tagEnd += 1;
  if (text[tagEnd] !== BYTE.dollar) return undefined;
  const tag = text.subarray(position, tagEnd + 1);
  const at = Buffer.from(text.buffer, text.byteOffset, text.byteLength).indexOf(tag, tagEnd + 1);
  return at < 0 ? -1 : at + tag.length;
}

/** `swallowed`: the number was cut short, and the server goes on with this byte as a symbol. */
export interface NumberScan {
  readonly end: number;
  readonly kind: number;
  readonly swallowed?: number;
}

const NAME = 2;
const NUMBER = 4;

/** The number, or the name that begins with digits, at the position. */
export function numberEnd(scanned: Scanned): NumberScan {
  const { text, position } = scanned;
  if (text[position] === BYTE.dot) return fraction(text, position + 1);
  const prefixed = prefixedNumber(scanned);
  if (prefixed !== undefined) return prefixed;
  let at = position;
  while (isDigit(text[at])) at += 1;
  if (isNameByte(scanned.classes, text[at])) return digitsThenName(scanned, at);
  if (text[at] !== BYTE.dot) return { end: at, kind: NUMBER };
  if (scanned.reading.flavour === 'mariadb' && text[at + 1] === BYTE.dot) {
    return { end: at, kind: NUMBER };
  }
  return fraction(text, at + 1);
}

/** 0x… and 0b…, lower case only. */
function prefixedNumber(scanned: Scanned): NumberScan | undefined {
  const { text, position, classes } = scanned;
  const letter = text[position + 1];
  if (text[position] !== BYTE.zero || (letter !== 0x78 && letter !== 0x62)) return undefined;
  let at = position + 2;
  while (letter === 0x78 ? isHexDigit(text[at]) : text[at] === 0x30 || text[at] === 0x31) at += 1;
  if (at > position + 2 && !isNameByte(classes, text[at])) return { end: at, kind: NUMBER };
  return { end: nameEndFrom(scanned, position), kind: NAME };
}

/** 1e5 and 1e+5 are numbers, 1ex and 12abc names. */
function digitsThenName(scanned: Scanned, at: number): NumberScan {
  const { text } = scanned;
  if (isE(text[at])) {
    const signed = text[at + 1] === BYTE.plus || text[at + 1] === BYTE.minus;
    const digits = at + (signed ? 2 : 1);
    if (isDigit(text[digits])) return { end: digitsEnd(text, digits), kind: NUMBER };
  }
  return { end: nameEndFrom(scanned, at), kind: NAME };
}

/** After the dot. `1.e` without digits vanishes, and the byte after it stands as a symbol. */
function fraction(text: Uint8Array, from: number): NumberScan {
  const at = digitsEnd(text, from);
  if (!isE(text[at])) return { end: at, kind: NUMBER };
  const signed = text[at + 1] === BYTE.plus || text[at + 1] === BYTE.minus;
  const next = at + (signed ? 2 : 1);
  if (isDigit(text[next])) return { end: digitsEnd(text, next), kind: NUMBER };
  if (next >= text.length) return { end: text.length, kind: NUMBER };
  return { end: next + 1, kind: NUMBER, swallowed: text[next] ?? 0 };
}

function digitsEnd(text: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(text[at])) at += 1;
  return at;
}

function isE(byte: number | undefined): boolean {
  return byte === 0x65 || byte === 0x45;
}
