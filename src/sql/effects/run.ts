// Code that runs other code: PREPARE, EXECUTE, CALL, BINLOG. Text that stands in a literal is read;
// whatever else it would run cannot be known here.
import { BYTE } from '../byte-classes.js';
import type { EffectObject } from '../effect.js';
import { advance, type Lexer, TOKEN } from '../lexer.js';
import { stringAt, wordAt } from '../words.js';
import {
  add,
  emit,
  isOver,
  isPlainFirst,
  isSymbol,
  markOf,
  returnTo,
  took,
  tookBareName,
  tookQualifiedName,
  type Walk,
} from './walk.js';

const DEEPEST_LITERAL = 8;

/** At PREPARE. False when it is no statement: a name that happens to stand there. */
export function readPrepare(walk: Walk): boolean {
  const { lexer } = walk;
  advance(lexer);
  const name = tookBareName(lexer);
  if (name === undefined || !took(lexer, 'from')) return false;
  const run = readRunText(
    walk,
    'PREPARE',
    `the text of the prepared statement ${name} is computed`,
  );
  const isOnly = walk.prepares === undefined && isPlainFirst(walk) && PLAIN_NAME.test(name);
  walk.prepares = isOnly && run !== undefined ? { name, ...run } : 'unknown';
  return true;
}

/** At EXECUTE: what a prepared statement holds is not in the text that runs it. */
export function readExecute(walk: Walk): boolean {
  const { lexer } = walk;
  advance(lexer);
  if (took(lexer, 'immediate')) {
    readRunText(walk, 'EXECUTE IMMEDIATE', 'the text it would run is computed');
    mayChangeAnything(walk);
    return true;
  }
  if (NOT_A_NAME.has(wordAt(lexer))) return false;
  const name = tookBareName(lexer);
  if (name === undefined) return false;
  if (!isOver(lexer) && wordAt(lexer) !== 'using' && !isBlockWord(lexer)) return false;
  const reason = `what the prepared statement ${name} does is not in this text`;
  const isPlain = isPlainFirst(walk) && PLAIN_NAME.test(name);
  const runs = isPlain ? { runs: { kind: 'prepared', name } as const } : {};
  emit(walk, { effect: 'run-opaque', verb: 'EXECUTE', objects: [{ name }], reason, ...runs });
  mayChangeAnything(walk);
  return true;
}

/** GRANT EXECUTE ON, and columns of that name. */
const NOT_A_NAME: ReadonlySet<string> = new Set(['on', 'from', 'as', 'to', 'and', 'or', 'where']);

/** A symbol or the end of a block after EXECUTE s: still an EXECUTE as far as we care. */
function isBlockWord(lexer: Lexer): boolean {
  return wordAt(lexer) !== '' || lexer.kind === TOKEN.name;
}

/** At CALL. */
export function readCall(walk: Walk): boolean {
  const { lexer } = walk;
  advance(lexer);
  const object = tookQualifiedName(walk);
  if (object === undefined) return false;
  if (!runsLiteral(walk, object)) {
    const reason = 'what the routine does is not in this text';
    emit(walk, { effect: 'run-opaque', verb: 'CALL', objects: [object], reason });
  }
  mayChangeAnything(walk);
  return true;
}

/** CALL sys.execute_prepared_stmt('…'): the text is in this one after all. */
function runsLiteral(walk: Walk, { schema, name }: EffectObject): boolean {
  const { lexer } = walk;
  const isIt = name?.toLowerCase() === 'execute_prepared_stmt' && schema?.toLowerCase() === 'sys';
  if (!isIt || !isSymbol(lexer, BYTE.openParen) || walk.depth >= DEEPEST_LITERAL) return false;
  const mark = markOf(lexer);
  advance(lexer);
  const literal = stringAt(lexer);
  if (literal !== undefined) advance(lexer);
  const isWhole = literal !== undefined && isSymbol(lexer, BYTE.closeParen);
  if (isWhole) for (const effect of walk.readNested(literal, walk)) add(walk, effect);
  else returnTo(lexer, mark);
  return isWhole;
}

