// Finds, byte by byte, what of a text any server could take for a literal. It follows all readings
// at once (a set of lexical states), because sql_mode, charset and version are not known for sure
// and may change inside one packet. It never narrows to one reading: redact.ts masks the union.
// sql/lexer.ts is the exact lexer of one reading; this one only has to be safe for all of them.

/** Some reading has this byte inside a literal. */
export const LITERAL = 1;
/** Some reading has it in code. */
export const CODE = 2;
/** Some reading has it inside a quoted name. A byte with no mark at all is comment in every one. */
export const NAME = 4;

// Lexical states; a set of them is one number.
const IN_CODE = 1 << 0;
const SINGLE = 1 << 1;
const SINGLE_ESCAPE = 1 << 2;
const DOUBLE = 1 << 3;
const DOUBLE_ESCAPE = 1 << 4;
const BACKTICK = 1 << 5;
const BRACKET = 1 << 6;
const LINE = 1 << 7;
const BLOCK_OPEN = 1 << 8;
const BLOCK = 1 << 9;
const BLOCK_CLOSE = 1 << 10;
// A comment that some server runs and another skips: when skipped, comments nest in it once.
const SKIPPED_OPEN = 1 << 11;
const SKIPPED = 1 << 12;
const SKIPPED_CLOSE = 1 << 13;
const NESTED_OPEN = 1 << 14;
const NESTED = 1 << 15;
const NESTED_CLOSE = 1 << 16;
const DOLLAR = 1 << 17;

const LITERAL_STATES = SINGLE | SINGLE_ESCAPE | DOUBLE | DOUBLE_ESCAPE | DOLLAR;
const NAME_STATES = BACKTICK | BRACKET;
const ESCAPES = SINGLE_ESCAPE | DOUBLE_ESCAPE;
const VISIBLE = IN_CODE | LITERAL_STATES | NAME_STATES;

/** Where a step looks: the bytes, the place, and whether a quote may be half of a character. */
interface Place {
  readonly text: Uint8Array;
  readonly quotesMayHide: boolean;
  at: number;
}

/**
 * A mark for each of the first `length` bytes. `quotesMayHide`: the text is not UTF-8, so a quote
 * after a high byte counts both as a quote and as the second half of a character.
 */
export function scanLiterals(text: Uint8Array, quotesMayHide: boolean): Uint8Array {
  const marks = new Uint8Array(text.length);
  const place: Place = { text, quotesMayHide, at: 0 };
  let states = IN_CODE;
  for (let at = 0; at < text.length; at++) {
    const before = states;
    const byte = text[at] ?? 0;
    if (PLAIN[byte] === 1) states = leaveEscapes(states);
    else {
      place.at = at;
      states = stepAll(states, byte, place);
    }
    marks[at] = markOf(before, states);
  }
  return marks;
}

// The bytes that no state but an escape reacts to.
const SPECIAL = '\'"`[]\\/*-#$\n\0';
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  SPECIAL.includes(String.fromCharCode(byte)) ? 0 : 1,
);

function leaveEscapes(states: number): number {
  if ((states & ESCAPES) === 0) return states;
  const single = (states & SINGLE_ESCAPE) === 0 ? 0 : SINGLE;
  const double = (states & DOUBLE_ESCAPE) === 0 ? 0 : DOUBLE;
  return (states & ~ESCAPES) | single | double;
}

function markOf(before: number, after: number): number {
  let mark = 0;
  if (((before | after) & LITERAL_STATES) !== 0) mark |= LITERAL;
  // The marks that open and close a comment belong to it.
  const commentOnly = (before & VISIBLE) === 0 || (after & VISIBLE) === 0;
  if (commentOnly) return mark;
  if ((before & after & IN_CODE) !== 0) mark |= CODE;
  if (((before | after) & NAME_STATES) !== 0) mark |= NAME;
  return mark === 0 ? CODE : mark;
}

function stepAll(states: number, byte: number, place: Place): number {
  let next = 0;
  let left = states;
  while (left !== 0) {
    const state = left & -left;
    left ^= state;
    next |= step(state, byte, place);
  }
  return next;
}

const APOSTROPHE = 0x27;
const QUOTE = 0x22;
const GRAVE = 0x60;
const BACKSLASH = 0x5c;
const SLASH = 0x2f;
const STAR = 0x2a;
const DASH = 0x2d;
const HASH = 0x23;
const DOLLAR_SIGN = 0x24;

