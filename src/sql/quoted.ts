// Where a string or a quoted name ends. Most of what a server is sent is inside of strings, so they
// are searched eight bytes at a time. Pure; each byte is looked at once.
import { BYTE } from './byte-classes.js';
import { characterLength } from './charsets.js';
import type { Reading } from './reading.js';

/** What this needs of a lexer. */
interface Quoted {
  readonly text: Uint8Array;
  readonly reading: Reading;
  view: DataView | undefined;
}

/** The bytes at which to look closer: the quote, one that takes the next along, and high ones. */
interface Stops {
  readonly quote: number;
  readonly taking: number;
  /** 0x80808080 where a high byte may take along what follows, else 0. */
  readonly high: number;
}

/** The end of a quoted string or name whose opening quote is at `quoteAt`; -1 if not closed. */
export function quotedEnd(quoted: Quoted, quoteAt: number, isString: boolean): number {
  const { text, reading } = quoted;
  const { multiByte } = reading.charset;
  const quote = text[quoteAt] ?? BYTE.quote;
  const taking = isString && reading.backslashEscapes ? BYTE.backslash : quote;
  const stops: Stops = { quote, taking, high: multiByte === 'none' ? 0 : HIGH_BITS };
  let at = quoteAt + 1;
  for (;;) {
    at = nextStop(quoted, at, stops);
    const byte = text[at];
    if (byte === undefined) return -1;
    if (byte === quote) {
      if (text[at + 1] !== quote) return at + 1;
      at += 2;
    } else if (byte === taking) at += 2;
    // A backslash takes one byte along, whatever character that begins.
    else at += characterLength(multiByte, text, at);
  }
}

const HIGH_BITS = 0x80808080 | 0;
const LOW_BITS = 0x01010101;
/** In shorter texts looking at single bytes is faster than to make a view. */
const VIEWED_BYTES = 512;

/** The first place from `at` on with a byte to stop at; the end of the text or beyond it if none. */
function nextStop(quoted: Quoted, from: number, { quote, taking, high }: Stops): number {
  const { text } = quoted;
  let at = text.length < VIEWED_BYTES ? from : afterEights(quoted, from, { quote, taking, high });
  while (at < text.length) {
    const byte = text[at] ?? 0;
    if (byte === quote || byte === taking || (byte & high) !== 0) return at;
    at += 1;
  }
  return at;
}

/** After as many eights of bytes as hold none to stop at. */
function afterEights(quoted: Quoted, from: number, { quote, taking, high }: Stops): number {
  const { text } = quoted;
  const view = quoted.view ?? viewOf(quoted);
  const quotes = quote * LOW_BITS;
  const takers = taking * LOW_BITS;
  let at = from;
  for (; at + 8 <= text.length; at += 8) {
    const one = view.getInt32(at, true);
    const other = view.getInt32(at + 4, true);
    const found =
      zeroBytes(one ^ quotes) |
      zeroBytes(one ^ takers) |
      zeroBytes(other ^ quotes) |
      zeroBytes(other ^ takers);
    if ((found & HIGH_BITS) !== 0 || ((one | other) & high) !== 0) return at;
  }
  return at;
}

/** High bits stand where a byte is zero, the lowest of them surely. */
function zeroBytes(four: number): number {
  return (four - LOW_BITS) & ~four;
}

function viewOf(quoted: Quoted): DataView {
  const { buffer, byteOffset, length } = quoted.text;
  quoted.view = new DataView(buffer, byteOffset, length);
  return quoted.view;
}
