// Words in a token stream: what a keyword says, what a name names, what a string holds. And the
// guard words: text without any of them cannot have an effect, whatever its reading.
import { isAscii } from 'node:buffer';
import { BYTE, CLASS } from './byte-classes.js';
import { characterLength } from './charsets.js';
import { type Lexer, TOKEN } from './lexer.js';

const LONGEST_KEYWORD = 32;

/** The keyword at the lexer in lower case; '' if it is none. */
export function wordAt(lexer: Lexer): string {
  if (lexer.kind !== TOKEN.word) return '';
  return lowerAscii(lexer.text, lexer.start, lexer.end);
}

/**
 * Words that texts are full of, by a sum of their letters: making a string of each anew is what
 * reading would spend its time on. What is not among them is made.
 */
const FREQUENT =
  `a add after all alter analyze and as asc atomic before begin between by call cascade
case change check clone close column commit constraint continue create cursor database declare default
delete delimiter desc describe distinct do drop each else elseif end engine event execute exists exit
explain fetch flush for force foreign from function global grant group handler having history if ignore
immediate import in index inner insert into is iterate join key leave left like limit load local lock
loop low_priority master not null of offline on online open or order outer partition prepare primary
procedure purge quick references release rename repeat replace replica reset restart return returning
returns right rollback row savepoint schema select sequence session set show signal slave start
statement stop table tables tablespace temporary then to transaction trigger truncate union unique unlock
until update use user using values view when where while with work write xa`.split(/\s+/);

const SUMS = 4096;
const BY_SUM: readonly (string | undefined)[] = (() => {
  const table = Array.from<string | undefined>({ length: SUMS });
  for (const word of FREQUENT) table[sumOf(Buffer.from(word, 'latin1'), 0, word.length)] ??= word;
  return table;
})();

function sumOf(text: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i += 1) sum = (sum * 31 + ((text[i] ?? 0) | 0x20)) & (SUMS - 1);
  return sum;
}

function lowerAscii(text: Uint8Array, start: number, end: number): string {
  if (end - start > LONGEST_KEYWORD) return '';
  const known = BY_SUM[sumOf(text, start, end)];
  if (known?.length === end - start && isAt(known, text, start)) return known;
  let word = '';
  for (let i = start; i < end; i += 1) word += String.fromCharCode(lower(text[i] ?? 0));
  return word;
}

function isAt(word: string, text: Uint8Array, start: number): boolean {
  for (let i = 0; i < word.length; i += 1) {
    if (word.charCodeAt(i) !== lower(text[start + i] ?? 0)) return false;
  }
  return true;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

const SPACE = 0x20;

/** Cheap, and never wrong about a no: a comment may stand before the colon. */
export function mayColonFollow({ text, classes, end }: Lexer): boolean {
  let at = end;
  while (text[at] === SPACE) at += 1;
  const byte = text[at] ?? 0;
  if (byte === BYTE.comma || byte === BYTE.semicolon || byte === BYTE.openParen) return false;
  return classes[byte] !== CLASS.letter || byte >= 0x80;
}

export function isNameToken(lexer: Lexer): boolean {
  return lexer.kind === TOKEN.word || lexer.kind === TOKEN.name;
}

/** The name at the lexer, unquoted, as people read it (UTF-8 where it is, else Latin-1). */
export function nameAt(lexer: Lexer): string {
  const first = lexer.text[lexer.start];
  if (first !== BYTE.backtick && first !== BYTE.doubleQuote) {
    const { text, start, end } = lexer;
    const short = end - start <= SHORT_NAME ? shortAscii(text, start, end) : undefined;
    if (short !== undefined) return short;
    return readable(lexer.text.subarray(lexer.start, lexer.end));
  }
  const inner = lexer.text.subarray(lexer.start + 1, lexer.end - 1);
  const quote = String.fromCharCode(first);
  return readable(inner).replaceAll(quote + quote, quote);
}

/** A text may hold a million names, and decoding takes several times as long as this. */
const SHORT_NAME = 12;

function shortAscii(text: Uint8Array, start: number, end: number): string | undefined {
  let name = '';
  for (let at = start; at < end; at += 1) {
    const byte = text[at] ?? 0;
    if (byte >= 0x80) return undefined;
    name += String.fromCharCode(byte);
  }
  return name;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readable(bytes: Uint8Array): string {
  if (isAscii(bytes)) return latin1Of(bytes);
  try {
    return utf8.decode(bytes);
  } catch {
    return latin1Of(bytes);
  }
}

export function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

const ESCAPED: ReadonlyMap<number, number> = new Map([
  [0x30, 0x00],
  [0x62, 0x08],
  [0x74, 0x09],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x5a, 0x1a],
]);

/** The bytes of the plain string literal at the lexer; undefined for x'…', n'…' and the like. */
export function stringAt(lexer: Lexer): Uint8Array | undefined {
  const quote = lexer.text[lexer.start];
  if (lexer.kind !== TOKEN.string) return undefined;
  if (quote !== BYTE.quote && quote !== BYTE.doubleQuote) return undefined;
  return unescaped(lexer, quote);
}

function unescaped(lexer: Lexer, quote: number): Uint8Array {
  const { text, reading } = lexer;
  const out = new Uint8Array(lexer.end - lexer.start);
  let length = 0;
  let at = lexer.start + 1;
  while (at < lexer.end - 1) {
    const byte = text[at] ?? 0;
    const width = byte >= 0x80 ? characterLength(reading.charset.multiByte, text, at) : 1;
    if (width > 1) {
      out.set(text.subarray(at, at + width), length);
      length += width;
      at += width;
    } else if (byte === BYTE.backslash && reading.backslashEscapes) {
      length = putEscaped(out, length, text[at + 1] ?? 0);
      at += 2;
    } else {
      out[length] = byte;
      length += 1;
      at += byte === quote ? 2 : 1;
    }
  }
  return out.subarray(0, length);
}

/** `\%` and `\_` keep their backslash: they mean something to LIKE. */
function putEscaped(out: Uint8Array, length: number, byte: number): number {
  if (byte === 0x25 || byte === 0x5f) {
    out[length] = BYTE.backslash;
    out[length + 1] = byte;
    return length + 2;
  }
  out[length] = ESCAPED.get(byte) ?? byte;
  return length + 1;
}
