// CREATE and ALTER of what holds code (its body is read, as deferred), and CREATE OR REPLACE,
// which drops what was there.
import { BYTE } from '../byte-classes.js';
import type { Effect, EffectObject } from '../effect.js';
import { advance, type Lexer, TOKEN } from '../lexer.js';
import { wordAt } from '../words.js';
import { readAlterTable, readAlterTablespace } from './alter.js';
import { readBody } from './body.js';
import { tookAccounts } from './drop.js';
import {
  emit,
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

const WITH_BODY: ReadonlySet<string> = new Set([
  'procedure',
  'function',
  'trigger',
  'event',
  'package',
  'library',
]);

const REPLACED: ReadonlyMap<string, Effect> = new Map([
  ['table', 'replace-table'],
  ['sequence', 'replace-table'],
  ['database', 'drop-database'],
  ['schema', 'drop-database'],
  ['procedure', 'drop-routine'],
  ['function', 'drop-routine'],
  ['trigger', 'drop-routine'],
  ['event', 'drop-routine'],
  ['package', 'drop-routine'],
  ['user', 'drop-user'],
  ['role', 'drop-user'],
  ['server', 'drop-tablespace'],
  ['index', 'drop-index'],
]);

/** Words between CREATE OR REPLACE and what is created. */
const BEFORE_KIND: ReadonlySet<string> = new Set(['aggregate', 'unique', 'fulltext', 'spatial']);

/** At CREATE. */
export function readCreate(walk: Walk): void {
  const { lexer } = walk;
  advance(lexer);
  const replaces = took(lexer, 'or') && took(lexer, 'replace');
  skipDefiner(lexer);
  while (tookAny(lexer, BEFORE_KIND) !== undefined);
  const kind = wordAt(lexer);
  if (replaces) {
    const mark = markOf(lexer);
    readReplaced(walk, kind);
    returnTo(lexer, mark);
  }
  if (WITH_BODY.has(kind)) readKeptBody(walk);
}

/** DEFINER = user@host, CURRENT_USER(), a role: any name at all may stand there. */
function skipDefiner(lexer: Lexer): void {
  if (!took(lexer, 'definer')) return;
  if (isSymbol(lexer, BYTE.equals)) advance(lexer);
  advance(lexer);
  if (isSymbol(lexer, BYTE.openParen)) {
    advance(lexer);
    if (isSymbol(lexer, BYTE.closeParen)) advance(lexer);
  }
  if (!isSymbol(lexer, BYTE.at)) return;
  const holdsHost = lexer.end > lexer.start + 1;
  advance(lexer);
  if (!holdsHost && lexer.kind !== TOKEN.end) advance(lexer);
}

function readReplaced(walk: Walk, kind: string): void {
  const { lexer } = walk;
  const effect = REPLACED.get(kind);
  if (effect === undefined) return;
  advance(lexer);
  if (kind === 'package') took(lexer, 'body');
  skipIfExists(lexer);
  emit(walk, {
    effect,
    verb: `CREATE OR REPLACE ${kind.toUpperCase()}`,
    objects: replacedBy(walk, kind),
  });
}

function replacedBy(walk: Walk, kind: string): readonly EffectObject[] {
  const { lexer } = walk;
  if (kind === 'user' || kind === 'role') return tookAccounts(lexer);
  if (kind === 'index') {
    while (!isOver(lexer) && !took(lexer, 'on')) advance(lexer);
  }
  const object = tookQualifiedName(walk);
  if (object === undefined) return [];
  if (kind === 'database' || kind === 'schema') return [{ schema: object.name ?? '' }];
  return kind === 'server' ? [{ name: object.name ?? '' }] : [object];
}

/** From the kind of the thing to the end of its body. */
function readKeptBody(walk: Walk): void {
  const { deferred, alsoNow, database, movesTo, switches } = walk;
  walk.deferred = true;
  readForeignBody(walk);
  advance(walk.lexer);
  readBody(walk);
  // What kept code does to the session it does later, unless it is not sure where it ends.
  const endIsSure = !walk.alsoNow;
  Object.assign(walk, { deferred, alsoNow });
  if (endIsSure) Object.assign(walk, { database, movesTo, switches });
}

/** A dollar-quoted body is in another language, and may run whatever it likes. */
function readForeignBody(walk: Walk): void {
  const { reading, text } = walk.lexer;
  if (!reading.dollarQuotes) return;
  const quoted = Buffer.from(text.buffer, text.byteOffset, text.byteLength).includes('$');
  if (!quoted) return;
  const reason = 'the body may be in a language other than SQL';
  emit(walk, { effect: 'run-opaque', verb: 'CREATE', reason });
}

const ALTER_OPTIONS: ReadonlySet<string> = new Set(['online', 'offline', 'ignore']);

/** At ALTER: ALTER EVENT has a body like CREATE EVENT. */
export function readAlter(walk: Walk): void {
  const { lexer } = walk;
  advance(lexer);
  skipDefiner(lexer);
  while (tookAny(lexer, ALTER_OPTIONS) !== undefined) skipDefiner(lexer);
  if (isOver(lexer)) return;
  const kind = wordAt(lexer);
  if (WITH_BODY.has(kind)) readKeptBody(walk);
  else if (kind === 'table') readAlterTable(walk);
  else if (kind === 'tablespace') readAlterTablespace(walk);
}
