// One token of a canonical statement. A word that can be nothing but a keyword counts in any case;
// one that may be a name counts as it is written. Names are written in one way, with backticks.
import { isUtf8 } from 'node:buffer';
import { BYTE } from '../sql/byte-classes.js';
import { type Lexer, TOKEN } from '../sql/lexer.js';
import { BEFORE_NAMES, isKeyword, isReserved } from './keywords.js';
import type { Secrets } from './secrets.js';

export interface Rendered {
  readonly text: string;
  /** What comes next may be the name of a table. */
  readonly namesFollow: boolean;
}

export function renderToken(
  lexer: Lexer,
  before: Rendered | undefined,
  secrets: Secrets,
): Rendered {
  const { text, kind, start, end } = lexer;
  const bytes = text.subarray(start, end);
  switch (kind) {
    case TOKEN.word:
      return renderWord(lexer, before, secrets);
    case TOKEN.name:
      return plain(renderName(bytes, secrets));
    case TOKEN.string:
    case TOKEN.number:
      return plain(secrets.literal(bytes) ?? exactText(text, start, end));
    default: {
      secrets.symbol(lexer.symbol);
      const symbol = exactText(text, start, end);
      return { text: symbol, namesFollow: symbol === ',' || symbol === '(' };
    }
  }
}

function plain(text: string): Rendered {
  return { text, namesFollow: false };
}

function renderWord(lexer: Lexer, before: Rendered | undefined, secrets: Secrets): Rendered {
  const { text, start, end } = lexer;
  const bytes = text.subarray(start, end);
  const word = exactText(text, start, end);
  const secret = secrets.word(bytes, word);
  if (secret !== undefined) return plain(secret);
  const upper = word.replace(/[a-z]/g, (letter) => letter.toUpperCase());
  const mayBeName = before?.namesFollow === true;
  if (isReserved(upper) || (isKeyword(upper) && !mayBeName)) {
    return { text: upper, namesFollow: BEFORE_NAMES.has(upper) };
  }
  // `f(` calls a function of the server's, `f (` and a quoted one may call another.
  const isCall = !mayBeName && text[end] === BYTE.openParen;
  return plain(isCall ? word : quoted(word));
}

function renderName(bytes: Uint8Array, secrets: Secrets): string {
  const first = bytes[0];
  const text = exactText(bytes, 0, bytes.length);
  if (first !== BYTE.backtick && first !== BYTE.doubleQuote) {
    return secrets.word(bytes, text) ?? quoted(text);
  }
  if (!isUtf8(bytes)) return text;
  const quote = first === BYTE.backtick ? '`' : '"';
  return quoted(text.slice(1, -1).replaceAll(quote + quote, quote));
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** The bytes as text; what is not UTF-8 is told byte by byte, so that no two are alike. */
export function exactText(text: Uint8Array, from: number, to: number): string {
  const bytes = Buffer.from(text.subarray(from, to));
  return isUtf8(bytes) ? bytes.toString('utf8') : `<bytes ${bytes.toString('hex')}>`;
}
