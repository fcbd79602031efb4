// Statement lists: the bodies of routines, triggers and events, and MariaDB's compound statements.
// A statement may begin after so many words that every place counts where a guarded verb stands as
// a bare word. Block depth is kept only to know where a kept body ends and the text goes on at once.
import { BYTE } from '../byte-classes.js';
import { advance, type Lexer, TOKEN } from '../lexer.js';
import { skipNames } from '../skip.js';
import { mayColonFollow, wordAt } from '../words.js';
import { readLooseAlter, readRename } from './alter.js';
import { readDelete, readLoad, readUpdate } from './dml.js';
import { readDrop, readTruncate } from './drop.js';
import { readLooseCreate } from './replace.js';
import { readBinlog, readCall, readExecute, readPrepare } from './run.js';
import { readChange, readClone, readImport, readPurge, readReset, readStart } from './server.js';
import { readSet } from './set.js';
import { emit, isOver, isSymbol, markOf, returnTo, tookQualifiedName, type Walk } from './walk.js';

export type VerbReader = (walk: Walk) => boolean;

/** Verbs that count wherever they stand in a body, and in statements no server is known to have. */
export const LOOSE_VERBS: ReadonlyMap<string, VerbReader> = new Map([
  ['drop', readDrop],
  ['truncate', readTruncate],
  ['prepare', readPrepare],
  ['execute', readExecute],
  ['call', readCall],
  ['binlog', readBinlog],
  ['alter', readLooseAlter],
  ['create', readLooseCreate],
  ['rename', readRename],
  ['delete', readDelete],
  ['update', readUpdate],
  ['load', readLoad],
  ['purge', readPurge],
  ['reset', readReset],
  ['start', readStart],
  ['change', readChange],
  ['clone', readClone],
  ['import', readImport],
]);

/** After these DELETE and UPDATE are events, rights or parts of another statement. */
const NO_STATEMENT_AFTER: ReadonlySet<string> = new Set('on key before after or grant'.split(' '));

const BLOCK_OPENERS: ReadonlySet<string> = new Set([
  'begin',
  'if',
  'case',
  'loop',
  'while',
  'repeat',
  'for',
]);

/** After these words a statement begins. */
const LEADERS: ReadonlySet<string> = new Set(['begin', 'loop', 'repeat', 'then', 'else', 'do']);

interface Blocks {
  depth: number;
  /** CASE … END inside an expression. */
  caseExpressions: number;
  /** The next token begins a statement. */
  atStart: boolean;
  /** The statement at hand is a DECLARE … HANDLER, whose statement begins anywhere. */
  inHandler: boolean;
  /** The next token begins a statement, or nothing that a server takes. */
  surelyAtStart: boolean;
  /** The word before. */
  previous: string;
  /** What may still be read of it. */
  left: number;
  /** Behind the `<<` of an ORACLE mode label. */
  inLabel: boolean;
}

/** In words. A statement counts for twelve: bodies have fewer than fifty thousand of them. */
const MOST_WORDS = 600_000;
const WORDS_A_STATEMENT = 12;

/**
 * Reads a body up to the semicolon after it, or the end of the text. In a compound statement that
 * runs at once it also stops after whatever may change how the rest is read. Where a
 * statement `begins` only `later` the lexer is at a header, in which BEGIN may be a name.
 */
export function readBody(walk: Walk, begins: 'here' | 'surely' | 'later' = 'here'): void {
  const { lexer } = walk;
  const blocks: Blocks = {
    depth: 0,
    caseExpressions: 0,
    atStart: begins !== 'later',
    inHandler: false,
    surelyAtStart: begins === 'surely',
    previous: '',
    left: MOST_WORDS,
    inLabel: false,
  };
  walk.inBody = true;
  while (lexer.kind !== TOKEN.end) {
    if (isSymbol(lexer, BYTE.semicolon) && (blocks.depth <= 0 || isSwitchedNow(walk))) break;
    if (blocks.left < 0) giveUp(walk);
    else stepInBody(walk, blocks);
  }
  walk.inBody = false;
}

/** Where the body ends is not known, so what is behind it is not read either. */
function giveUp(walk: Walk): void {
  const { lexer } = walk;
  walk.alsoNow = true;
  emit(walk, { effect: 'unreadable', verb: 'BLOCK', reason: 'a block holds more than is read' });
  lexer.position = lexer.text.length;
  advance(lexer);
}

