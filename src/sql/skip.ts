// Skips the rest of a statement in which nothing can hide: what `advance` would do until the
// semicolon, without making tokens of what a dump's rows are made of. Its counterpart is lexer.ts.
import { BYTE, CLASS } from './byte-classes.js';
import { advance, type Lexer, TOKEN } from './lexer.js';
import { quotedEnd } from './scan.js';

/** Moves the lexer to the semicolon after the statement, or to the end of the text. */
export function skipStatement(lexer: Lexer): void {
  while (lexer.kind !== TOKEN.end && lexer.symbol !== BYTE.semicolon) {
    if (!lexer.nameFollows && !lexer.dotSeparates) lexer.position = afterPlain(lexer);
    advance(lexer);
  }
}

/** After everything from the position on that is no word, no comment and no semicolon. */
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
