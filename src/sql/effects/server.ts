// Statements about the server itself: its binary logs, what it replicates from, its end, and
// copies of other servers put in its place. STOP and RESET … ALL are the way out, never an effect.
import { BYTE } from '../byte-classes.js';
import type { Effect } from '../effect.js';
import { advance } from '../lexer.js';
import { wordAt } from '../words.js';
import { emit, isOver, isSymbol, took, tookAny, type Walk } from './walk.js';

function found(walk: Walk, effect: Effect, verb: string): true {
  emit(walk, { effect, verb });
  return true;
}

const LOGS: ReadonlySet<string> = new Set(['binary', 'master']);

/** At PURGE. */
export function readPurge(walk: Walk): boolean {
  advance(walk.lexer);
  if (tookAny(walk.lexer, LOGS) === undefined) return false;
  return found(walk, 'destroy-history', 'PURGE BINARY LOGS');
}

const REPLICA: ReadonlySet<string> = new Set(['slave', 'replica']);
const RESETTABLE: ReadonlySet<string> = new Set([
  ...REPLICA,
  'master',
  'binary',
  'query',
  'persist',
]);

/** At RESET: a list of what is to be reset. */
export function readReset(walk: Walk): boolean {
  const { lexer } = walk;
  advance(lexer);
  if (!RESETTABLE.has(wordAt(lexer))) return false;
  while (!isOver(lexer)) {
    const word = wordAt(lexer);
    const isAll = restOfItem(walk);
    if (LOGS.has(word)) {
      found(walk, 'destroy-history', word === 'master' ? 'RESET MASTER' : 'RESET BINARY LOGS');
    } else if (REPLICA.has(word) && !isAll) {
      found(walk, 'relink', `RESET ${word.toUpperCase()}`);
    }
    if (isSymbol(lexer, BYTE.comma)) advance(lexer);
  }
  return true;
}

/** Steps to the next item; true if ALL stood in this one. */
function restOfItem(walk: Walk): boolean {
  const { lexer } = walk;
  let isAll = false;
  do {
    advance(lexer);
    isAll ||= wordAt(lexer) === 'all';
  } while (!isOver(lexer) && !isSymbol(lexer, BYTE.comma));
  return isAll;
}

const STARTED: ReadonlySet<string> = new Set([...REPLICA, 'all', 'group_replication']);

/** At START. */
export function readStart(walk: Walk): boolean {
  advance(walk.lexer);
  const word = tookAny(walk.lexer, STARTED);
  if (word === undefined) return false;
  return found(
    walk,
    'relink',
    word === 'all' ? 'START ALL REPLICAS' : `START ${word.toUpperCase()}`,
  );
}

/** At CHANGE. */
export function readChange(walk: Walk): boolean {
  const { lexer } = walk;
  advance(lexer);
  if (took(lexer, 'master')) return found(walk, 'relink', 'CHANGE MASTER');
  if (!took(lexer, 'replication')) return false;
  return found(walk, 'relink', `CHANGE REPLICATION ${wordAt(lexer).toUpperCase()}`);
}

/** At SHUTDOWN and RESTART: a consumer that comes back replays what it missed. */
export function readEnd(walk: Walk): boolean {
  const { lexer } = walk;
  const verb = wordAt(lexer).toUpperCase();
  advance(lexer);
  if (!isOver(lexer) && wordAt(lexer) !== 'wait') return false;
  return found(walk, 'relink', verb);
}

/** At CLONE: INSTANCE without a folder of its own replaces everything that is here. */
export function readClone(walk: Walk): boolean {
  const { lexer } = walk;
  advance(lexer);
  if (!took(lexer, 'instance')) return false;
  let keepsOwn = false;
  while (!isOver(lexer)) {
    keepsOwn ||= took(lexer, 'data') && wordAt(lexer) === 'directory';
    if (!isOver(lexer)) advance(lexer);
  }
  if (!keepsOwn) found(walk, 'replace-table', 'CLONE INSTANCE');
  return true;
}

/** At IMPORT. */
export function readImport(walk: Walk): boolean {
  advance(walk.lexer);
  if (!took(walk.lexer, 'table')) return false;
  return found(walk, 'replace-table', 'IMPORT TABLE');
}
