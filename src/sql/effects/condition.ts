// The tokens of a WHERE: taken from the lexer up to its end, with what each is to a condition, and
// which parenthesis closes which. Which names are columns is columns.ts's, what it all means where.ts's.
import { BYTE } from '../byte-classes.js';
import { advance, type Lexer, TOKEN } from '../lexer.js';
import { latin1Of, nameAt, stringAt, wordAt } from '../words.js';
import { markColumns, mayBeColumn } from './columns.js';
import { isOver, isSymbol, markOf, returnTo } from './walk.js';

export interface ConditionToken {
  /** `column` only where an operand stands that is a name, and no call of a function. */
  kind: 'column' | 'word' | 'value' | 'symbol';
  /** Words and names in lower case, strings with their quote, symbols as they are. */
  readonly text: string;
  /** For `(` and CASE: the index of what closes it. */
  close: number;
}

export interface Condition {
  readonly tokens: readonly ConditionToken[];
  /** The tables it is about, by name and alias, in lower case. */
  readonly tables: ReadonlySet<string>;
  /** It is about one table, so that a column says the same with and without its name. */
  readonly single: boolean;
  /** It goes on behind these tokens. */
  readonly isCut?: true;
}

/** A condition with more is not judged: it may let every row through. 50,000 comparisons have less. */
const MOST_TOKENS = 400_000;

/** At WHERE's first token: takes everything up to what follows a condition. */
export function takeCondition(
  lexer: Lexer,
  about: Pick<Condition, 'tables' | 'single'>,
): Condition {
  const tokens: ConditionToken[] = [];
  const open: number[] = [];
  const ends = lexer.reading.flavour === 'mariadb' ? ENDS_ON_MARIADB : ENDS;
  while (!isOver(lexer)) {
    if (tokens.length >= MOST_TOKENS) return { ...about, tokens, isCut: true };
    if (open.length === 0 && (ends.has(wordAt(lexer)) || isSymbol(lexer, BYTE.closeParen))) break;
    // To a server a NUL byte at the end of the text is that end.
    if (isSymbol(lexer, 0)) break;
    if (isLongList(tokens, open)) skipValues(lexer);
    const token = takeToken(lexer);
    closeGroups(tokens, open, token);
    tokens.push(token);
  }
  for (const index of open) closeAt(tokens, index, tokens.length);
  markColumns(tokens, lexer.reading.flavour);
  return { ...about, tokens };
}

/** More constants than these in one list of a column are not kept: none of them is that column. */
const MOST_LISTED = 512;

/** In `id IN (1, 2, …` or `id NOT IN (…`, far behind its parenthesis. */
function isLongList(tokens: readonly ConditionToken[], open: readonly number[]): boolean {
  const at = open.at(-1);
  if (at === undefined || tokens.length - at < MOST_LISTED || tokens.at(-1)?.text !== ',')
    return false;
  if (tokens[at - 1]?.text !== 'in') return false;
  const left = tokens[at - 2]?.text === 'not' ? tokens[at - 3] : tokens[at - 2];
  return left?.kind === 'column' || (left?.kind === 'word' && mayBeColumn(left.text));
}

/** Steps over `1, 'a', …` as long as there are only constants with a comma behind them. */
function skipValues(lexer: Lexer): void {
  for (;;) {
    if (lexer.kind !== TOKEN.number && lexer.kind !== TOKEN.string) return;
    const mark = markOf(lexer);
    advance(lexer);
    if (!isSymbol(lexer, BYTE.comma)) {
      returnTo(lexer, mark);
      return;
    }
    advance(lexer);
  }
}

const ENDS: ReadonlySet<string> = new Set(['order', 'limit']);
const ENDS_ON_MARIADB: ReadonlySet<string> = new Set(['order', 'limit', 'returning']);

function takeToken(lexer: Lexer): ConditionToken {
  const token = tokenAt(lexer);
  const isVariable = token.text.startsWith('@');
  const isBareAt = isVariable && lexer.end === lexer.start + 1;
  advance(lexer);
  // What an `@` stands before is its name, however it is quoted.
  if (isBareAt && (lexer.kind === TOKEN.name || lexer.kind === TOKEN.string)) advance(lexer);
  return token;
}

function tokenAt(lexer: Lexer): ConditionToken {
  const { kind, start, end } = lexer;
  if (kind === TOKEN.symbol) {
    const text = symbolText(lexer);
    return { kind: text === '@' ? 'value' : 'symbol', text, close: -1 };
  }
  if (kind === TOKEN.word) {
    return { kind: 'word', text: wordAt(lexer) || '?', close: -1 };
  }
  if (kind === TOKEN.name) return { kind: 'column', text: nameAt(lexer).toLowerCase(), close: -1 };
  const literal = stringAt(lexer);
  const bytes = literal ?? lexer.text.subarray(start, end);
  const text = latin1Of(bytes);
  return { kind: 'value', text: literal === undefined ? text : `'${text}`, close: -1 };
}

/** `&&` and `||` are one symbol; an `@` stands for its whole variable. */
function symbolText(lexer: Lexer): string {
  const text = String.fromCharCode(lexer.symbol);
  const isDouble = text === '|' || text === '&';
  if (!isDouble || lexer.text[lexer.end] !== lexer.symbol) return text;
  advance(lexer);
  return text + text;
}

function closeGroups(tokens: ConditionToken[], open: number[], token: ConditionToken): void {
  const { kind, text } = token;
  const opens = kind === 'symbol' ? text === '(' : kind === 'word' && text === 'case';
  if (opens) open.push(tokens.length);
  const closer = kind === 'symbol' ? ')' : 'end';
  if (text !== closer || (kind !== 'symbol' && kind !== 'word')) return;
  const index = open.pop();
  if (index !== undefined) closeAt(tokens, index, tokens.length);
}

function closeAt(tokens: readonly ConditionToken[], index: number, close: number): void {
  const opener = tokens[index];
  if (opener !== undefined) opener.close = close;
}
