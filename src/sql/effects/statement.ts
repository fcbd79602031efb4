// One statement, from its first word: the table of all verbs that any supported server knows, and
// who reads each. A verb that is not in it is not trusted to be harmless.
import { BYTE } from '../byte-classes.js';
import { advance, TOKEN } from '../lexer.js';
import { isNameToken, nameAt, wordAt } from '../words.js';
import { readRename } from './alter.js';
import { LOOSE_VERBS, readBody, readUnknown } from './body.js';
import { readInsert } from './code-tables.js';
import { readAlter, readCreate } from './create.js';
import { readDelete, readLoad, readUpdate, readWith } from './dml.js';
import {
  readChange,
  readClone,
  readEnd,
  readImport,
  readPurge,
  readReset,
  readStart,
} from './server.js';
import { readSet } from './set.js';
import {
  emit,
  isOver,
  isSymbol,
  markOf,
  returnTo,
  skipToEnd,
  took,
  tookAny,
  tookBareName,
  type Walk,
} from './walk.js';

/** What a reader answers only matters inside bodies. */
type Reader = (walk: Walk) => unknown;

/** More wrappers around one statement than any tool writes. */
const MOST_WRAPPERS = 16;

/** Known to every line or to some; nothing that the table of effects names can hide in them. */
export const HARMLESS_VERBS: ReadonlySet<string> = new Set(
  `select values table do show help commit rollback savepoint release lock unlock
  grant revoke check checksum optimize repair cache flush kill handler xa signal resignal get
  install uninstall deallocate backup open fetch close return leave iterate stop`.split(/\s+/),
);

const COMPOUND: ReadonlySet<string> = new Set('if case loop while repeat for declare'.split(' '));

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['set', (walk) => readSet(walk, readStatement)],
  ['create', readCreate],
  ['alter', readAlter],
  ['with', readWith],
  ['insert', readInsert],
  ['replace', readInsert],
  ['delete', readDelete],
  ['update', readUpdate],
  ['rename', readRename],
  ['load', readLoad],
  ['purge', readPurge],
  ['reset', readReset],
  ['start', readStart],
  ['change', readChange],
  ['shutdown', readEnd],
  ['restart', readEnd],
  ['clone', readClone],
  ['import', readImport],
  ['begin', readBegin],
  ['use', readUse],
  ['analyze', readAnalyze],
  ['explain', readExplain],
  ['describe', readExplain],
  ['desc', readExplain],
]);

/** Of these, the ones that may be a label. */
const UNRESERVED: ReadonlySet<string> = new Set(
  'begin start reset shutdown restart clone import'.split(' '),
);

/** Reads the statement at the lexer, up to the semicolon after it or the end of the text. */
export function readStatement(walk: Walk): void {
  const { lexer } = walk;
  if (isOver(lexer)) return;
  if (walk.wrappers < MOST_WRAPPERS) {
    walk.wrappers += 1;
    readVerb(walk);
    walk.wrappers -= 1;
  } else {
    const reason = 'too many statements are wrapped in one another';
    emit(walk, { effect: 'unreadable', verb: 'TEXT', reason });
  }
  skipToEnd(lexer);
}

function readVerb(walk: Walk): void {
  const { lexer } = walk;
  const word = wordAt(lexer);
  const reader = READERS.get(word);
  if (reader !== undefined) {
    if (UNRESERVED.has(word) && isLabel(walk)) readBody(walk);
    else reader(walk);
    return;
  }
  const loose = LOOSE_VERBS.get(word);
  if (loose !== undefined) readLooseVerb(walk, loose);
  else if (isLabel(walk) || COMPOUND.has(word)) readBody(walk);
  else if (!HARMLESS_VERBS.has(word) && !isSymbol(lexer, BYTE.openParen)) readUnknown(walk);
}

/** At DROP, TRUNCATE, PREPARE, EXECUTE, CALL, BINLOG as a statement's first word. */
function readLooseVerb(walk: Walk, loose: (walk: Walk) => boolean): void {
  const { lexer } = walk;
  const verb = wordAt(lexer).toUpperCase();
  if (isLabel(walk)) {
    readBody(walk);
    return;
  }
  if (loose(walk) || verb === 'TRUNCATE') return;
  if (isOver(lexer)) return;
  emit(walk, {
    effect: 'unreadable',
    verb,
    reason: `${verb} is followed by something that no known server takes`,
  });
}

/** `label:` before a compound statement, and `<<label>>` in ORACLE mode. */
function isLabel(walk: Walk): boolean {
  const { lexer } = walk;
  if (isSymbol(lexer, 0x3c)) return true;
  if (!isNameToken(lexer)) return false;
  const mark = markOf(lexer);
  advance(lexer);
  const labelled = isSymbol(lexer, BYTE.colon);
  returnTo(lexer, mark);
  return labelled;
}

/** BEGIN alone and BEGIN WORK start a transaction; anything else is a block of statements. */
function readBegin(walk: Walk): void {
  const { lexer } = walk;
  const mark = markOf(lexer);
  advance(lexer);
  if (isOver(lexer) || (took(lexer, 'work') && isOver(lexer))) return;
  returnTo(lexer, mark);
  readBody(walk);
}

function readUse(walk: Walk): void {
  advance(walk.lexer);
  if (!isNameToken(walk.lexer)) return;
  const schema = nameAt(walk.lexer);
  walk.database = schema;
  walk.movesTo = { schema };
  tookBareName(walk.lexer);
}

/** What can be explained; whatever else follows ANALYZE is a syntax error. */
const EXPLAINED: ReadonlySet<string> = new Set(
  'select insert replace update delete with values table drop truncate alter call execute'.split(
    ' ',
  ),
);

const TABLE_WORDS: ReadonlySet<string> = new Set([
  'table',
  'tables',
  'local',
  'no_write_to_binlog',
]);

/** ANALYZE TABLE gathers statistics; MariaDB's ANALYZE [FORMAT=…] runs the statement after it. */
function readAnalyze(walk: Walk): void {
  const { lexer } = walk;
  advance(lexer);
  if (tookAny(lexer, TABLE_WORDS) !== undefined) return;
  skipFormat(walk);
  readStatement(walk);
}

function skipFormat(walk: Walk): void {
  const { lexer } = walk;
  if (!took(lexer, 'format')) return;
  if (isSymbol(lexer, BYTE.equals)) advance(lexer);
  if (lexer.kind !== TOKEN.end) advance(lexer);
}

/** EXPLAIN runs nothing that is guarded, except with ANALYZE, wherever that stands. */
function readExplain(walk: Walk): void {
  const { lexer } = walk;
  advance(lexer);
  let runs = false;
  while (!isOver(lexer) && !EXPLAINED.has(wordAt(lexer)) && !isSymbol(lexer, BYTE.openParen)) {
    runs ||= wordAt(lexer) === 'analyze';
    advance(lexer);
  }
  if (runs) readStatement(walk);
}
