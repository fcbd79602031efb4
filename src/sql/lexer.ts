// The server's own lexer (lex_one_token of MySQL 5.6 to 9.x and MariaDB 10.x to 11.x) under one
// reading, token by token and in one pass. It never throws and never looks at meaning: statements.ts
// asks it for the next token. Scanning of names and numbers is scan.ts's, of strings quoted.ts's.
import { BYTE, byteClasses, CLASS, isNameByte } from './byte-classes.js';
import { commentKind, isOddHint, plainCommentEnd, skippedCommentEnd } from './comments.js';
import { quotedEnd } from './quoted.js';
import type { Reading } from './reading.js';
import { dollarTextEnd, nameEnd, numberEnd, radixEnd } from './scan.js';

export const TOKEN = {
  end: 0,
  /** A bare word that may be a keyword. */
  word: 1,
  /** A name that cannot be a keyword: quoted, or bare after a dot or an `@`. */
  name: 2,
  string: 3,
  number: 4,
  symbol: 5,
} as const;

/** A position in a text, with the token just read. `advance` moves it. */
export interface Lexer {
  readonly text: Uint8Array;
  readonly reading: Reading;
  readonly classes: Uint8Array;
  position: number;
  /** As far as it went before it was set back. */
  seen: number;
  kind: number;
  start: number;
  end: number;
  /** The byte of a symbol; 0 for other kinds. */
  symbol: number;
  /** Inside a comment that the server runs. */
  inComment: boolean;
  /** The dot that comes next separates two names. */
  dotSeparates: boolean;
  /** What comes next is a name, whatever keyword it looks like. */
  nameFollows: boolean;
  /** What the text ends in the middle of, and where that began. */
  fault: Fault | undefined;
  /** A byte of 0x80 or above, or a doubtful `--`, stood outside quotes and comments. */
  sawHighByte: boolean;
  /** A hint holds a quote, so where it ends is not certain. */
  sawOddHint: boolean;
  /** The text for reading four bytes at a time; made when quoted.ts first does. */
  view: DataView | undefined;
}

export type Fault = Readonly<{ reason: string; at: number }>;

export function createLexer(text: Uint8Array, reading: Reading, position = 0): Lexer {
  return {
    text,
    reading,
    classes: byteClasses(reading.charset),
    position,
    seen: position,
    kind: TOKEN.end,
    start: position,
    end: position,
    symbol: 0,
    inComment: false,
    dotSeparates: false,
    nameFollows: false,
    fault: undefined,
    sawHighByte: false,
    sawOddHint: false,
    view: undefined,
  };
}

/** Reads the next token into the lexer. At the end of the text it stays there. */
export function advance(lexer: Lexer): void {
  const { text, classes } = lexer;
  lexer.symbol = 0;
  while (lexer.position < text.length) {
    const byte = text[lexer.position] ?? 0;
    const value = classes[byte] ?? 0;
    if (value === CLASS.space) {
      if (byte >= 0x80) lexer.sawHighByte = true;
      lexer.position += 1;
      continue;
    }
    if (readClass(lexer, value, byte)) return;
  }
  endOfText(lexer);
}

function endOfText(lexer: Lexer): void {
  lexer.kind = TOKEN.end;
  lexer.start = lexer.text.length;
  lexer.end = lexer.text.length;
}

/** False when nothing but a comment was read. */
function readClass(lexer: Lexer, value: number, byte: number): boolean {
  switch (value) {
    case CLASS.letter:
      return readWord(lexer, byte);
    case CLASS.digit:
      return lexer.nameFollows ? readWord(lexer, byte) : readNumber(lexer);
    case CLASS.quote:
      return readQuoted(lexer, lexer.position, TOKEN.string);
    case CLASS.doubleQuote:
      return readQuoted(
        lexer,
        lexer.position,
        lexer.reading.ansiQuotes ? TOKEN.name : TOKEN.string,
      );
    case CLASS.backtick:
      return readQuoted(lexer, lexer.position, TOKEN.name);
    case CLASS.hash:
      return skipLine(lexer, lexer.position + 1);
    case CLASS.minus:
      return readMinus(lexer);
    case CLASS.slash:
      return readSlash(lexer);
    case CLASS.star:
      return readStar(lexer);
    case CLASS.dot:
      return readDot(lexer);
    case CLASS.at:
      return readAt(lexer);
    case CLASS.backslash:
      return readBackslash(lexer);
    default:
      return symbol(lexer, byte, lexer.position + 1);
  }
}

function token(lexer: Lexer, kind: number, start: number, end: number): boolean {
  lexer.kind = kind;
  lexer.start = start;
  lexer.end = end;
  lexer.position = end;
  lexer.nameFollows = false;
  lexer.dotSeparates = false;
  return true;
}

function symbol(lexer: Lexer, byte: number, end: number): boolean {
  token(lexer, TOKEN.symbol, end - 1, end);
  lexer.symbol = byte;
  return true;
}

/** The server gives up on the statement here, and with it on the rest of the text. */
function fail(lexer: Lexer, reason: string, at: number): boolean {
  lexer.fault ??= { reason, at };
  lexer.position = lexer.text.length;
  endOfText(lexer);
  return true;
}

function readWord(lexer: Lexer, byte: number): boolean {
  const { text, reading, position } = lexer;
  const isName = lexer.nameFollows;
  if (!isName) {
    if (text[position + 1] === BYTE.quote && isPrefix(byte)) return readPrefixed(lexer, byte);
    if (byte === BYTE.dollar && reading.dollarQuotes) {
      const end = dollarTextEnd(text, position, lexer.classes);
      if (end !== undefined) return readDollarText(lexer, end);
    }
  }
  const end = nameEnd(lexer);
  const qualifies = text[end] === BYTE.dot && isNameByte(lexer.classes, text[end + 1]);
  token(lexer, isName || qualifies ? TOKEN.name : TOKEN.word, position, end);
  lexer.dotSeparates = qualifies;
  return true;
}

