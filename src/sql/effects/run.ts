// Code that runs other code: PREPARE, EXECUTE, CALL, BINLOG. Text that stands in a literal is read;
// whatever else it would run cannot be known here.
import { BYTE } from '../byte-classes.js';
import { advance, type Lexer, TOKEN } from '../lexer.js';
import { stringAt, wordAt } from '../words.js';
import {
  emit,
  isOver,
  isSymbol,
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
  readRunText(walk, 'PREPARE', `the text of the prepared statement ${name} is computed`);
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
  emit(walk, { effect: 'run-opaque', verb: 'EXECUTE', objects: [{ name }], reason });
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
  const reason = 'what the routine does is not in this text';
  emit(walk, { effect: 'run-opaque', verb: 'CALL', objects: [object], reason });
  mayChangeAnything(walk);
  return true;
}

/** At BINLOG '…': replays row events. */
export function readBinlog(walk: Walk): boolean {
  advance(walk.lexer);
  if (walk.lexer.kind !== TOKEN.string && !isSymbol(walk.lexer, BYTE.at)) return false;
  const reason = 'it replays events of a binary log';
  emit(walk, { effect: 'run-opaque', verb: 'BINLOG', reason });
  return true;
}

/** The text after FROM or IMMEDIATE: a literal, or something that only the server can know. */
function readRunText(walk: Walk, verb: string, reason: string): void {
  const literal = stringAt(walk.lexer);
  if (literal !== undefined && walk.depth < DEEPEST_LITERAL) {
    advance(walk.lexer);
    if (isOver(walk.lexer) || wordAt(walk.lexer) === 'using') {
      walk.effects.push(...walk.readNested(literal, walk.deferred));
      return;
    }
  }
  emit(walk, { effect: 'run-opaque', verb, reason });
}

function mayChangeAnything(walk: Walk): void {
  walk.switches = { sqlMode: 'unknown', charset: 'unknown' };
  walk.movesTo = 'unknown';
  walk.database = undefined;
}
