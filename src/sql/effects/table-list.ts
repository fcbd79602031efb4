// The tables of a DELETE or an UPDATE: names, aliases, joins. Subqueries are skipped; nothing here
// says what happens to a table.
import { BYTE } from '../byte-classes.js';
import type { EffectObject } from '../effect.js';
import { advance, type Lexer } from '../lexer.js';
import { isNameToken, nameAt, wordAt } from '../words.js';
import {
  isOver,
  isSymbol,
  markOf,
  returnTo,
  took,
  tookAny,
  tookQualifiedName,
  tookSymbol,
  type Walk,
} from './walk.js';

export interface ListedTable {
  readonly object: EffectObject;
  /** The name it goes by in the statement, in lower case. */
  readonly alias: string;
}

const JOIN_WORDS: ReadonlySet<string> = new Set(
  'join straight_join inner cross left right outer natural full'.split(' '),
);

const HINTED: ReadonlySet<string> = new Set(['join', 'order', 'group']);

const NO_ALIAS: ReadonlySet<string> = new Set(
  `set where on using order limit returning partition for use ignore force from
  wait nowait lateral`
    .split(/\s+/)
    .concat([...JOIN_WORDS]),
);

/** No server joins more than 61 tables; behind more than these nothing is looked for. */
export const MOST_TABLES = 1_000;

interface Place {
  readonly tables: ListedTable[];
  depth: number;
  expectsTable: boolean;
}

/** Takes table references up to SET, WHERE, a closing word or the end of the statement. */
export function takeTables(walk: Walk, ends: ReadonlySet<string>): readonly ListedTable[] {
  const { lexer } = walk;
  const place: Place = { tables: [], depth: 0, expectsTable: true };
  while (!isOver(lexer) && !isEnd(lexer, place, ends)) {
    if (isSymbol(lexer, BYTE.openParen)) openGroup(lexer, place);
    else if (place.expectsTable && isTableName(lexer)) {
      place.expectsTable = false;
      const table = takeTable(walk);
      if (table !== undefined) place.tables.push(table);
    } else stepBetween(lexer, place);
  }
  return place.tables;
}

/** Over what stands between tables. */
function stepBetween(lexer: Lexer, place: Place): void {
  // {OJ a LEFT JOIN b ON …}, {x a}: the tables stand behind the word.
  if (place.expectsTable && tookSymbol(lexer, BYTE.openBrace)) {
    advance(lexer);
    return;
  }
  // USE INDEX FOR ORDER BY (…)
  if (took(lexer, 'for')) {
    tookAny(lexer, HINTED);
    return;
  }
  if (isSymbol(lexer, BYTE.closeParen)) place.depth -= 1;
  place.expectsTable = isSymbol(lexer, BYTE.comma) || JOIN_WORDS.has(wordAt(lexer));
  advance(lexer);
}

function isEnd(lexer: Lexer, place: Place, ends: ReadonlySet<string>): boolean {
  if (place.tables.length >= MOST_TABLES) return true;
  return place.depth === 0 && (ends.has(wordAt(lexer)) || isSymbol(lexer, BYTE.closeParen));
}

/** Older servers take a name with nothing before its dot: `DELETE FROM .t`. */
function isTableName(lexer: Lexer): boolean {
  if (isSymbol(lexer, BYTE.dot)) return true;
  return isNameToken(lexer) && !JOIN_WORDS.has(wordAt(lexer));
}

/** Tables may stand in parentheses; subqueries and what is compared are skipped. */
function openGroup(lexer: Lexer, place: Place): void {
  if (place.expectsTable && !isQuery(lexer)) {
    place.depth += 1;
    advance(lexer);
    return;
  }
  skipGroup(lexer);
  place.expectsTable = false;
}

function takeTable(walk: Walk): ListedTable | undefined {
  const { lexer } = walk;
  const word = wordAt(lexer);
  const object = tookQualifiedName(walk);
  // LATERAL (…), JSON_TABLE(…): no table, and what its parentheses hold is none of ours.
  if (object === undefined || word === 'lateral') return undefined;
  if (isSymbol(lexer, BYTE.openParen)) return undefined;
  if (took(lexer, 'partition') && isSymbol(lexer, BYTE.openParen)) skipGroup(lexer);
  if (tookSymbol(lexer, BYTE.dot)) tookSymbol(lexer, BYTE.star);
  took(lexer, 'as');
  const plain = (object.name ?? '').toLowerCase();
  if (!isNameToken(lexer) || NO_ALIAS.has(wordAt(lexer))) return { object, alias: plain };
  const alias = nameAt(lexer).toLowerCase();
  advance(lexer);
  return { object, alias };
}

const QUERY: ReadonlySet<string> = new Set(['select', 'with', 'values', 'table']);

function isQuery(lexer: Lexer): boolean {
  const mark = markOf(lexer);
  advance(lexer);
  const found = QUERY.has(wordAt(lexer));
  returnTo(lexer, mark);
  return found;
}

/** From `(` to after the `)` that closes it. */
export function skipGroup(lexer: Lexer): void {
  let depth = 0;
  do {
    if (isSymbol(lexer, BYTE.openParen)) depth += 1;
    if (isSymbol(lexer, BYTE.closeParen)) depth -= 1;
    advance(lexer);
  } while (depth > 0 && !isOver(lexer));
}
