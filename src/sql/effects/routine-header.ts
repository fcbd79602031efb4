// What stands before the body of a routine or a trigger. Behind it, and there alone, a bare BEGIN or
// IF opens a block: before it the same word is a name. What is not exactly a header is not taken for
// one. https://dev.mysql.com/doc/refman/en/create-procedure.html, …/create-trigger.html;
// https://mariadb.com/kb/en/create-function/
import { BYTE } from '../byte-classes.js';
import { advance, type Lexer, TOKEN } from '../lexer.js';
import { isNameToken, wordAt } from '../words.js';
import {
  isOver,
  isSymbol,
  markOf,
  returnTo,
  skipIfExists,
  took,
  tookAny,
  tookQualifiedName,
  type Walk,
} from './walk.js';

/** Behind the word that says what is created: steps to the body's first token, or stays. */
export function tookHeader(walk: Walk, kind: string): boolean {
  const { lexer } = walk;
  const mark = markOf(lexer);
  if (isHeader(walk, kind) && !isOver(lexer)) return true;
  returnTo(lexer, mark);
  return false;
}

function isHeader(walk: Walk, kind: string): boolean {
  const { lexer } = walk;
  skipIfExists(lexer);
  if (tookQualifiedName(walk) === undefined) return false;
  if (kind === 'trigger') return tookTiming(walk);
  if (kind !== 'procedure' && kind !== 'function') return false;
  if (!tookParentheses(lexer)) return false;
  if (kind === 'function' && !tookReturns(lexer)) return false;
  return tookCharacteristics(lexer) && tookOracleAs(lexer);
}

const MOMENTS: ReadonlySet<string> = new Set(['before', 'after']);
const CHANGES: ReadonlySet<string> = new Set(['insert', 'update', 'delete']);
const ORDERS: ReadonlySet<string> = new Set(['follows', 'precedes']);

function tookTiming(walk: Walk): boolean {
  const { lexer } = walk;
  if (tookAny(lexer, MOMENTS) === undefined || tookAny(lexer, CHANGES) === undefined) return false;
  if (!took(lexer, 'on') || tookQualifiedName(walk) === undefined) return false;
  if (!tookAll(lexer, ['for', 'each', 'row'])) return false;
  return tookAny(lexer, ORDERS) === undefined || tookQualifiedName(walk) !== undefined;
}

function tookReturns(lexer: Lexer): boolean {
  if (!took(lexer, 'returns') || lexer.kind !== TOKEN.word) return false;
  advance(lexer);
  return tookRestOfType(lexer);
}

const TYPE_WORDS: ReadonlySet<string> = new Set(
  `unsigned signed zerofill ascii unicode binary byte precision varying char varchar character
  varbinary`.split(/\s+/),
);

/** `(10, 2) UNSIGNED`, `VARYING(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`. */
function tookRestOfType(lexer: Lexer): boolean {
  for (;;) {
    if (isSymbol(lexer, BYTE.openParen)) {
      if (!tookParentheses(lexer)) return false;
    } else if (took(lexer, 'charset') || took(lexer, 'set') || took(lexer, 'collate')) {
      if (!isNameToken(lexer) && lexer.kind !== TOKEN.string) return false;
      advance(lexer);
    } else if (tookAny(lexer, TYPE_WORDS) === undefined) return true;
  }
}

/** Whatever stands between them: types, and no statement. */
function tookParentheses(lexer: Lexer): boolean {
  if (!isSymbol(lexer, BYTE.openParen)) return false;
  let depth = 0;
  do {
    if (isOver(lexer)) return false;
    if (isSymbol(lexer, BYTE.openParen)) depth += 1;
    if (isSymbol(lexer, BYTE.closeParen)) depth -= 1;
    advance(lexer);
  } while (depth > 0);
  return true;
}

const CHARACTERISTICS: readonly (readonly string[])[] = [
  ['language', 'sql'],
  ['deterministic'],
  ['not', 'deterministic'],
  ['contains', 'sql'],
  ['no', 'sql'],
  ['reads', 'sql', 'data'],
  ['modifies', 'sql', 'data'],
  ['sql', 'security', 'definer'],
  ['sql', 'security', 'invoker'],
];

function tookCharacteristics(lexer: Lexer): boolean {
  for (;;) {
    if (took(lexer, 'comment')) {
      if (lexer.kind !== TOKEN.string) return false;
      advance(lexer);
    } else if (!CHARACTERISTICS.some((words) => tookAll(lexer, words))) return true;
  }
}

/** All of the words, or none. */
function tookAll(lexer: Lexer, words: readonly string[]): boolean {
  const mark = markOf(lexer);
  if (words.every((word) => took(lexer, word))) return true;
  returnTo(lexer, mark);
  return false;
}

/** In ORACLE mode `AS` or `IS` begins what is declared; where nothing is, the block follows. */
function tookOracleAs(lexer: Lexer): boolean {
  if (!took(lexer, 'as') && !took(lexer, 'is')) return true;
  return wordAt(lexer) === 'begin';
}
