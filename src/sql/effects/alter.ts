// ALTER TABLE: columns, keys, partitions and rows that it loses, and RENAME TABLE. DROP, RENAME and
// PARTITION are reserved everywhere, so each counts wherever it stands as a bare word.
import { BYTE } from '../byte-classes.js';
import type { Effect, EffectObject } from '../effect.js';
import { advance, type Lexer, TOKEN } from '../lexer.js';
import { isNameToken, nameAt, stringAt, wordAt } from '../words.js';
import { emitCodeWrites } from './code-tables.js';
import { readAlterEvent } from './event.js';
import { skipDefiner } from './replace.js';
import {
  emit,
  isOver,
  isSymbol,
  skipIfExists,
  took,
  tookAny,
  tookQualifiedName,
  tookSymbol,
  type Walk,
} from './walk.js';

interface Altered {
  readonly walk: Walk;
  readonly table: EffectObject | undefined;
  readonly verb: string;
  /** ALTER IGNORE drops each row that does not fit. */
  readonly ignores: boolean;
}

const ALTER_OPTIONS: ReadonlySet<string> = new Set(['online', 'offline', 'ignore']);

/** Steps over the words between ALTER and TABLE; true if one of them is IGNORE. */
export function tookAlterOptions(lexer: Lexer): boolean {
  let ignores = false;
  for (;;) {
    const option = tookAny(lexer, ALTER_OPTIONS);
    if (option === undefined) return ignores;
    ignores ||= option === 'ignore';
  }
}

/** At TABLE, after ALTER and its options. */
export function readAlterTable(walk: Walk, ignores: boolean): void {
  const { lexer } = walk;
  advance(lexer);
  skipIfExists(lexer);
  const verb = ignores ? 'ALTER IGNORE TABLE' : 'ALTER TABLE';
  const altered: Altered = { walk, table: tookQualifiedName(walk), verb, ignores };
  while (!isOver(lexer)) {
    const reader = lexer.kind === TOKEN.word ? CHANGES.get(wordAt(lexer)) : undefined;
    if (reader === undefined) advance(lexer);
    else {
      advance(lexer);
      reader(altered);
    }
  }
}

function lose(altered: Altered, effect: Effect, what: string, more?: EffectObject): void {
  const objects = [altered.table, more].filter((object) => object !== undefined);
  emit(altered.walk, { effect, verb: `${altered.verb} ${what}`, objects });
}

const CHANGES: ReadonlyMap<string, (altered: Altered) => void> = new Map([
  ['drop', readDropPart],
  ['rename', readRenameTo],
  ['truncate', (altered) => readPartition(altered, 'TRUNCATE')],
  ['exchange', readExchange],
  ['convert', readConvert],
  ['discard', (altered) => readTablespace(altered, 'drop-tablespace', 'DISCARD')],
  ['import', (altered) => readTablespace(altered, 'replace-table', 'IMPORT')],
  ['engine', readEngine],
  ['reorganize', readReorganize],
  ['unique', readFit],
  ['primary', readFit],
  ['partition', readFit],
]);

const DROPPED: ReadonlyMap<string, Effect | undefined> = new Map<string, Effect | undefined>([
  ['partition', 'drop-partition'],
  ['index', 'drop-index'],
  ['key', 'drop-index'],
  ['primary', 'drop-index'],
  // A constraint may be a UNIQUE one, which is an index.
  ['constraint', 'drop-index'],
  ['foreign', undefined],
  ['check', undefined],
  ['default', undefined],
]);

function readDropPart(altered: Altered): void {
  const { lexer } = altered.walk;
  const word = wordAt(lexer);
  if (DROPPED.has(word)) {
    const effect = DROPPED.get(word);
    if (effect !== undefined) lose(altered, effect, `DROP ${word.toUpperCase()}`);
    return;
  }
  if (word === 'system' || word === 'period') {
    advance(lexer);
    if (word === 'period' && took(lexer, 'for')) return;
    // The rows that only the history held are gone with it.
    if (word === 'system' && took(lexer, 'versioning')) {
      lose(altered, 'drop-partition', 'DROP SYSTEM VERSIONING');
      return;
    }
  }
  lose(altered, 'drop-column', 'DROP COLUMN');
}

const RENAMED_PARTS: ReadonlySet<string> = new Set(['column', 'index', 'key']);

function readRenameTo(altered: Altered): void {
  const { lexer } = altered.walk;
  if (RENAMED_PARTS.has(wordAt(lexer))) return;
  if (tookAny(lexer, TO) === undefined) tookSymbol(lexer, BYTE.equals);
  const renamed = tookQualifiedName(altered.walk);
  lose(altered, 'rename-table', 'RENAME', renamed);
  if (renamed !== undefined) emitCodeWrites(altered.walk, altered.verb, [renamed]);
}

const TO: ReadonlySet<string> = new Set(['to', 'as']);