/** n'…', x'…', b'…', whatever the case. */
function isPrefix(byte: number): boolean {
  const lower = byte | 0x20;
  return lower === 0x6e || lower === 0x78 || lower === 0x62;
}

function readPrefixed(lexer: Lexer, byte: number): boolean {
  const start = lexer.position;
  if ((byte | 0x20) === 0x6e) return readQuoted(lexer, start + 1, TOKEN.string, start);
  const end = radixEnd(lexer.text, start + 2, (byte | 0x20) === 0x78);
  if (end < 0) return fail(lexer, 'a hexadecimal or binary literal is malformed', start);
  return token(lexer, TOKEN.string, start, end);
}

function readDollarText(lexer: Lexer, end: number): boolean {
  const start = lexer.position;
  if (end < 0) return fail(lexer, 'a dollar-quoted text is not closed', start);
  return token(lexer, TOKEN.string, start, end);
}

function readNumber(lexer: Lexer): boolean {
  const { text, position } = lexer;
  const { end, kind, swallowed } = numberEnd(lexer);
  if (swallowed !== undefined) return symbol(lexer, swallowed, end);
  const isName = kind === TOKEN.name;
  token(lexer, kind, position, end);
  lexer.dotSeparates = isName && text[end] === BYTE.dot && isNameByte(lexer.classes, text[end + 1]);
  return true;
}

function readQuoted(lexer: Lexer, quoteAt: number, kind: number, start = quoteAt): boolean {
  const end = quotedEnd(lexer, quoteAt, kind === TOKEN.string);
  if (end < 0) {
    const what = kind === TOKEN.string ? 'a string' : 'a quoted name';
    return fail(lexer, `${what} is not closed`, start);
  }
  return token(lexer, kind, start, end);
}

/** A line comment ends at a newline, and at a NUL byte. */
function skipLine(lexer: Lexer, from: number): boolean {
  const { text } = lexer;
  let at = from;
  while (at < text.length && text[at] !== BYTE.newline && text[at] !== 0) at += 1;
  lexer.position = at;
  return false;
}

function readMinus(lexer: Lexer): boolean {
  const { text, position, reading } = lexer;
  if (text[position + 1] === BYTE.minus) {
    const byte = text[position + 2] ?? 0;
    if (byte >= 0x7f) lexer.sawHighByte = true;
    if (byte <= 0x20 || reading.charset.dashEnders.includes(byte)) {
      return skipLine(lexer, position + 2);
    }
  }
  return symbol(lexer, BYTE.minus, position + 1);
}

function readSlash(lexer: Lexer): boolean {
  const { text, position, reading } = lexer;
  if (text[position + 1] !== BYTE.star) return symbol(lexer, BYTE.slash, position + 1);
  const comment = commentKind(text, position, reading);
  if (comment.kind === 'runs') {
    lexer.inComment = true;
    lexer.position = comment.codeAt;
    return false;
  }
  const end =
    comment.kind === 'plain'
      ? plainCommentEnd(text, position + 2)
      : skippedCommentEnd(text, comment.bodyAt);
  if (end < 0) return fail(lexer, 'a comment is not closed', position);
  if (text[position + 2] === BYTE.plus) lexer.sawOddHint ||= isOddHint(text, position, end);
  lexer.position = end;
  return false;
}

function readStar(lexer: Lexer): boolean {
  const { text, position } = lexer;
  if (!lexer.inComment || text[position + 1] !== BYTE.slash) {
    return symbol(lexer, BYTE.star, position + 1);
  }
  lexer.inComment = false;
  lexer.position = position + 2;
  return false;
}

function readDot(lexer: Lexer): boolean {
  const { text, position, classes } = lexer;
  const next = text[position + 1];
  const isSeparator = lexer.dotSeparates || lexer.nameFollows;
  if (!isSeparator && next !== undefined && classes[next] === CLASS.digit) {
    return readNumber(lexer);
  }
  if (!isSeparator && next === BYTE.dot && lexer.reading.flavour === 'mariadb') {
    return symbol(lexer, BYTE.dot, position + 2);
  }
  symbol(lexer, BYTE.dot, position + 1);
  lexer.nameFollows = isNameByte(classes, next);
  return true;
}

function readAt(lexer: Lexer): boolean {
  const { text, position, classes } = lexer;
  const next = text[position + 1];
  if (next === BYTE.at) return symbol(lexer, BYTE.at, position + 2);
  symbol(lexer, BYTE.at, position + 1);
  let end = position + 1;
  while (isHostByte(classes, text[end])) end += 1;
  // A variable's name belongs to its `@`: nothing after an `@` is a keyword.
  lexer.position = end;
  lexer.end = end;
  return true;
}

function isHostByte(classes: Uint8Array, byte: number | undefined): boolean {
  return byte !== undefined && byte < 0x80 && (isNameByte(classes, byte) || byte === BYTE.dot);
}

/** `\N` is NULL where it is anything; every other backslash is an error to every server. */
function readBackslash(lexer: Lexer): boolean {
  const { text, position } = lexer;
  if (text[position + 1] === 0x4e) return token(lexer, TOKEN.number, position, position + 2);
  return symbol(lexer, BYTE.backslash, position + 1);
}
