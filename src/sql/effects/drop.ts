// DROP and TRUNCATE: everything that a statement's first words say is gone. ALTER … DROP is
// alter.ts's.

import { BYTE } from '../byte-classes.js';
import type { Effect } from '../effect.js';
import { advance, type Lexer } from '../lexer.js';
import { stringAt, wordAt } from '../words.js';
import {
  emit,
  isPlainFirst,
  isSymbol,
  skipIfExists,
  took,
  tookAny,
  tookBareName,
  tookNameList,
  tookQualifiedName,
  tookSymbol,
  type Walk,
} from './walk.js';

const LISTED: ReadonlyMap<string, Effect> = new Map([
  ['table', 'drop-table'],
  ['tables', 'drop-table'],
  ['sequence', 'drop-table'],
  ['view', 'drop-view'],
]);

const ROUTINES: ReadonlySet<string> = new Set([
  'procedure',
  'function',
  'package',
  'trigger',
  'event',
  'library',
]);

const ACCOUNTS: ReadonlySet<string> = new Set(['user', 'role']);

const STORAGE: ReadonlySet<string> = new Set(['tablespace', 'undo', 'logfile', 'server']);

/** Dropped without a loss that the table of effects knows. */
const HARMLESS: ReadonlySet<string> = new Set(['prepare', 'resource', 'spatial']);

/**
 * At DROP. False when what follows is no kind of object: no server knows it, or it is not the
 * beginning of a statement after all.
 */
export function readDrop(walk: Walk): boolean {
  const { lexer } = walk;
  advance(lexer);
  if (took(lexer, 'temporary')) return true;
  const kind = wordAt(lexer);
  if (HARMLESS.has(kind)) return true;
  return (
    readListed(walk, kind) ||
    readDatabase(walk, kind) ||
    readIndex(walk, kind) ||
    readOther(walk, kind)
  );
}

function readListed(walk: Walk, kind: string): boolean {
  const effect = LISTED.get(kind);
  if (effect === undefined) return false;
  advance(walk.lexer);
  skipIfExists(walk.lexer);
  const objects = tookNameList(walk);
  const isLone = objects.length === 1 && TABLE_WORDS.has(kind) && isPlainFirst(walk);
  const temporary = isLone ? { mayBeTemporary: true as const } : {};
  emit(walk, { effect, verb: `DROP ${kind.toUpperCase()}`, objects, ...temporary });
  return true;
}

const TABLE_WORDS: ReadonlySet<string> = new Set(['table', 'tables']);

const DATABASES: ReadonlySet<string> = new Set(['database', 'schema', 'catalog']);

function readDatabase(walk: Walk, kind: string): boolean {
  if (tookAny(walk.lexer, DATABASES) === undefined) return false;
  skipIfExists(walk.lexer);
  const schema = tookBareName(walk.lexer);
  const objects = schema === undefined ? [] : [{ schema }];
  emit(walk, { effect: 'drop-database', verb: `DROP ${kind.toUpperCase()}`, objects });
  // Dropping the default schema leaves the session without one.
  if (schema === walk.database || walk.database === undefined) walk.movesTo = 'unknown';
  return true;
}

const INDEX_OPTIONS: ReadonlySet<string> = new Set(['online', 'offline']);

/** DROP [ONLINE|OFFLINE] INDEX i ON t: the table is what it is done to. */
function readIndex(walk: Walk, kind: string): boolean {
  const { lexer } = walk;
  if (INDEX_OPTIONS.has(kind)) advance(lexer);
  if (!took(lexer, 'index')) return false;
  skipIfExists(lexer);
  tookBareName(lexer);
  const table = took(lexer, 'on') ? tookQualifiedName(walk) : undefined;
  const objects = table === undefined ? [] : [table];
  emit(walk, { effect: 'drop-index', verb: 'DROP INDEX', objects });
  return true;
}

function readOther(walk: Walk, kind: string): boolean {
  const { lexer } = walk;
  const verb = `DROP ${kind.toUpperCase()}`;
  if (tookAny(lexer, ROUTINES) !== undefined) {
    took(lexer, 'body');
    skipIfExists(lexer);
    const object = tookQualifiedName(walk);
    emit(walk, { effect: 'drop-routine', verb, objects: object === undefined ? [] : [object] });
    return true;
  }
  if (tookAny(lexer, ACCOUNTS) !== undefined) {
    skipIfExists(lexer);
    emit(walk, { effect: 'drop-user', verb, objects: tookAccounts(lexer) });
    return true;
  }
  if (tookAny(lexer, STORAGE) === undefined) return false;
  took(lexer, kind === 'logfile' ? 'group' : 'tablespace');
  skipIfExists(lexer);
  const name = tookBareName(lexer);
  emit(walk, { effect: 'drop-tablespace', verb, objects: name === undefined ? [] : [{ name }] });
  return true;
}

/** 'app'@'%', role: the account's name without its host. */
export function tookAccounts(lexer: Lexer): { name: string }[] {
  const names: { name: string }[] = [];
  do {
    const name = accountName(lexer);
    if (name === undefined) return names;
    names.push({ name });
    if (isSymbol(lexer, BYTE.at)) skipHost(lexer);
  } while (tookSymbol(lexer, BYTE.comma));
  return names;
}

function skipHost(lexer: Lexer): void {
  const hadHost = lexer.end > lexer.start + 1;
  advance(lexer);
  if (!hadHost && !isSymbol(lexer, BYTE.comma)) advance(lexer);
}

function accountName(lexer: Lexer): string | undefined {
  const bare = tookBareName(lexer);
  if (bare !== undefined) return bare;
  const literal = stringAt(lexer);
  if (literal === undefined) return undefined;
  advance(lexer);
  return new TextDecoder().decode(literal);
}

/** At TRUNCATE. False for the function TRUNCATE(…) and for ALTER … TRUNCATE PARTITION. */
export function readTruncate(walk: Walk): boolean {
  const { lexer } = walk;
  advance(lexer);
  if (wordAt(lexer) === 'partition') return false;
  const hasTable = took(lexer, 'table');
  const object = tookQualifiedName(walk);
  if (object === undefined && !hasTable) return false;
  const verb = hasTable ? 'TRUNCATE TABLE' : 'TRUNCATE';
  const objects = object === undefined ? [] : [object];
  emit(walk, { effect: 'truncate-table', verb, objects });
  return true;
}
