// The server's first look at a byte: what may begin with it (its state_map), one table for each
// charset class. Byte constants live here too.
import type { CharsetClass } from './charsets.js';

export const BYTE = {
  newline: 0x0a,
  doubleQuote: 0x22,
  dollar: 0x24,
  quote: 0x27,
  openParen: 0x28,
  closeParen: 0x29,
  star: 0x2a,
  plus: 0x2b,
  comma: 0x2c,
  minus: 0x2d,
  dot: 0x2e,
  slash: 0x2f,
  zero: 0x30,
  nine: 0x39,
  colon: 0x3a,
  semicolon: 0x3b,
  less: 0x3c,
  equals: 0x3d,
  greater: 0x3e,
  at: 0x40,
  backslash: 0x5c,
  underscore: 0x5f,
  backtick: 0x60,
  openBrace: 0x7b,
} as const;

export const CLASS = {
  other: 0,
  space: 1,
  letter: 2,
  digit: 3,
  quote: 4,
  doubleQuote: 5,
  backtick: 6,
  hash: 7,
  minus: 8,
  slash: 9,
  star: 10,
  dot: 11,
  at: 12,
  backslash: 13,
} as const;

const SPECIAL: readonly (readonly [number, number])[] = [
  [BYTE.quote, CLASS.quote],
  [BYTE.doubleQuote, CLASS.doubleQuote],
  [BYTE.backtick, CLASS.backtick],
  [0x23, CLASS.hash],
  [BYTE.minus, CLASS.minus],
  [BYTE.slash, CLASS.slash],
  [BYTE.star, CLASS.star],
  [BYTE.dot, CLASS.dot],
  [BYTE.at, CLASS.at],
  [BYTE.backslash, CLASS.backslash],
  [0x20, CLASS.space],
  [BYTE.dollar, CLASS.letter],
  [BYTE.underscore, CLASS.letter],
];

const tables = new WeakMap<CharsetClass, Uint8Array>();

/** The class of every byte under a charset. */
export function byteClasses(charset: CharsetClass): Uint8Array {
  const known = tables.get(charset);
  if (known !== undefined) return known;
  const table = buildTable(charset);
  tables.set(charset, table);
  return table;
}

function buildTable(charset: CharsetClass): Uint8Array {
  const table = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte += 1) table[byte] = plainClass(byte);
  for (const [byte, value] of SPECIAL) table[byte] = value;
  for (const byte of charset.spaces) table[byte] = CLASS.space;
  return table;
}

function plainClass(byte: number): number {
  if (byte >= 0x80) return CLASS.letter;
  if (byte >= 0x30 && byte <= 0x39) return CLASS.digit;
  if (byte >= 0x09 && byte <= 0x0d) return CLASS.space;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a ? CLASS.letter : CLASS.other;
}

/** Letters and digits: the bytes a bare name goes on with. */
export function isNameByte(classes: Uint8Array, byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const value = classes[byte];
  return value === CLASS.letter || value === CLASS.digit;
}
