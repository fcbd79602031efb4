// What readings of one text come to when they are put together: every effect that any of them finds,
// what the text does to the session if all agree on it, and whether the session could tell more.
import { type Chain, splitOf, worse } from './chain.js';
import type { StatementEffect } from './effect.js';
import type { Prepares } from './effects/walk.js';
import type { Pass } from './read.js';
import type { Reading } from './reading.js';
import { surpriseOf } from './surprise.js';

/** `whether`: under the likeliest reading nothing is guarded. `what`: something is. */
export type HangsOn = 'whether' | 'what';

export interface United {
  readonly effects: readonly StatementEffect[];
  readonly statements: Pass['statements'];
  readonly ambiguity?: string;
  readonly movesTo?: { readonly schema: string } | 'unknown';
  readonly hangsOnSession?: HangsOn;
  readonly prepares?: Prepares;
}

/** All passes under one reading of the beginning. */
export interface Outcome {
  readonly reading: Reading;
  readonly effects: Map<string, StatementEffect>;
  /** The most dangerous of the ways through the text. */
  worst: Chain | undefined;
  movesTo: Pass['movesTo'];
  prepares: Pass['prepares'];
  sawHighByte: boolean;
  fault: Pass['fault'];
}

export function merged(outcomes: readonly Outcome[]): United {
  const all = new Map(outcomes.flatMap((outcome) => [...outcome.effects]));
  const worst = outcomes.reduce<Chain | undefined>(
    (found, { worst: own }) => (own === undefined ? found : worse(found, own)),
    undefined,
  );
  const ambiguity = surpriseOf(outcomes, all.size, worst);
  const movesTo = mergedMove(outcomes);
  const prepares = mergedPrepares(outcomes);
  const hangsOnSession = whatHangs(outcomes, all.size);
  return {
    effects: [...all.values()],
    statements: splitOfAll(outcomes, worst),
    ...(hangsOnSession === undefined ? {} : { hangsOnSession }),
    ...(prepares === undefined ? {} : { prepares }),
    ...(ambiguity === '' ? {} : { ambiguity }),
    ...(movesTo === undefined ? {} : { movesTo }),
  };
}

/** Of the most dangerous way; but a text is one statement only if every reading says so. */
function splitOfAll(outcomes: readonly Outcome[], worst: Chain | undefined): Pass['statements'] {
  const split = splitOf(worst);
  if (split.length > 1) return split;
  const others = outcomes.map((outcome) => splitOf(outcome.worst));
  return others.find(({ length }) => length > 1) ?? split;
}

function mergedMove(outcomes: readonly Outcome[]): United['movesTo'] {
  if (outcomes.length === 1) return outcomes[0]?.movesTo;
  const moves = new Set(outcomes.map((outcome) => JSON.stringify(outcome.movesTo)));
  return moves.size === 1 ? outcomes[0]?.movesTo : 'unknown';
}

function mergedPrepares(outcomes: readonly Outcome[]): United['prepares'] {
  // Where it fails, the server says so: once it is done, another reading was right.
  const all = outcomes.map((outcome) => outcome.prepares);
  const done = all.filter((each) => each === undefined || each === 'unknown' || !each.fails);
  const [first, ...others] = done.length > 0 ? done : all;
  return others.every((other) => isSamePreparation(first, other)) ? first : 'unknown';
}

function isSamePreparation(a: Pass['prepares'], b: Pass['prepares']): boolean {
  if (a === undefined || b === undefined || a === 'unknown' || b === 'unknown') return a === b;
  const texts = [a.text ?? NO_TEXT, b.text ?? NO_TEXT] as const;
  return a.name === b.name && Buffer.compare(...texts) === 0;
}

const NO_TEXT = new Uint8Array();

/** What of the readings' differences hangs on what the session could tell. */
function whatHangs(outcomes: readonly Outcome[], size: number): HangsOn | undefined {
  if (outcomes.every(({ effects }) => effects.size === size)) return undefined;
  const ways = outcomes.map(
    ({ reading: { ansiQuotes, backslashEscapes, charset } }) =>
      `${ansiQuotes} ${backslashEscapes} ${charset.name}`,
  );
  if (new Set(ways).size === 1) return undefined;
  return outcomes[0]?.effects.size === 0 ? 'whether' : 'what';
}