/** At BINLOG '…': replays row events. */
export function readBinlog(walk: Walk): boolean {
  advance(walk.lexer);
  if (walk.lexer.kind !== TOKEN.string && !isSymbol(walk.lexer, BYTE.at)) return false;
  const reason = 'it replays events of a binary log';
  emit(walk, { effect: 'run-opaque', verb: 'BINLOG', reason });
  return true;
}

/** Names that every server tells apart in the same way, whatever its character sets. */
const PLAIN_NAME = /^[a-z0-9_$]+$/i;

/**
 * The text after FROM or IMMEDIATE: a literal, or something that only the server can know. Tells
 * the literal, or nothing of a variable's; undefined where it is neither.
 */
function readRunText(walk: Walk, verb: string, reason: string): Run | undefined {
  if (tookFailingName(walk)) return { fails: true };
  const literal = stringAt(walk.lexer);
  if (literal !== undefined && walk.depth < DEEPEST_LITERAL) {
    advance(walk.lexer);
    if (isTextOver(walk.lexer)) {
      for (const effect of walk.readNested(literal, walk)) add(walk, effect);
      return { text: literal };
    }
    if (isErrorAfterLiteral(walk)) return { fails: true };
  }
  const name = literal === undefined ? tookVariable(walk) : undefined;
  if (name === undefined || !isTextOver(walk.lexer)) {
    emit(walk, { effect: 'run-opaque', verb, reason });
    return undefined;
  }
  const ofVariable = `only the session knows what its variable @${name} holds`;
  const runs = isPlainFirst(walk) ? { runs: { kind: 'variable', name } as const } : {};
  emit(walk, { effect: 'run-opaque', verb, reason: ofVariable, ...runs });
  return {};
}

/** MariaDB takes an expression where MySQL takes one literal and nothing more. */
const OPERATORS: ReadonlySet<string> = new Set(
  'and or xor div mod is in not like rlike regexp between collate sounds escape member'.split(' '),
);

/** Outside routines, where what no server parses stops nothing but itself. */
function isErrorAfterLiteral({ lexer, inBody, deferred }: Walk): boolean {
  if (inBody || deferred) return false;
  if (lexer.reading.flavour === 'mysql') return true;
  return lexer.kind === TOKEN.word && !OPERATORS.has(wordAt(lexer)) && wordAt(lexer) !== '';
}

type Run = { readonly text?: Uint8Array; readonly fails?: true };

/** `FROM "…"` under ANSI_QUOTES is a name, and outside routines nothing has one: an error. */
function tookFailingName(walk: Walk): boolean {
  const { lexer } = walk;
  if (lexer.kind !== TOKEN.name || lexer.text[lexer.start] !== BYTE.doubleQuote) return false;
  if (walk.inBody || walk.deferred) return false;
  const mark = markOf(lexer);
  advance(lexer);
  if (isTextOver(lexer)) return true;
  returnTo(lexer, mark);
  return false;
}

function isTextOver(lexer: Lexer): boolean {
  return isOver(lexer) || wordAt(lexer) === 'using';
}

/** `@name`, the plainest of them; a quoted one follows its `@` as a token of its own. */
function tookVariable({ lexer }: Walk): string | undefined {
  if (!isSymbol(lexer, BYTE.at) || lexer.text[lexer.start] !== BYTE.at) return undefined;
  const bare = Buffer.from(lexer.text.subarray(lexer.start + 1, lexer.end)).toString('latin1');
  if (!VARIABLE_NAME.test(bare)) return undefined;
  advance(lexer);
  return bare;
}

const VARIABLE_NAME = /^[a-z0-9_.$]+$/i;

function mayChangeAnything(walk: Walk): void {
  walk.isLoggingOpen = true;
  walk.prepares = 'unknown';
  walk.switches = { sqlMode: 'unknown', charset: 'unknown' };
  walk.movesTo = 'unknown';
  // Names in kept code mean what they meant when it was made, wherever the session is by then.
  if (!walk.deferred || walk.alsoNow) walk.database = undefined;
}
