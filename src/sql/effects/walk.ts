// What every family of effects works with: the walk through one text under one reading, and the
// small steps over its tokens. It knows no statement.
import { BYTE } from '../byte-classes.js';
import type { Effect, EffectObject, StatementEffect } from '../effect.js';
import { advance, type Lexer, TOKEN } from '../lexer.js';
import { pushOnce } from '../push-once.js';
import { skipStatement } from '../skip.js';
import { isNameToken, nameAt, wordAt } from '../words.js';

/**
 * What a SET, an EXECUTE or a CALL did to the reading of the statements after it: nothing
 * (absent), a value that stands in the text, or 'unknown'.
 */
export interface Switches {
  readonly sqlMode?: Switched;
  readonly charset?: Switched;
}

export type Switched = 'unknown' | { readonly value: string };

export interface Walk {
  readonly lexer: Lexer;
  readonly effects: StatementEffect[];
  /** The default schema; undefined while it is unknown. */
  database: string | undefined;
  /** What the text did to the default schema. */
  movesTo: { readonly schema: string } | 'unknown' | undefined;
  /** In code kept for later. */
  deferred: boolean;
  /** Where that code ends is not certain, so its effects count now as well. */
  alsoNow: boolean;
  switches: Switches | undefined;
  /** A SET whose variables may not be the session's own: GLOBAL, or for one statement only. */
  scopeIsOdd: boolean;
  /** Something before may have switched logging, so what the session says is no answer. */
  isLoggingOpen: boolean;
  /** The statement prepared under a name, or that some may have been; absent: none was. */
  prepares: Prepares | undefined;
  /** Nothing of the text stands before this statement. */
  isFirst: boolean;
  /** Statements around this one: SET STATEMENT … FOR, ANALYZE. */
  wrappers: number;
  inBody: boolean;
  /** No DELETE and no UPDATE that begins before this place is a statement: it was looked for. */
  barrenTo: number;
  /** How deep this text is inside literals that hold text. */
  readonly depth: number;
  /** Reads the text of a literal that would be run as a statement. */
  readonly readNested: ReadNested;
}

/** Under the default schema, and as the code kept for later, that it would run as. */
export type ReadNested = (
  text: Uint8Array,
  as: Pick<Walk, 'database' | 'deferred'>,
) => readonly StatementEffect[];

/**
 * A name that the session now knows a text by; `text` is absent where it came from a variable, and
 * where no server takes what stands there. 'unknown' where names may stand for other texts.
 */
export type Prepares =
  | { readonly name: string; readonly text?: Uint8Array; readonly fails?: true }
  | 'unknown';

export interface Found extends Pick<StatementEffect, 'runs' | 'mayBeTemporary'> {
  readonly effect: Effect;
  readonly verb: string;
  readonly objects?: readonly EffectObject[];
  readonly reason?: string;
}

export function emit(walk: Walk, found: Found): void {
  put(walk, found, walk.deferred);
  if (walk.deferred && walk.alsoNow) put(walk, found, false);
}

const NO_OBJECTS: readonly EffectObject[] = [];

type Growing = { -readonly [Key in keyof StatementEffect]: StatementEffect[Key] };

/** Field by field: a text may do this a million times, and spreading takes five times as long. */
function put(walk: Walk, found: Found, deferred: boolean): void {
  const { effect, verb, objects = NO_OBJECTS, reason, runs, mayBeTemporary } = found;
  const said: Growing = { effect, verb, objects, deferred };
  if (reason !== undefined) said.reason = reason;
  if (runs !== undefined) said.runs = runs;
  if (mayBeTemporary !== undefined) said.mayBeTemporary = mayBeTemporary;
  if (isLoggingOpen(walk)) said.isLoggingOpen = true;
  pushOnce(walk.effects, said);
}

/** What a text in a literal does. */
export function add(walk: Walk, effect: StatementEffect): void {
  pushOnce(walk.effects, isLoggingOpen(walk) ? { ...effect, isLoggingOpen: true } : effect);
}

/** In a body the order of the text is not that of time: loops come back. */
function isLoggingOpen(walk: Walk): boolean {
  return walk.isLoggingOpen || walk.inBody;
}