function step(state: number, byte: number, place: Place): number {
  switch (state) {
    case IN_CODE:
      return stepCode(byte, place);
    case SINGLE:
      return stepString({ state, byte, quote: APOSTROPHE, escaped: SINGLE_ESCAPE }, place);
    case DOUBLE:
      return stepString({ state, byte, quote: QUOTE, escaped: DOUBLE_ESCAPE }, place);
    case SINGLE_ESCAPE:
    case DOUBLE_ESCAPE:
      return leaveEscapes(state);
    case BACKTICK:
      return byte === GRAVE ? quoteEnds(state, place) : state;
    case BRACKET:
      return byte === 0x5d ? IN_CODE : state;
    case LINE:
      // A NUL ends a line comment in the servers' lexers; ours must not rely on it.
      return byte === 0x0a ? IN_CODE : byte === 0 ? LINE | IN_CODE : LINE;
    case DOLLAR:
      // Which tag closes it is not followed: from any `$` on, both count.
      return byte === DOLLAR_SIGN ? DOLLAR | IN_CODE : DOLLAR;
    default:
      return stepBlock(state, byte, place);
  }
}

function stepCode(byte: number, place: Place): number {
  switch (byte) {
    case APOSTROPHE:
      return quoteStarts(SINGLE, place);
    case QUOTE:
      return quoteStarts(DOUBLE, place);
    case GRAVE:
      // A valid second byte in GBK, SJIS and Big5.
      return highBefore(place) ? BACKTICK | IN_CODE : BACKTICK;
    case 0x5b:
      // MariaDB's sql_mode MSSQL quotes names with brackets.
      return BRACKET | IN_CODE;
    case HASH:
      return LINE;
    case DASH:
      return dashes(place);
    case SLASH:
      return slash(place);
    case DOLLAR_SIGN:
      return opensDollarQuote(place) ? DOLLAR | IN_CODE : IN_CODE;
    default:
      return IN_CODE;
  }
}

function stepString(
  { state, byte, quote, escaped }: Record<'state' | 'byte' | 'quote' | 'escaped', number>,
  place: Place,
): number {
  if (byte === quote) return place.quotesMayHide ? quoteEnds(state, place) : IN_CODE;
  // With NO_BACKSLASH_ESCAPES, or as the second half of a character, it is an ordinary byte.
  return byte === BACKSLASH ? state | escaped : state;
}

function stepBlock(state: number, byte: number, place: Place): number {
  const closes = byte === STAR && peek(place, 1) === SLASH;
  switch (state) {
    case BLOCK_OPEN:
      return BLOCK;
    case BLOCK:
      return closes ? BLOCK_CLOSE : BLOCK;
    case SKIPPED_OPEN:
      return SKIPPED;
    case SKIPPED:
      if (closes) return SKIPPED_CLOSE;
      return byte === SLASH && peek(place, 1) === STAR ? SKIPPED | NESTED_OPEN : SKIPPED;
    case NESTED_OPEN:
      return NESTED;
    case NESTED:
      return closes ? NESTED_CLOSE : NESTED;
    case NESTED_CLOSE:
      return SKIPPED;
    default:
      return IN_CODE;
  }
}

function peek({ text, at }: Place, ahead: number): number {
  return text[at + ahead] ?? 0;
}

function highBefore(place: Place): boolean {
  return peek(place, -1) >= 0x80;
}

function quoteStarts(state: number, place: Place): number {
  return place.quotesMayHide && highBefore(place) ? state | IN_CODE : state;
}

function quoteEnds(state: number, place: Place): number {
  return highBefore(place) ? state | IN_CODE : IN_CODE;
}

/** `--` opens a comment before white space, a control character or the end. */
function dashes(place: Place): number {
  if (peek(place, 1) !== DASH) return IN_CODE;
  const third = peek(place, 2);
  if (third <= 0x20 || third === 0x7f) return LINE;
  // In latin1 0xA0 is white space and 0x80 to 0x9F are controls; elsewhere they are not.
  return third >= 0x80 ? LINE | IN_CODE : IN_CODE;
}

function slash(place: Place): number {
  if (peek(place, 1) !== STAR) return IN_CODE;
  if (someServerRuns(place)) return SKIPPED_OPEN | IN_CODE;
  // After a star this slash may have closed an executable comment: then the next star is code.
  return peek(place, -1) === STAR ? BLOCK_OPEN | IN_CODE : BLOCK_OPEN;
}

/** An executable comment, MariaDB's own form of it, or an optimizer hint. */
function someServerRuns(place: Place): boolean {
  const mark = peek(place, 2);
  if (mark === 0x21 || mark === 0x2b) return true;
  return (mark | 0x20) === 0x6d && peek(place, 3) === 0x21;
}

/** `$$` or `$tag$` where a token starts: a string to MySQL 9, names to all others. */
function opensDollarQuote(place: Place): boolean {
  const before = peek(place, -1);
  if (before < 0x80 && IDENTIFIER[before] === 1) return false;
  let ahead = 1;
  while (IDENTIFIER[peek(place, ahead)] === 1 && peek(place, ahead) !== DOLLAR_SIGN) ahead++;
  return peek(place, ahead) === DOLLAR_SIGN;
}

/** The bytes an unquoted name may hold, bytes over 0x7F among them. */
export const IDENTIFIER = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 || /[0-9A-Za-z_$]/.test(String.fromCharCode(byte)) ? 1 : 0,
);
