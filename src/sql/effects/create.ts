// CREATE and ALTER: of what holds code, the body is read, as deferred. What CREATE OR REPLACE
// drops is replace.ts's.
import { BYTE } from '../byte-classes.js';
import { advance, type Lexer } from '../lexer.js';
import { isNameToken, wordAt } from '../words.js';
import { readAlterTable, readAlterTablespace, tookAlterOptions } from './alter.js';
import { readBody } from './body.js';
import { readAlterEvent } from './event.js';
import { readReplaced, skipDefiner, skipToKind, tookReplace } from './replace.js';
import { tookHeader } from './routine-header.js';
import {
  emit,
  isOver,
  isSymbol,
  markOf,
  returnTo,
  skipIfExists,
  took,
  tookQualifiedName,
  type Walk,
} from './walk.js';

const WITH_BODY: ReadonlySet<string> = new Set([
  'procedure',
  'function',
  'trigger',
  'event',
  'package',
  'library',
]);

/** At CREATE. */
export function readCreate(walk: Walk): void {
  const { lexer } = walk;
  advance(lexer);
  const replaces = tookReplace(lexer);
  skipToKind(lexer);
  if (replaces) {
    const mark = markOf(lexer);
    readReplaced(walk);
    returnTo(lexer, mark);
  }
  if (WITH_BODY.has(wordAt(lexer))) readKeptBody(walk);
}

/** From the kind of the thing to the end of its body. */
function readKeptBody(walk: Walk): void {
  const { deferred, alsoNow, database, movesTo, switches } = walk;
  walk.deferred = true;
  readForeignBody(walk);
  const kind = wordAt(walk.lexer);
  advance(walk.lexer);
  walk.database = schemaOfBody(walk) ?? walk.database;
  readBody(walk, tookHeader(walk, kind) ? 'surely' : 'later');
  // What kept code does to the session it does later, unless it is not sure where it ends.
  const endIsSure = !walk.alsoNow;
  Object.assign(walk, { deferred, alsoNow });
  if (endIsSure) Object.assign(walk, { database, movesTo, switches });
}

/** In CREATE PROCEDURE other.p() bare names of the body are in `other`. */
function schemaOfBody(walk: Walk): string | undefined {
  const mark = markOf(walk.lexer);
  if (wordAt(walk.lexer) === 'body') advance(walk.lexer);
  skipIfExists(walk.lexer);
  const name = tookQualifiedName(walk);
  returnTo(walk.lexer, mark);
  return name?.schema;
}

/** A body in a language other than SQL may run whatever it likes. */
function readForeignBody(walk: Walk): void {
  if (!walk.lexer.reading.dollarQuotes || !isForeign(walk.lexer)) return;
  const reason = 'the body is in a language other than SQL';
  emit(walk, { effect: 'run-opaque', verb: 'CREATE', reason });
}

/** What a body in SQL begins with, where the word LANGUAGE may be a name. */
const SQL_BEGINS: ReadonlySet<string> = new Set(
  `begin return select insert replace update delete call with if case while loop repeat do
  drop truncate alter create`.split(/\s+/),
);

/** LANGUAGE and anything but SQL stands before the body. */
function isForeign(lexer: Lexer): boolean {
  const mark = markOf(lexer);
  let parens = 0;
  let sawParameters = false;
  let found = false;
  while (!found && !isOver(lexer)) {
    if (sawParameters && parens === 0 && SQL_BEGINS.has(wordAt(lexer))) break;
    if (isSymbol(lexer, BYTE.openParen)) parens += 1;
    if (isSymbol(lexer, BYTE.closeParen)) parens -= 1;
    sawParameters ||= parens > 0;
    if (parens > 0 || !took(lexer, 'language')) advance(lexer);
    else found = isNameToken(lexer) && wordAt(lexer) !== 'sql';
  }
  returnTo(lexer, mark);
  return found;
}

/** At ALTER: ALTER EVENT may have a body like CREATE EVENT. */
export function readAlter(walk: Walk): void {
  const { lexer } = walk;
  advance(lexer);
  skipDefiner(lexer);
  const ignores = tookAlterOptions(lexer);
  if (isOver(lexer)) return;
  const kind = wordAt(lexer);
  if (kind === 'event' && readAlterEvent(walk)) return;
  if (WITH_BODY.has(kind)) readKeptBody(walk);
  else if (kind === 'table') readAlterTable(walk, ignores);
  else if (kind === 'tablespace') readAlterTablespace(walk);
}