/** It runs once, before everything else of its text, and as the session is when that comes. */
export function isPlainFirst(walk: Walk): boolean {
  return walk.isFirst && walk.wrappers === 1 && !walk.inBody && !walk.deferred;
}

/** At the end of the statement: a semicolon or the end of the text. */
export function isOver(lexer: Lexer): boolean {
  return lexer.kind === TOKEN.end || isSymbol(lexer, BYTE.semicolon);
}

export function isSymbol(lexer: Lexer, byte: number): boolean {
  return lexer.kind === TOKEN.symbol && lexer.symbol === byte;
}

/** Steps over the word if it is the one at the lexer. */
export function took(lexer: Lexer, word: string): boolean {
  if (lexer.kind !== TOKEN.word || wordAt(lexer) !== word) return false;
  advance(lexer);
  return true;
}

/** Steps over whichever of the words is at the lexer. */
export function tookAny(lexer: Lexer, words: ReadonlySet<string>): string | undefined {
  const word = wordAt(lexer);
  if (word === '' || !words.has(word)) return undefined;
  advance(lexer);
  return word;
}

export function tookSymbol(lexer: Lexer, byte: number): boolean {
  if (!isSymbol(lexer, byte)) return false;
  advance(lexer);
  return true;
}

/** IF EXISTS and IF NOT EXISTS. */
export function skipIfExists(lexer: Lexer): void {
  if (!took(lexer, 'if')) return;
  took(lexer, 'not');
  took(lexer, 'exists');
}

export function skipToEnd(lexer: Lexer): void {
  skipStatement(lexer);
}

/** `schema.name`, `name` or `.name`; undefined if no name stands here. */
export function tookQualifiedName(walk: Walk): EffectObject | undefined {
  const { lexer } = walk;
  tookSymbol(lexer, BYTE.dot);
  if (!isNameToken(lexer)) return undefined;
  const first = nameAt(lexer);
  advance(lexer);
  if (!tookSymbol(lexer, BYTE.dot)) return inDefaultSchema(walk, first);
  if (!isNameToken(lexer)) return inDefaultSchema(walk, first);
  const second = nameAt(lexer);
  advance(lexer);
  return { schema: first, name: second };
}

function inDefaultSchema(walk: Walk, name: string): EffectObject {
  return walk.database === undefined ? { name } : { schema: walk.database, name };
}

/** Qualified names separated by commas. */
export function tookNameList(walk: Walk): readonly EffectObject[] {
  const objects: EffectObject[] = [];
  do {
    const object = tookQualifiedName(walk);
    if (object === undefined) return objects;
    objects.push(object);
  } while (tookSymbol(walk.lexer, BYTE.comma));
  return objects;
}

/** A name outside any schema, or the name of a schema. */
export function tookBareName(lexer: Lexer): string | undefined {
  if (!isNameToken(lexer)) return undefined;
  const name = nameAt(lexer);
  advance(lexer);
  return name;
}

/** The lexer's place, to come back to after looking ahead. */
export type Mark = Pick<
  Lexer,
  | 'position'
  | 'kind'
  | 'start'
  | 'end'
  | 'symbol'
  | 'inComment'
  | 'dotSeparates'
  | 'nameFollows'
  | 'fault'
>;

export function markOf(lexer: Lexer): Mark {
  const { position, kind, start, end, symbol } = lexer;
  const { inComment, dotSeparates, nameFollows, fault } = lexer;
  return { position, kind, start, end, symbol, inComment, dotSeparates, nameFollows, fault };
}

export function returnTo(lexer: Lexer, mark: Mark): void {
  if (lexer.position > lexer.seen) lexer.seen = lexer.position;
  // One by one: this is done at every other word, and Object.assign takes ten times as long.
  lexer.position = mark.position;
  lexer.kind = mark.kind;
  lexer.start = mark.start;
  lexer.end = mark.end;
  lexer.symbol = mark.symbol;
  lexer.inComment = mark.inComment;
  lexer.dotSeparates = mark.dotSeparates;
  lexer.nameFollows = mark.nameFollows;
  lexer.fault = mark.fault;
}
