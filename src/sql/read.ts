// A text under one reading: its statements one by one, up to where a statement may change how the
// rest is read. text-reader.ts unites readings.
import { BYTE } from './byte-classes.js';
import type { StatementEffect } from './effect.js';
import { firedIn, type Statement } from './effects/fired.js';
import { readStatement } from './effects/statement.js';
import type { Prepares, ReadNested, Switches, Walk } from './effects/walk.js';
import type { FiringNames } from './firing-names.js';
import { advance, createLexer, type Fault, type Lexer, TOKEN } from './lexer.js';
import { pushOnce } from './push-once.js';
import type { Reading } from './reading.js';
import { copiesBehind } from './repeats.js';

/** Where a pass begins: a place in the text, and what is known there. */
export interface PassStart {
  readonly text: Uint8Array;
  readonly from: number;
  readonly reading: Reading;
  readonly database: string | undefined;
  readonly deferred: boolean;
  readonly depth: number;
  readonly isLoggingOpen: boolean;
  /** Only where one of these names may stand in the text. */
  readonly firing?: FiringNames | undefined;
  readonly readNested: ReadNested;
}

export interface Pass {
  readonly effects: readonly StatementEffect[];
  readonly statements: readonly { readonly start: number; readonly end: number }[];
  readonly movesTo: { readonly schema: string } | 'unknown' | undefined;
  readonly prepares: Prepares | undefined;
  /** The text goes on at this place, under whatever a statement before it changed. */
  readonly goesOn?: {
    readonly at: number;
    readonly switches: Switches;
    readonly database: string | undefined;
    readonly isLoggingOpen: boolean;
  };
  readonly fault: Fault | undefined;
  readonly from: number;
  readonly readTo: number;
  readonly sawHighByte: boolean;
  readonly sawOddHint: boolean;
}

/** Reads statements from a place on. */
export function readPass(start: PassStart): Pass {
  const lexer = createLexer(start.text, start.reading, start.from);
  const walk = createWalk(start, lexer);
  const statements: Span[] = [];
  let next: ReturnType<typeof readNext>;
  do next = readNext(walk, start, statements);
  while (next === 'another');
  return {
    effects: walk.effects,
    statements,
    movesTo: walk.movesTo,
    prepares: walk.prepares,
    ...(next === 'end' ? {} : { goesOn: next }),
    fault: lexer.fault,
    from: start.from,
    readTo: lexer.position,
    sawHighByte: lexer.sawHighByte,
    sawOddHint: lexer.sawOddHint,
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Reads one statement, and passes over copies of it that would be read like it. */
function readNext(
  walk: Walk,
  start: PassStart,
  statements: Span[],
): NonNullable<Pass['goesOn']> | 'another' | 'end' {
  const { lexer } = walk;
  const { position: from } = lexer;
  const before = stateOf(walk);
  lexer.inComment = false;
  while (start.text[lexer.position] === BYTE.semicolon) lexer.position += 1;
  advance(lexer);
  if (lexer.kind === TOKEN.end) return 'end';
  const begin = lexer.start;
  const { inComment } = lexer;
  readStatement(walk);
  fire(walk, start, { from: begin, inComment, database: before.database });
  walk.isFirst = false;
  const span = { start: begin, end: lexer.start };
  if (lexer.start > begin) noteSpan(statements, span);
  if (lexer.kind === TOKEN.end) return 'end';
  const goesOn = placeToGoOn(walk);
  if (goesOn === undefined && isStill(walk, before)) passCopies(lexer, from, { statements, span });
  return goesOn ?? 'another';
}

/** Of more statements than these only the effects are kept, not where each of them stands. */
const MOST_SPANS = 100_000;

function noteSpan(statements: Span[], span: Span): void {
  if (statements.length < MOST_SPANS) statements.push(span);
}

type State = Pick<
  Walk,
  'database' | 'movesTo' | 'isLoggingOpen' | 'prepares' | 'isFirst' | 'alsoNow' | 'deferred'
>;

/** All that reading one statement may change about reading the next. */
function stateOf(walk: Walk): State {
  const { database, movesTo, isLoggingOpen, prepares, isFirst, alsoNow, deferred } = walk;
  return { database, movesTo, isLoggingOpen, prepares, isFirst, alsoNow, deferred };
}

function isStill(walk: Walk, before: State): boolean {
  return (
    walk.database === before.database &&
    walk.movesTo === before.movesTo &&
    walk.isLoggingOpen === before.isLoggingOpen &&
    walk.prepares === before.prepares &&
    walk.isFirst === before.isFirst &&
    walk.alsoNow === before.alsoNow &&
    walk.deferred === before.deferred
  );
}

function passCopies(
  lexer: Lexer,
  from: number,
  { statements, span }: { readonly statements: Span[]; readonly span: Span },
): void {
  const { text, position: to, seen } = lexer;
  const copies = copiesBehind(text, { from, to, seen });
  const length = to - from;
  for (let copy = 1; copy <= copies && statements.length < MOST_SPANS; copy += 1) {
    const by = copy * length;
    if (span.end > span.start) noteSpan(statements, { start: span.start + by, end: span.end + by });
  }
  lexer.position += copies * length;
}

/** What the statement that was just read sets off. */
function fire(
  walk: Walk,
  { text, reading, deferred, firing: names }: PassStart,
  before: Pick<Statement, 'from' | 'inComment' | 'database'>,
): void {
  if (names === undefined) return;
  const to = walk.lexer.start;
  const fired = firedIn({ text, reading, ...before, to, deferred, names });
  for (const effect of fired) pushOnce(walk.effects, effect);
}

function createWalk(start: PassStart, lexer: Lexer): Walk {
  return {
    lexer,
    effects: [],
    database: start.database,
    movesTo: undefined,
    deferred: start.deferred,
    alsoNow: false,
    switches: undefined,
    scopeIsOdd: false,
    isLoggingOpen: start.isLoggingOpen,
    prepares: undefined,
    isFirst: start.from === 0 && start.depth === 0,
    wrappers: 0,
    inBody: false,
    barrenTo: 0,
    depth: start.depth,
    readNested: start.readNested,
  };
}

function placeToGoOn(walk: Walk): Pass['goesOn'] {
  const { switches, lexer, database, isLoggingOpen } = walk;
  if (switches === undefined || lexer.symbol !== BYTE.semicolon) return undefined;
  return { at: lexer.end, switches, database, isLoggingOpen };
}