function readPartition(altered: Altered, what: string): void {
  if (!took(altered.walk.lexer, 'partition')) return;
  lose(altered, 'drop-partition', `${what} PARTITION`);
}

/** EXCHANGE PARTITION p WITH TABLE t: the rows of both change places. */
function readExchange(altered: Altered): void {
  const { lexer } = altered.walk;
  if (!took(lexer, 'partition')) return;
  while (!isOver(lexer) && !took(lexer, 'table')) advance(lexer);
  lose(altered, 'drop-partition', 'EXCHANGE PARTITION', tookQualifiedName(altered.walk));
}

/** CONVERT PARTITION p TO TABLE t, CONVERT TABLE t TO PARTITION p. */
function readConvert(altered: Altered): void {
  const { lexer } = altered.walk;
  if (took(lexer, 'table')) {
    lose(altered, 'rename-table', 'CONVERT TABLE', tookQualifiedName(altered.walk));
  } else readPartition(altered, 'CONVERT');
}

/** DISCARD TABLESPACE, DISCARD PARTITION p TABLESPACE, and the same with IMPORT. */
function readTablespace(altered: Altered, effect: Effect, what: string): void {
  const word = wordAt(altered.walk.lexer);
  if (word !== 'tablespace' && word !== 'partition') return;
  lose(altered, effect, `${what} TABLESPACE`);
}

/**
 * REORGANIZE of LIST partitions loses the rows whose value is in none of the new ones, without a
 * word, on every line; of RANGE partitions it must keep the whole range.
 */
function readReorganize(altered: Altered): void {
  const { lexer } = altered.walk;
  if (!took(lexer, 'partition')) return;
  let loses = altered.ignores;
  while (!isOver(lexer)) {
    if (took(lexer, 'values')) loses ||= wordAt(lexer) === 'in';
    if (!isOver(lexer)) advance(lexer);
  }
  if (loses) lose(altered, 'drop-partition', 'REORGANIZE PARTITION');
}

/** With IGNORE, rows that are not unique or belong to no partition are dropped. */
function readFit(altered: Altered): void {
  if (altered.ignores) lose(altered, 'replace-table', 'KEY OR PARTITION');
}

const KEEPS_NOTHING: ReadonlySet<string> = new Set(['blackhole', 'example', 'federated']);

function readEngine(altered: Altered): void {
  const { lexer } = altered.walk;
  tookSymbol(lexer, BYTE.equals);
  const engine = engineName(lexer);
  if (!KEEPS_NOTHING.has(engine)) return;
  lose(altered, 'replace-table', `ENGINE=${engine.toUpperCase()}`);
}

function engineName(lexer: Lexer): string {
  const literal = stringAt(lexer);
  if (literal !== undefined) return new TextDecoder().decode(literal).toLowerCase();
  return isNameToken(lexer) ? nameAt(lexer).toLowerCase() : '';
}

const TABLES: ReadonlySet<string> = new Set(['table', 'tables']);

/** At RENAME. False for RENAME USER, and where it is no statement. */
export function readRename(walk: Walk): boolean {
  const { lexer } = walk;
  advance(lexer);
  if (tookAny(lexer, TABLES) === undefined) return false;
  skipIfExists(lexer);
  const objects: EffectObject[] = [];
  while (!isOver(lexer)) {
    const isPlace = objects.length === 0 || isSymbol(lexer, BYTE.comma) || wordAt(lexer) === 'to';
    if (objects.length > 0) advance(lexer);
    const object = isPlace ? tookQualifiedName(walk) : undefined;
    if (object !== undefined) objects.push(object);
    else if (objects.length === 0) break;
  }
  emit(walk, { effect: 'rename-table', verb: 'RENAME TABLE', objects });
  emitCodeWrites(walk, 'RENAME TABLE', objects);
  return true;
}

/** ALTER TABLESPACE s DROP DATAFILE 'f'. */
export function readAlterTablespace(walk: Walk): void {
  const { lexer } = walk;
  advance(lexer);
  const name = isNameToken(lexer) ? nameAt(lexer) : undefined;
  while (!isOver(lexer)) {
    if (took(lexer, 'drop') && took(lexer, 'datafile')) {
      const objects = name === undefined ? [] : [{ name }];
      emit(walk, { effect: 'drop-tablespace', verb: 'ALTER TABLESPACE DROP DATAFILE', objects });
    }
    if (!isOver(lexer)) advance(lexer);
  }
}

/** At ALTER inside a body. */
export function readLooseAlter(walk: Walk): boolean {
  const { lexer } = walk;
  advance(lexer);
  skipDefiner(lexer);
  const ignores = tookAlterOptions(lexer);
  // A body that it has is read like what stands around it.
  if (wordAt(lexer) === 'event') return readAlterEvent(walk);
  if (wordAt(lexer) !== 'table') return false;
  readAlterTable(walk, ignores);
  return true;
}
