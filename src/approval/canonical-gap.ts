// What stands between two tokens of a canonical statement. Plain comments and white space are nothing;
// a comment that this or another server runs, or a hint, is code and stays: it travels to the other
// servers as it is.
import { BYTE, CLASS } from '../sql/byte-classes.js';
import { commentKind, plainCommentEnd, skippedCommentEnd } from '../sql/comments.js';
import type { Lexer } from '../sql/lexer.js';
import type { Reading } from '../sql/reading.js';
import { exactText } from './canonical-token.js';

interface Range {
  readonly from: number;
  readonly to: number;
  /** It begins inside a comment that the server runs. */
  readonly inComment: boolean;
}

interface Piece {
  /** Nothing, for what does not count. */
  readonly kept: string;
  readonly end: number;
  readonly inComment: boolean;
}

export function gapParts(lexer: Lexer, range: Range): readonly string[] {
  const parts: string[] = [];
  let piece: Piece = { kept: '', end: range.from, inComment: range.inComment };
  while (piece.end < range.to) {
    piece = nextPiece(lexer, piece, range.to);
    if (piece.kept !== '') parts.push(piece.kept);
  }
  return parts;
}

function nextPiece(lexer: Lexer, { end: at, inComment }: Piece, to: number): Piece {
  const { text, classes } = lexer;
  const byte = text[at] ?? 0;
  const next = text[at + 1];
  if (byte === BYTE.slash && next === BYTE.star) {
    return readComment(text, { at, inComment }, lexer.reading);
  }
  if (inComment && byte === BYTE.star && next === BYTE.slash) {
    return { kept: '*/', end: at + 2, inComment: false };
  }
  if (byte === HASH || byte === BYTE.minus) {
    return { kept: '', end: lineEnd(text, at, to), inComment };
  }
  const isNothing = classes[byte] === CLASS.space || byte === 0;
  return { kept: isNothing ? '' : exactText(text, at, at + 1), end: at + 1, inComment };
}

const HASH = 0x23;

function lineEnd(text: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && text[at] !== BYTE.newline) at += 1;
  return at;
}

function readComment(
  text: Uint8Array,
  place: { readonly at: number; readonly inComment: boolean },
  reading: Reading,
): Piece {
  const { at, inComment } = place;
  const comment = commentKind(text, at, reading);
  if (comment.kind === 'runs') {
    const end = comment.codeAt;
    return { kept: exactText(text, at, end), end, inComment: true };
  }
  const found =
    comment.kind === 'plain'
      ? plainCommentEnd(text, at + 2)
      : skippedCommentEnd(text, comment.bodyAt);
  const end = found < 0 ? text.length : found;
  return { kept: isCode(text, at) ? exactText(text, at, end) : '', end, inComment };
}

/** Whether any server could take the comment for more than a remark. */
function isCode(text: Uint8Array, at: number): boolean {
  const mark = text[at + 2];
  return mark === BANG || mark === BYTE.plus || (mark === CAPITAL_M && text[at + 3] === BANG);
}

const BANG = 0x21;
const CAPITAL_M = 0x4d;
