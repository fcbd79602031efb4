// DELETE and UPDATE that let every row through, and LOAD DATA that replaces rows. Whether a WHERE
// restricts is where.ts's.
import { BYTE } from '../byte-classes.js';
import type { EffectObject } from '../effect.js';
import { advance, type Lexer, TOKEN } from '../lexer.js';
import { wordAt } from '../words.js';
import { emitCodeWrites } from './code-tables.js';
import { takeCondition } from './condition.js';
import { type ListedTable, MOST_TABLES, skipGroup, takeTables } from './table-list.js';
import {
  emit,
  isOver,
  isSymbol,
  took,
  tookAny,
  tookQualifiedName,
  tookSymbol,
  type Walk,
} from './walk.js';
import { restrictionOf } from './where.js';

const OPTIONS: ReadonlySet<string> = new Set(['low_priority', 'quick', 'ignore', 'history']);
const DELETE_ENDS: ReadonlySet<string> = new Set(['where', 'order', 'limit', 'returning']);
const TARGET_ENDS: ReadonlySet<string> = new Set([...DELETE_ENDS, 'from', 'using']);
const UPDATE_ENDS: ReadonlySet<string> = new Set(['set', 'where', 'order', 'limit']);

/** At DELETE. False where it is no statement: GRANT DELETE, ON DELETE CASCADE, AFTER DELETE. */
export function readDelete(walk: Walk): boolean {
  const { lexer } = walk;
  advance(lexer);
  while (tookAny(lexer, OPTIONS) !== undefined);
  const isPlain = took(lexer, 'from');
  const targets = takeTables(walk, TARGET_ENDS);
  if (targets.length === 0) return false;
  if (isEndless(walk, 'DELETE', targets)) return true;
  const hasMore = took(lexer, isPlain ? 'using' : 'from');
  if (!isPlain && !hasMore) return false;
  const listed = hasMore ? takeTables(walk, DELETE_ENDS) : targets;
  if (isEndless(walk, 'DELETE', listed)) return true;
  const objects = hasMore ? resolved(targets, listed) : targets.map(({ object }) => object);
  if (restricts(lexer, listed)) return true;
  emit(walk, { effect: 'delete-unbounded', verb: 'DELETE', objects });
  return true;
}

function isEndless(walk: Walk, verb: string, tables: readonly ListedTable[]): boolean {
  if (tables.length < MOST_TABLES) return false;
  const reason = 'it lists more tables than any server takes';
  emit(walk, { effect: 'unreadable', verb, reason });
  return true;
}

/** DELETE a FROM app.t AS a: the tables that the names before FROM stand for. */
function resolved(
  targets: readonly ListedTable[],
  listed: readonly ListedTable[],
): readonly EffectObject[] {
  return targets.map(({ object }) => {
    const name = object.name?.toLowerCase();
    return listed.find(({ alias }) => alias === name)?.object ?? object;
  });
}

/** At UPDATE. False where it is no statement: FOR UPDATE, ON UPDATE, ON DUPLICATE KEY UPDATE. */
export function readUpdate(walk: Walk): boolean {
  const { lexer } = walk;
  advance(lexer);
  while (tookAny(lexer, OPTIONS) !== undefined);
  const listed = takeTables(walk, UPDATE_ENDS);
  if (isEndless(walk, 'UPDATE', listed)) return true;
  if (listed.length === 0 || !took(lexer, 'set')) return false;
  const objects = listed.map(({ object }) => object);
  emitCodeWrites(walk, 'UPDATE', objects);
  if (!restricts(lexer, listed))
    emit(walk, { effect: 'update-unbounded', verb: 'UPDATE', objects });
  return true;
}

/** From after the tables to the end of the statement. */
function restricts(lexer: Lexer, listed: readonly ListedTable[]): boolean {
  while (!isOver(lexer)) {
    if (isSymbol(lexer, BYTE.closeParen)) return false;
    if (took(lexer, 'where')) {
      const names = listed.flatMap(({ alias, object }) => [
        alias,
        object.name?.toLowerCase() ?? '',
      ]);
      const about = { tables: new Set(names), single: listed.length === 1 };
      const condition = takeCondition(lexer, about);
      return lexer.fault !== undefined || restrictionOf(condition) !== 'all';
    }
    if (isSymbol(lexer, BYTE.openParen)) skipGroup(lexer);
    else advance(lexer);
  }
  // A statement that ends inside a string is none: 'it\'s' WHERE … where backslashes do not escape.
  return lexer.fault !== undefined;
}

/** At LOAD: DATA and XML that replace rows which are there. */
export function readLoad(walk: Walk): boolean {
  const { lexer } = walk;
  advance(lexer);
  const kind = wordAt(lexer);
  if (kind !== 'data' && kind !== 'xml') return false;
  let replaces = false;
  while (!isOver(lexer) && !isInto(lexer)) {
    replaces ||= lexer.kind === TOKEN.word && wordAt(lexer) === 'replace';
    advance(lexer);
  }
  advance(lexer);
  took(lexer, 'table');
  const object = tookQualifiedName(walk);
  const objects = object === undefined ? [] : [object];
  emitCodeWrites(walk, `LOAD ${kind.toUpperCase()}`, objects);
  if (replaces) {
    emit(walk, { effect: 'replace-table', verb: `LOAD ${kind.toUpperCase()} REPLACE`, objects });
  }
  return true;
}

function isInto(lexer: Lexer): boolean {
  return lexer.kind === TOKEN.word && wordAt(lexer) === 'into';
}

const ROW_VERBS: ReadonlyMap<string, (walk: Walk) => boolean> = new Map([
  ['delete', readDelete],
  ['update', readUpdate],
]);

/** At WITH: the statement after the common table expressions. */
export function readWith(walk: Walk): void {
  const { lexer } = walk;
  advance(lexer);
  while (!isOver(lexer)) {
    if (isSymbol(lexer, BYTE.openParen)) {
      skipGroup(lexer);
      continue;
    }
    const reader = ROW_VERBS.get(wordAt(lexer));
    if (reader !== undefined) {
      reader(walk);
      return;
    }
    if (wordAt(lexer) === 'select') return;
    if (!tookSymbol(lexer, BYTE.comma)) advance(lexer);
  }
}
