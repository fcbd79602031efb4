// The server's own tables that hold code: a row written into them is code that runs later, whatever
// its text looked like when it was written. Measured on MariaDB 10.11: an UPDATE of mysql.event and
// event_scheduler switched off and on ran a DROP that no statement ever showed.
import { BYTE } from '../byte-classes.js';
import type { EffectObject } from '../effect.js';
import { advance } from '../lexer.js';
import { wordAt } from '../words.js';
import { emit, isSymbol, took, tookAny, tookQualifiedName, type Walk } from './walk.js';

const CODE_TABLES: ReadonlySet<string> = new Set(['event', 'proc', 'func']);
const OPTIONS: ReadonlySet<string> = new Set(
  'low_priority delayed high_priority ignore replace concurrent'.split(' '),
);

/** What its name says: a table of code, or a bare name that may be one. */
export function holdsCode({ schema, name }: EffectObject): boolean {
  if (name === undefined || !CODE_TABLES.has(name.toLowerCase())) return false;
  return schema === undefined || schema.toLowerCase() === 'mysql';
}

/** Those among the tables that are written to. */
export function emitCodeWrites(walk: Walk, verb: string, tables: readonly EffectObject[]): void {
  const objects = tables.filter(holdsCode);
  if (objects.length === 0) return;
  const reason = 'it writes code into the table that the server runs code from';
  emit(
    { ...walk, deferred: true, alsoNow: false },
    { effect: 'run-opaque', verb, objects, reason },
  );
}

/** At INSERT and REPLACE. */
export function readInsert(walk: Walk): boolean {
  const { lexer } = walk;
  const verb = wordAt(lexer).toUpperCase();
  advance(lexer);
  // The functions INSERT() and REPLACE().
  if (isSymbol(lexer, BYTE.openParen)) return false;
  while (tookAny(lexer, OPTIONS) !== undefined);
  took(lexer, 'into');
  const table = tookQualifiedName(walk);
  if (table !== undefined) emitCodeWrites(walk, verb, [table]);
  return false;
}
