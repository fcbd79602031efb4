// A text under one reading: its statements one by one, up to where a statement may change how the
// rest is read. text-reader.ts unites readings.
import { BYTE } from './byte-classes.js';
import type { StatementEffect } from './effect.js';
import { firedIn, type Statement } from './effects/fired.js';
import { readStatement } from './effects/statement.js';
import type { Prepares, Switches, Walk } from './effects/walk.js';
import type { FiringNames } from './firing-names.js';
import { advance, createLexer, type Fault, type Lexer, TOKEN } from './lexer.js';
import type { Reading } from './reading.js';

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
  readonly readNested: (text: Uint8Array, deferred: boolean) => readonly StatementEffect[];
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
  const statements: { start: number; end: number }[] = [];
  let goesOn: Pass['goesOn'];
  while (goesOn === undefined) {
    lexer.inComment = false;
    while (start.text[lexer.position] === BYTE.semicolon) lexer.position += 1;
    advance(lexer);
    if (lexer.kind === TOKEN.end) break;
    const begin = lexer.start;
    const before = { from: begin, inComment: lexer.inComment, database: walk.database };
    readStatement(walk);
    fire(walk, start, before);
    walk.isFirst = false;
    if (lexer.start > begin) statements.push({ start: begin, end: lexer.start });
    if (lexer.kind === TOKEN.end) break;
    goesOn = placeToGoOn(walk);
  }
  return {
    effects: walk.effects,
    statements,
    movesTo: walk.movesTo,
    prepares: walk.prepares,
    ...(goesOn === undefined ? {} : { goesOn }),
    fault: lexer.fault,
    from: start.from,
    readTo: lexer.position,
    sawHighByte: lexer.sawHighByte,
    sawOddHint: lexer.sawOddHint,
  };
}

/** What the statement that was just read sets off. */
function fire(
  walk: Walk,
  { text, reading, deferred, firing: names }: PassStart,
  before: Pick<Statement, 'from' | 'inComment' | 'database'>,
): void {
  if (names === undefined) return;
  const to = walk.lexer.start;
  walk.effects.push(...firedIn({ text, reading, ...before, to, deferred, names }));
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
