// Skips the rest of a statement in which nothing can hide: what `advance` would do until the
// semicolon, without making tokens of what a dump's rows are made of. Its counterpart is lexer.ts.
import { BYTE, CLASS, isNameByte } from './byte-classes.js';
import { advance, type Lexer, TOKEN } from './lexer.js';
import { quotedEnd } from './quoted.js';
import { nameEnd } from './scan.js';

/** Moves the lexer to the semicolon after the statement, or to the end of the text. */
export function skipStatement(lexer: Lexer): void {
  while (lexer.kind !== TOKEN.end && lexer.symbol !== BYTE.semicolon) {
    if (!lexer.nameFollows && !lexer.dotSeparates) lexer.position = afterPlain(lexer);
    advance(lexer);
  }
}

/** At a name before a dot: moves the lexer to the last of the names that its dots hang together. */
export function skipNames(lexer: Lexer): void {
  const { text, classes } = lexer;
  while (lexer.dotSeparates) {
    lexer.start = lexer.position + 1;
    lexer.position = lexer.start;
    lexer.position = nameEnd(lexer);
    const next = text[lexer.position + 1];
    lexer.dotSeparates = text[lexer.position] === BYTE.dot && isNameByte(classes, next);
  }
  lexer.end = lexer.position;
}

/** After everything from the position on that is no comment and no semicolon. */
function afterPlain(lexer: Lexer): number {
  const { text, classes } = lexer;
  let at = lexer.position;
  for (;;) {
    const byte = text[at];
    if (byte === undefined || byte >= 0x80) return at;
    const next = afterByte(lexer, at, classes[byte] ?? CLASS.other);
    if (next <= at) return at;
    at = next;
  }
}

/** After what begins here; here or before it, if that is for the lexer. */
function afterByte(lexer: Lexer, at: number, value: number): number {
  switch (value) {
    case CLASS.other:
      return lexer.text[at] === BYTE.semicolon ? at : at + 1;
    case CLASS.space:
      return at + 1;
    case CLASS.letter:
      return afterWord(lexer, at);
    case CLASS.digit:
      return afterNumber(lexer, at);
    case CLASS.quote:
      return quotedEnd(lexer, at, true);
    case CLASS.doubleQuote:
      return quotedEnd(lexer, at, !lexer.reading.ansiQuotes);
    case CLASS.minus:
      return lexer.text[at + 1] === BYTE.minus ? at : at + 1;
    default:
      return at;
  }
}

/** After `a` and `a.b.c`; where it is, if its first letter or a byte beyond ASCII may matter. */
function afterWord({ text, reading, classes }: Lexer, from: number): number {
  if (text[from] === BYTE.dollar && reading.dollarQuotes) return from;
  let at = from;
  do at = afterName(text, classes, at + 1);
  while (text[at] === BYTE.dot && isNameByte(classes, text[at + 1]));
  const byte = text[at] ?? 0;
  const isPrefix = byte === BYTE.quote && at === from + 1;
  return isPrefix || (byte >= 0x80 && isNameByte(classes, byte)) ? from : at;
}

/** After the name's ASCII bytes. */
function afterName(text: Uint8Array, classes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = text[at] ?? 0; byte < 0x80; byte = text[at] ?? 0) {
    const value = classes[byte];
    if (value !== CLASS.letter && value !== CLASS.digit) return at;
    at += 1;
  }
  return at;
}

/** After `12` and `12.5`; where it is, if anything but a plain number may stand there. */
function afterNumber({ text, classes }: Lexer, from: number): number {
  let at = from;
  while (classes[text[at] ?? 0] === CLASS.digit) at += 1;
  if (text[at] === BYTE.dot) {
    at += 1;
    while (classes[text[at] ?? 0] === CLASS.digit) at += 1;
  }
  const after = classes[text[at] ?? 0];
  return after === CLASS.letter || after === CLASS.dot ? from : at;
}
