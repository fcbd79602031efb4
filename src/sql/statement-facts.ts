// What a client's text would do, and to what: the one door into this folder. It lexes and splits
// the text under every reading that the context leaves open and unites their effects. It never
// decides; policy/decide.ts does.
import type { ReadContext } from './dialect.js';
import type { StatementEffect } from './effect.js';
import type { Prepares } from './effects/walk.js';
import { type FiringNames, firingIn } from './firing-names.js';
import { hasGuardWord, mayNameCode } from './guard-words.js';
import { NestedTexts } from './nested-texts.js';
import type { HangsOn } from './outcomes.js';
import { isPlainStatement, mayBeRowChange } from './plain-statement.js';
import { readingsFor, Traps } from './readings.js';
import { unite } from './unite.js';

/** One statement of a text, as one reading splits it. `start` and `end` are byte offsets. */
export interface StatementSpan {
  readonly start: number;
  readonly end: number;
}

/** What a text would do, under the union of its readings. */
export interface TextFacts {
  /** Empty: nothing in it is guarded, under any reading that the context leaves open. */
  readonly effects: readonly StatementEffect[];
  /** The whole split of the most dangerous reading, for explain; empty on the fast path. */
  readonly statements: readonly StatementSpan[];
  /** Why a reading may surprise: what its effects hang on, what the text itself changes. */
  readonly ambiguity?: string;
  /**
   * What running it does to the session's default schema: a name (USE app), 'unknown' when it may
   * change it in a way that the text does not tell, absent when it cannot.
   */
  readonly movesTo?: { readonly schema: string } | 'unknown';
  /** Its effects are not the same under every sql_mode and character set that it may run under. */
  readonly hangsOnSession?: HangsOn;
  /** What running it does to the texts that the session has prepared under names. */
  readonly prepares?: Prepares;
}

/** What text without guard words would do: nothing. One object for all of them. */
export const HARMLESS: TextFacts = Object.freeze({
  effects: Object.freeze([]),
  statements: Object.freeze([]),
});

/** From here on, reading a text once is faster than looking for guard words all over it. */
const LONG_BYTES = 16_384;

/** What a text would do, under every reading that the context leaves open. Never throws. */
export function readText(text: Uint8Array, context: ReadContext): TextFacts {
  // On a server with such code its names are guard words like the rest.
  const firing = firingIn(context.firing, text);
  return firing === undefined ? readGuarded(text, context) : united(text, context, firing);
}

/** The same with the split, which is not made where nothing guarded stands: for explain. */
export function readTextWhole(text: Uint8Array, context: ReadContext): TextFacts {
  const facts = readText(text, context);
  if (facts.statements.length > 0) return facts;
  return { ...facts, statements: united(text, context).statements };
}

function united(text: Uint8Array, context: ReadContext, firing?: FiringNames): TextFacts {
  const nested = new NestedTexts();
  return unite({ text, context, firing, deferred: false, depth: 0, nested });
}

function readGuarded(text: Uint8Array, context: ReadContext): TextFacts {
  if (text.length >= LONG_BYTES && readsOneWay(text, context)) return readFirst(text, context);
  // Where a guarded word stands anyhow, nobody looks for it.
  if (!mayBeRowChange(text) && !mayBeGuarded(text, context)) return HARMLESS;
  if (isPlainStatement(text)) return HARMLESS;
  return mayBeGuarded(text, context) ? united(text, context) : HARMLESS;
}

/** Only what a guarded word stands in can have an effect, however doubtful its reading. */
function readFirst(text: Uint8Array, context: ReadContext): TextFacts {
  const facts = united(text, context);
  if (facts.effects.length === 0) return facts;
  return mayBeGuarded(text, context) ? facts : HARMLESS;
}

function mayBeGuarded(text: Uint8Array, context: ReadContext): boolean {
  return hasGuardWord(text) || mayNameCode(text, context.database);
}

function readsOneWay(text: Uint8Array, context: ReadContext): boolean {
  return readingsFor(text, new Traps(text), context, 'swallowing')?.length === 1;
}