function isSwitchedNow(walk: Walk): boolean {
  return walk.switches !== undefined && (!walk.deferred || walk.alsoNow);
}

function stepInBody(walk: Walk, blocks: Blocks): void {
  const { lexer } = walk;
  if (blocks.surelyAtStart) {
    blocks.left -= WORDS_A_STATEMENT;
    readBareCall(walk);
  }
  blocks.surelyAtStart = false;
  if (lexer.kind === TOKEN.word) {
    readWordInBody(walk, blocks);
    return;
  }
  const isBoundary =
    isSymbol(lexer, BYTE.semicolon) ||
    endsLabel(lexer, blocks) ||
    (isSymbol(lexer, BYTE.colon) && lexer.text[lexer.end] !== BYTE.equals);
  if (isSymbol(lexer, BYTE.semicolon)) blocks.inHandler = false;
  blocks.atStart = isBoundary;
  blocks.surelyAtStart = isSymbol(lexer, BYTE.semicolon) || ORDERS.has(blocks.previous);
  blocks.previous = isSymbol(lexer, BYTE.comma) ? ',' : '';
  advance(lexer);
}

/** `<<a>>` before a statement. Any other `>` compares, and an IF behind it is the function. */
function endsLabel(lexer: Lexer, blocks: Blocks): boolean {
  // Behind ; alone: a column may be called BEGIN, and be shifted by a number.
  if (isSymbol(lexer, BYTE.less)) blocks.inLabel ||= blocks.atStart && blocks.previous === '';
  const ends = blocks.inLabel && isSymbol(lexer, BYTE.greater);
  if (!ends || lexer.text[lexer.start - 1] !== BYTE.greater) return false;
  blocks.inLabel = false;
  return true;
}

function readWordInBody(walk: Walk, blocks: Blocks): void {
  const { lexer } = walk;
  const word = wordAt(lexer);
  const { previous } = blocks;
  blocks.left -= 1;
  keepBlocks(walk, blocks, word);
  blocks.surelyAtStart = blocks.atStart || leadsByItself(word, previous);
  if (word === 'use') loseSchema(walk);
  if (word === 'set') readSet(walk, readAnyVerb);
  else if (isPartOfOther(word, previous) || !readLoose(walk, word)) advance(lexer);
}

/** Before the name of another trigger, behind which the body of this one begins. */
const ORDERS: ReadonlySet<string> = new Set(['follows', 'precedes']);

/** BEGIN NOT ATOMIC, and a trigger's FOR EACH ROW [FOLLOWS x]. */
function leadsByItself(word: string, previous: string): boolean {
  if (word === 'atomic') return previous === 'not';
  return (word === 'row' && previous === 'each') || ORDERS.has(previous);
}

function isPartOfOther(word: string, previous: string): boolean {
  return (word === 'delete' || word === 'update') && NO_STATEMENT_AFTER.has(previous);
}

/** In ORACLE mode `p` and `p(1)` call a procedure; no other mode takes them. */
function readBareCall(walk: Walk): void {
  const { lexer } = walk;
  if (lexer.reading.flavour !== 'mariadb') return;
  if (lexer.kind === TOKEN.word && NO_PROCEDURES.has(wordAt(lexer))) return;
  const mark = markOf(lexer);
  const object = tookQualifiedName(walk);
  const calls = isOver(lexer) || isSymbol(lexer, BYTE.openParen);
  returnTo(lexer, mark);
  if (object === undefined || !calls) return;
  walk.prepares = 'unknown';
  const reason = 'what the routine does is not in this text';
  emit(walk, { effect: 'run-opaque', verb: 'CALL', objects: [object], reason });
}

/** Words that begin other statements, or end blocks, right before `;` or `(`. */
const NO_PROCEDURES: ReadonlySet<string> = new Set(
  `begin call case close commit continue declare do drop else elseif elsif end exception execute
  exit fetch for goto if insert iterate leave loop null open prepare raise repeat replace resignal
  return rollback select set signal start until values when while with xa`.split(/\s+/),
);

function loseSchema(walk: Walk): void {
  walk.database = undefined;
  walk.movesTo = 'unknown';
}

