// The union of what a text would do under all readings that are open. Where a statement may change
// how the rest is read, the rest is read anew under everything it may have become. The work is
// bounded by the length of the text; what would take more is unreadable.
import { type Chain, extend, worse } from './chain.js';
import type { ReadContext } from './dialect.js';
import type { StatementEffect } from './effect.js';
import type { ReadNested } from './effects/walk.js';
import { type FiringNames, firingIn } from './firing-names.js';
import { hasGuardWord, mayNameCode } from './guard-words.js';
import type { NestedTexts } from './nested-texts.js';
import { merged, type Outcome, type United } from './outcomes.js';
import { type Pass, type PassStart, readPass } from './read.js';
import type { Reading } from './reading.js';
import { type HighBytes, readingsFor, Traps } from './readings.js';

export interface Asked {
  readonly text: Uint8Array;
  readonly context: ReadContext;
  /** Those of the context, where one of them may stand in this text. */
  readonly firing: FiringNames | undefined;
  readonly deferred: boolean;
  /** How deep this text is inside literals that hold text. */
  readonly depth: number;
  /** Shared by a text and all that its literals hold. */
  readonly nested: NestedTexts;
}

interface Budget {
  bytes: number;
  passes: number;
}

/** Passes may read the text this many times over, and this many bytes besides. */
const TIMES_OVER = 96;
/** All readings together may read as much as this, unless there is only one. */
const MOST_BYTES = 1 << 27;
const FREE_BYTES = 1 << 20;
/** A text that changes its own reading more often than this is not followed. */
const MOST_PASSES = 20_000;

export function unite(asked: Asked): United {
  const traps = new Traps(asked.text);
  const narrow = outcomesOf(asked, traps, 'swallowing');
  const wide =
    narrow?.some((outcome) => outcome.sawHighByte) === true && traps.highByte
      ? outcomesOf(asked, traps, 'all')
      : narrow;
  if (wide === undefined) return tooMany(asked);
  tellFaults(asked, wide);
  return merged(wide);
}

/**
 * A server gives up on a statement that ends in the middle of a string. Where every reading does,
 * and something guarded may stand there, it is not taken for harmless all the same.
 */
function tellFaults(asked: Asked, outcomes: readonly Outcome[]): void {
  if (outcomes.some(({ fault }) => fault === undefined)) return;
  for (const outcome of outcomes) {
    const { reason, at } = outcome.fault ?? { reason: '', at: 0 };
    if (!hasGuardWord(asked.text.subarray(at))) continue;
    unreadable(outcome, asked, `${reason}, and a guarded word stands in the rest of the text`);
  }
}

function outcomesOf(
  asked: Asked,
  traps: Traps,
  highBytes: HighBytes,
): readonly Outcome[] | undefined {
  const readings = readingsFor(asked.text, traps, asked.context, highBytes);
  if (readings === undefined) return undefined;
  if (readings.length > 1 && readings.length * asked.text.length > MOST_BYTES) return undefined;
  const budget = { bytes: asked.text.length * TIMES_OVER + FREE_BYTES, passes: MOST_PASSES };
  const outcomes: Outcome[] = [];
  for (const reading of readings) {
    const outcome = outcomeOf({ asked, traps, reading, highBytes }, budget);
    if (outcome === undefined) return undefined;
    outcomes.push(outcome);
  }
  return outcomes;
}

interface Beginning {
  readonly asked: Asked;
  readonly traps: Traps;
  readonly reading: Reading;
  readonly highBytes: HighBytes;
}

/** Follows one reading to the end, and every reading it may turn into on the way. */
function outcomeOf(beginning: Beginning, budget: Budget): Outcome | undefined {
  const { asked, reading } = beginning;
  const first = readPass(
    passStart(asked, reading, { at: 0, database: asked.context.database, isLoggingOpen: false }),
  );
  const outcome: Outcome = {
    reading,
    effects: new Map(),
    worst: undefined,
    movesTo: undefined,
    prepares: undefined,
    sawHighByte: false,
    fault: undefined,
  };
  if (first.goesOn === undefined) {
    take(outcome, first, asked);
    outcome.worst = extend(undefined, first, reading);
    return outcome;
  }
  const waiting: Chain[] = [extend(undefined, first, reading)];
  const seen = new Set<string>();
  let isForked = false;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    take(outcome, next.pass, asked);
    if (isSpent(budget, next.pass)) return undefined;
    const turned = turnsInto(beginning, next);
    if (turned === undefined) return undefined;
    isForked ||= turned.length > 1;
    if (turned.length === 0) outcome.worst = worse(outcome.worst, next);
    for (const start of turned) {
      const key = startKey(start);
      if (seen.has(key)) continue;
      seen.add(key);
      waiting.push(extend(next, readPass(start), start.reading));
    }
  }
  // What only some of the ways do is not sure to have been done.
  if (isForked && outcome.movesTo !== first.movesTo) outcome.movesTo = 'unknown';
  return outcome;
}

function isSpent(budget: Budget, { from, readTo }: Pass): boolean {
  budget.bytes -= readTo - from;
  budget.passes -= 1;
  return budget.bytes < 0 || budget.passes < 0;
}

