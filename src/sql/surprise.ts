// Why a reading may surprise people: which facts its effects hang on, and what a text changes about
// its own reading. For explain; nothing is decided by it.
import { type Chain, changesOn } from './chain.js';
import type { Reading } from './reading.js';

/** What a text would do under one reading of its beginning. */
interface Read {
  readonly reading: Reading;
  readonly effects: ReadonlyMap<string, unknown>;
}

/** In words for people; '' if nothing surprises. `size`: how many effects all readings have. */
export function surpriseOf(
  outcomes: readonly Read[],
  size: number,
  worst: Chain | undefined,
): string {
  return [...hangsOn(outcomes, size), ...ownChanges(worst)].join('; ');
}

const HANGS_ON: readonly (readonly [string, (reading: Reading) => unknown])[] = [
  ['the flavour of the server', (reading) => reading.flavour],
  ['the version of the server', (reading) => reading.version],
  ['ANSI_QUOTES in sql_mode', (reading) => reading.ansiQuotes],
  ['NO_BACKSLASH_ESCAPES in sql_mode', (reading) => reading.backslashEscapes],
  ['character_set_client', (reading) => reading.charset],
  ['the digits it reads after /*!', (reading) => reading.sixDigits],
  ['dollar quotes', (reading) => reading.dollarQuotes],
  ['being a Galera node', (reading) => reading.galera],
];

/** Names each fact that by itself splits the outcomes in two. */
function hangsOn(outcomes: readonly Read[], size: number): readonly string[] {
  if (outcomes.every((outcome) => outcome.effects.size === size)) return [];
  const reasons = HANGS_ON.filter(([, value]) => splits(outcomes, value)).map(([name]) => name);
  return [`what it does hangs on ${reasons.join(', ')}`];
}

/** More changes than these say no more. */
const MOST_CHANGES = 4;

function ownChanges(worst: Chain | undefined): readonly string[] {
  const changes = changesOn(worst);
  if (changes.length === 0) return [];
  const shown = changes.slice(0, MOST_CHANGES).join(', ');
  const more = changes.length > MOST_CHANGES ? ' and more' : '';
  return [`it changes its own reading: ${shown}${more}`];
}

function splits(outcomes: readonly Read[], value: (reading: Reading) => unknown): boolean {
  const byValue = new Map<unknown, Set<string>>();
  for (const outcome of outcomes) {
    const key = value(outcome.reading);
    const seen = byValue.get(key) ?? new Set<string>();
    byValue.set(key, seen.add([...outcome.effects.keys()].sort().join('\n')));
  }
  return new Set([...byValue.values()].map((seen) => [...seen].sort().join('\n\n'))).size > 1;
}
