// CREATE OR REPLACE: drops what was there without saying so. What is created instead is none of
// its business; create.ts reads the bodies.
import { BYTE } from '../byte-classes.js';
import type { Effect, EffectObject } from '../effect.js';
import { advance, type Lexer, TOKEN } from '../lexer.js';
import { wordAt } from '../words.js';
import { tookAccounts } from './drop.js';
import {
  emit,
  isOver,
  isSymbol,
  skipIfExists,
  took,
  tookAny,
  tookQualifiedName,
  type Walk,
} from './walk.js';

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

/** Steps over OR REPLACE. */
export function tookReplace(lexer: Lexer): boolean {
  return took(lexer, 'or') && took(lexer, 'replace');
}

/** Steps over whatever stands before the kind of thing. */
export function skipToKind(lexer: Lexer): void {
  skipDefiner(lexer);
  while (tookAny(lexer, BEFORE_KIND) !== undefined);
}

/** DEFINER = user@host, CURRENT_USER(), a role: any name at all may stand there. */
export function skipDefiner(lexer: Lexer): void {
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

/** At the kind of what CREATE OR REPLACE replaces. */
export function readReplaced(walk: Walk): void {
  const { lexer } = walk;
  const kind = wordAt(lexer);
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

/** At CREATE inside a block. */
export function readLooseCreate(walk: Walk): boolean {
  const { lexer } = walk;
  advance(lexer);
  if (!tookReplace(lexer)) return false;
  skipToKind(lexer);
  readReplaced(walk);
  return true;
}
