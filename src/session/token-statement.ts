// SET @interlock_token = '…': how a session presents signed approvals. The statement is Interlock's
// own: it is alone in its packet, never forwarded and never quoted. Every other text that names this
// variable is refused, so that no token gets to a server by mistake.
import { BYTE } from '../sql/byte-classes.js';
import { PLAIN } from '../sql/charsets.js';
import { advance, createLexer, type Lexer, TOKEN } from '../sql/lexer.js';
import type { Reading } from '../sql/reading.js';

/** A longer text presents nothing (a token has less than a KiB), and is only looked at so far. */
const TEXT_BYTES = 64 * 1024;

export type TokenStatement =
  /** Nothing of the kind. */
  | { readonly kind: 'none' }
  /** Those it presents; none: the session forgets those it had. */
  | { readonly kind: 'presents'; readonly tokens: readonly string[] }
  | { readonly kind: 'misplaced'; readonly message: string };

const NONE: TokenStatement = { kind: 'none' };

const misplaced = (message: string) =>
  ({ kind: 'misplaced', message: `Interlock refused: ${message}` }) as const;

export const TOKENS_ALONE = misplaced(
  "SET @interlock_token = '...' must be alone in its packet, with one literal, and not prepared. " +
    'Nothing was forwarded.',
);
const NO_TOKEN = misplaced(
  'what @interlock_token was set to is no signed approval. Nothing was kept or forwarded; ' +
    'interlock approve --offline makes one.',
);

const TOO_LONG = misplaced(
  'what sets @interlock_token may have 64 KiB at most. Nothing was kept or forwarded; present fewer ' +
    'signed approvals at once.',
);

/** Looked for in every text, so the first look costs next to nothing. */
export function readTokenStatement(text: Buffer): TokenStatement {
  const head = text.subarray(0, TEXT_BYTES);
  if (!namesVariable(head)) return NONE;
  const tokens = tokensOf(head);
  const at = tokens.findIndex((token) => isVariable(tokens, token));
  if (at < 0) return NONE;
  if (head.length < text.length) return mayHoldToken(tokens, at) ? TOO_LONG : NONE;
  const literal = literalOf(tokens);
  if (literal === undefined) return mayHoldToken(tokens, at) ? TOKENS_ALONE : NONE;
  const presented = literal.split(/[\s,]+/).filter((token) => token !== '');
  return presented.every(isCompactJws) ? { kind: 'presents', tokens: presented } : NO_TOKEN;
}

/** Whether an `@` is followed by what may be the name, quoted or not. */
function namesVariable(text: Buffer): boolean {
  for (let at = text.indexOf(BYTE.at); at >= 0; at = text.indexOf(BYTE.at, at + 1)) {
    const next = text[at + 1] ?? 0;
    const isQuoted = next === BYTE.backtick || next === BYTE.quote || next === BYTE.doubleQuote;
    const from = isQuoted ? at + 2 : at + 1;
    if (((text[from] ?? 0) | 0x20) !== LOWER_I) continue;
    if (NAME.test(text.toString('latin1', from, from + NAME_LENGTH))) return true;
  }
  return false;
}

const LOWER_I = 0x69;
const NAME = /^interlock_token$/i;
const NAME_LENGTH = 'interlock_token'.length;

interface Token {
  readonly kind: number;
  readonly text: string;
}

/** Strings and comments may only speak of it: that is for a lexer to say. */
const READING: Reading = {
  flavour: 'mysql',
  version: 90_000,
  ansiQuotes: false,
  backslashEscapes: true,
  charset: PLAIN,
  sixDigits: false,
  dollarQuotes: false,
  galera: false,
};

function tokensOf(text: Buffer): readonly Token[] {
  const lexer: Lexer = createLexer(text, READING);
  const tokens: Token[] = [];
  for (advance(lexer); lexer.kind !== TOKEN.end; advance(lexer)) {
    tokens.push({ kind: lexer.kind, text: text.toString('latin1', lexer.start, lexer.end) });
  }
  return tokens;
}

function isVariable(tokens: readonly Token[], token: Token): boolean {
  if (token.kind !== TOKEN.symbol || !token.text.startsWith('@')) return false;
  const name =
    token.text === '@' ? unquoted(tokens[tokens.indexOf(token) + 1]) : token.text.slice(1);
  return NAME.test(name);
}

function unquoted(token: Token | undefined): string {
  return token?.text.replace(/^[`'"]|[`'"]$/g, '') ?? '';
}

/** The one literal of a text that is nothing but this statement. */
function literalOf(tokens: readonly Token[]): string | undefined {
  const shape = tokens.map(({ kind, text }) => (kind === TOKEN.string ? "'" : text)).join(' ');
  const isAlone = /^SET @(?:interlock_token| `interlock_token`) (?:: )?= (?:'|NULL)(?: ;)*$/i.test(
    shape,
  );
  const value = tokens.find(({ kind }) => kind === TOKEN.string);
  if (!isAlone) return undefined;
  return value === undefined ? '' : value.text.slice(1, -1);
}

/** Whoever only looks at the variable, which the server never had, may do so. */
function mayHoldToken(tokens: readonly Token[], at: number): boolean {
  const isSet = tokens.slice(at, at + 4).some(({ text }) => text === '=');
  return isSet || tokens.some(({ kind }) => kind === TOKEN.string);
}

function isCompactJws(token: string): boolean {
  return /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(token);
}