/** The statement after SET STATEMENT … FOR inside a body. */
function readAnyVerb(walk: Walk): void {
  readLoose(walk, wordAt(walk.lexer));
}

/** Tries the verb here; comes back to where it was if it is none. */
function readLoose(walk: Walk, word: string): boolean {
  const reader = LOOSE_VERBS.get(word);
  if (reader === undefined) return false;
  const isRowVerb = word === 'delete' || word === 'update';
  if (isRowVerb && walk.lexer.start < walk.barrenTo) return false;
  const mark = markOf(walk.lexer);
  if (reader(walk)) return true;
  // Looking further for its parts from every such word would take the square of the text's length.
  if (isRowVerb) walk.barrenTo = walk.lexer.start;
  returnTo(walk.lexer, mark);
  return false;
}

function keepBlocks(walk: Walk, blocks: Blocks, word: string): void {
  const starts = blocks.atStart || blocks.inHandler;
  const isLabel = isLabelled(walk.lexer);
  blocks.atStart = false;
  if (word === 'handler' || word === 'continue' || word === 'exit') {
    blocks.inHandler = blocks.inHandler || blocks.previous === 'declare' || word === 'handler';
  }
  if (word === 'end') closeBlock(walk.lexer, blocks);
  else if (!isLabel) openBlock(walk, blocks, { word, starts });
  blocks.previous = word;
}

function openBlock(
  walk: Walk,
  blocks: Blocks,
  at: { readonly word: string; readonly starts: boolean },
): void {
  const { word, starts } = at;
  if (word === 'case' && !starts) blocks.caseExpressions += 1;
  else if (starts && BLOCK_OPENERS.has(word)) {
    // A condition may be called `begin`: then the end of this body is not certain.
    if (blocks.inHandler) walk.alsoNow ||= !isSureHandlerBlock(blocks, word);
    if (!(blocks.inHandler && word === 'for')) blocks.depth += 1;
  }
  const leads = LEADERS.has(word) && blocks.caseExpressions === 0;
  blocks.atStart = leads && !(word === 'do' && starts);
  if (blocks.atStart && starts && word !== 'do') blocks.inHandler = false;
}

function isSureHandlerBlock(blocks: Blocks, word: string): boolean {
  return word === 'begin' && blocks.previous !== 'for' && blocks.previous !== ',';
}

/** `END`, and the word that says of what, so that it opens nothing. */
function closeBlock(lexer: Lexer, blocks: Blocks): void {
  if (blocks.caseExpressions > 0) {
    blocks.caseExpressions -= 1;
    return;
  }
  blocks.depth -= 1;
  const mark = markOf(lexer);
  advance(lexer);
  if (!BLOCK_OPENERS.has(wordAt(lexer))) returnTo(lexer, mark);
}

/** `name:` and `name :=`: a label or a variable, whatever keyword it looks like. */
function isLabelled(lexer: Lexer): boolean {
  if (!mayColonFollow(lexer)) return false;
  const mark = markOf(lexer);
  advance(lexer);
  const labelled = isSymbol(lexer, BYTE.colon);
  returnTo(lexer, mark);
  return labelled;
}

/** DROP, CALL, LOAD. */
const SHORTEST_VERB = 4;

/** Reads a statement of a kind no server is known to have: nothing guarded may hide in it. */
export function readUnknown(walk: Walk): void {
  const { lexer } = walk;
  const hidden: Walk = { ...walk, effects: [] };
  while (lexer.kind !== TOKEN.end && !isSymbol(lexer, BYTE.semicolon)) {
    if (lexer.dotSeparates) skipNames(lexer);
    const mayBeVerb = lexer.kind === TOKEN.word && lexer.end - lexer.start >= SHORTEST_VERB;
    if (!mayBeVerb || !readLoose(hidden, wordAt(lexer))) advance(lexer);
  }
  if (hidden.prepares !== walk.prepares) walk.prepares = 'unknown';
  walk.isLoggingOpen ||= hidden.isLoggingOpen;
  const first = hidden.effects[0];
  if (first === undefined) return;
  const objects = hidden.effects.flatMap((effect) => effect.objects);
  const reason = `${first.verb} stands in a statement of a kind that is not known`;
  emit(walk, { effect: 'unreadable', verb: first.verb, objects, reason });
}