function startKey(start: PassStart): string {
  const { ansiQuotes, backslashEscapes, charset } = start.reading;
  const open = start.isLoggingOpen ? '!' : '';
  return `${start.from}${open} ${start.database ?? ''} ${ansiQuotes} ${backslashEscapes} ${charset.name}`;
}

function passStart(
  asked: Asked,
  reading: Reading,
  place: Pick<NonNullable<Pass['goesOn']>, 'at' | 'database' | 'isLoggingOpen'>,
): PassStart {
  const { text, firing, deferred, depth } = asked;
  return {
    text,
    from: place.at,
    reading,
    database: place.database,
    deferred,
    depth,
    isLoggingOpen: place.isLoggingOpen,
    firing,
    readNested: (nested, as) => readNested({ asked, reading, nested, as }),
  };
}

/** What the reading may be after the statement that a pass stopped at. */
function turnsInto(
  beginning: Beginning,
  at: { readonly pass: Pass; readonly reading: Reading },
): readonly PassStart[] | undefined {
  const { goesOn } = at.pass;
  if (goesOn === undefined) return [];
  const { asked, traps, highBytes } = beginning;
  const { dialect, sqlMode, charset } = asContext(at.reading);
  const context: ReadContext = {
    dialect,
    ...pick('sqlMode', goesOn.switches.sqlMode, sqlMode),
    ...pick('charset', goesOn.switches.charset, charset),
  };
  const readings = readingsFor(asked.text, traps, context, highBytes);
  return readings?.map((reading) =>
    passStart(asked, { ...reading, ...fixedPart(at.reading) }, goesOn),
  );
}

function pick(
  key: 'sqlMode' | 'charset',
  switched: 'unknown' | { readonly value: string } | undefined,
  before: string,
): Partial<Record<'sqlMode' | 'charset', string>> {
  if (switched === 'unknown') return {};
  return { [key]: switched === undefined ? before : switched.value };
}

function asContext(
  reading: Reading,
): Required<Pick<ReadContext, 'dialect' | 'sqlMode' | 'charset'>> {
  const modes = [
    ...(reading.ansiQuotes ? ['ANSI_QUOTES'] : []),
    ...(reading.backslashEscapes ? [] : ['NO_BACKSLASH_ESCAPES']),
  ];
  const { flavour, version, charset } = reading;
  return { dialect: { flavour, version }, sqlMode: modes.join(','), charset: charset.name };
}

function fixedPart(reading: Reading): Pick<Reading, 'sixDigits' | 'dollarQuotes' | 'galera'> {
  const { sixDigits, dollarQuotes, galera } = reading;
  return { sixDigits, dollarQuotes, galera };
}

interface Nested {
  readonly asked: Asked;
  readonly reading: Reading;
  readonly nested: Uint8Array;
  readonly as: Parameters<ReadNested>[1];
}

/** A literal is parsed when it is prepared and again when it runs: under any mode by then. */
function readNested({ asked, reading, nested, as }: Nested): readonly StatementEffect[] {
  const { database, deferred } = as;
  // Escapes may have kept a name out of the text around this one.
  const all = asked.context.firing;
  const firing = firingIn(all, nested);
  const mayDo = firing !== undefined || hasGuardWord(nested) || mayNameCode(nested, database);
  if (!mayDo) return [];
  const { flavour, version } = reading;
  const context: ReadContext = {
    dialect: { flavour, version },
    ...(database === undefined ? {} : { database }),
    ...(all === undefined ? {} : { firing: all }),
  };
  const inside = { ...asked, text: nested, context, firing, deferred, depth: asked.depth + 1 };
  const how = JSON.stringify([flavour, version, inside.depth, deferred, database]);
  const read = () => unite(inside).effects;
  return asked.nested.read(nested, how, read) ?? [unreadableEffect(inside, TOO_MANY_NESTED)];
}

const TOO_MANY_NESTED = 'it holds more texts in its literals than are read';

/** Puts a pass's effects to the others', and what its end may have hidden. */
function take(outcome: Outcome, pass: Pass, asked: Asked): void {
  for (const effect of pass.effects) outcome.effects.set(JSON.stringify(effect), effect);
  if (pass.movesTo !== undefined) {
    outcome.movesTo = outcome.movesTo === undefined ? pass.movesTo : 'unknown';
  }
  if (pass.prepares !== undefined) {
    outcome.prepares = outcome.prepares === undefined ? pass.prepares : 'unknown';
  }
  outcome.sawHighByte ||= pass.sawHighByte;
  outcome.fault ??= pass.fault;
  if (pass.sawOddHint) {
    unreadable(outcome, asked, 'where a hint with a quote in it ends is not certain');
  }
}

function unreadable(outcome: Outcome, asked: Asked, reason: string): void {
  const effect = unreadableEffect(asked, reason);
  outcome.effects.set(JSON.stringify(effect), effect);
}

function unreadableEffect(asked: Asked, reason: string): StatementEffect {
  return { effect: 'unreadable', verb: 'TEXT', objects: [], deferred: asked.deferred, reason };
}

function tooMany(asked: Asked): United {
  const reason =
    'it can be read in too many ways: the server, sql_mode or character_set_client is not known, ' +
    'or the text itself changes them too often';
  return {
    effects: [unreadableEffect(asked, reason)],
    statements: [],
    movesTo: 'unknown',
    hangsOnSession: 'whether',
    prepares: 'unknown',
  };
}
