// The passes of one way through a text, linked back to the first: from them its whole split, and
// what the text itself changed about its reading on the way.
import type { Pass } from './read.js';
import type { Reading } from './reading.js';

/** A pass, and the one that ended where it begins. */
export interface Chain {
  readonly previous: Chain | undefined;
  readonly pass: Pass;
  readonly reading: Reading;
  /** How many effects were found up to here. */
  readonly weight: number;
}

export function extend(previous: Chain | undefined, pass: Pass, reading: Reading): Chain {
  return { previous, pass, reading, weight: (previous?.weight ?? 0) + pass.effects.length };
}

/** The way with more effects; of equals the one found first. */
export function worse(found: Chain | undefined, other: Chain): Chain {
  return found === undefined || other.weight > found.weight ? other : found;
}

/** All statements on the way, first to last. */
export function splitOf(chain: Chain | undefined): Pass['statements'] {
  // Most texts are read in one pass, and some have millions of statements.
  if (chain !== undefined && chain.previous === undefined) return chain.pass.statements;
  return passesOf(chain).flatMap(({ pass }) => pass.statements);
}

/** What the text itself changed: `NO_BACKSLASH_ESCAPES on from byte 36`. */
export function changesOn(chain: Chain | undefined): readonly string[] {
  const changes: string[] = [];
  let before: Reading | undefined;
  for (const { pass, reading } of passesOf(chain)) {
    if (before !== undefined) changes.push(...changed(before, reading, pass.from));
    before = reading;
  }
  return changes;
}

function passesOf(chain: Chain | undefined): readonly Chain[] {
  const passes: Chain[] = [];
  for (let link = chain; link !== undefined; link = link.previous) passes.push(link);
  return passes.reverse();
}

function changed(before: Reading, after: Reading, at: number): readonly string[] {
  const from = `from byte ${at}`;
  const changes: string[] = [];
  if (before.ansiQuotes !== after.ansiQuotes) {
    changes.push(`ANSI_QUOTES ${after.ansiQuotes ? 'on' : 'off'} ${from}`);
  }
  if (before.backslashEscapes !== after.backslashEscapes) {
    changes.push(`NO_BACKSLASH_ESCAPES ${after.backslashEscapes ? 'off' : 'on'} ${from}`);
  }
  if (before.charset !== after.charset) {
    changes.push(`character_set_client like ${after.charset.name} ${from}`);
  }
  return changes;
}
