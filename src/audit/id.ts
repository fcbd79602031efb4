// Record ids that people can read aloud: `R` and ten Crockford base32 characters, in order of
// time. The client's error message ends with one; `grep` finds its record. Never reads a clock or
// random bytes of its own.
import type { Clock } from '../clock.js';

/** Crockford's alphabet: no I, L, O or U, so that nothing is misread or misheard. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHARACTERS = 10;

/** 31 bits of seconds since 2024 (until 2092), then 19 bits that tell ids of one second apart. */
const EPOCH_SECONDS = Date.UTC(2024, 0, 1) / 1000;
const IDS_PER_SECOND = 2 ** 19;
const ID_SPACE = 2 ** 50;

/**
 * A source of ids that never repeat and only grow, also when the clock jumps back. Within a second
 * they start at a random place in the lower half, so that two processes seldom meet.
 */
export function recordIds(source: {
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}): () => string {
  let last = -1;
  return () => {
    const second = Math.max(0, Math.floor(source.clock.now() / 1000) - EPOCH_SECONDS);
    const start = second * IDS_PER_SECOND + randomBelowHalf(source.randomBytes(3));
    const floor = second * IDS_PER_SECOND;
    last = (last >= floor ? last + 1 : start) % ID_SPACE;
    return `R${base32(last)}`;
  };
}

function randomBelowHalf(bytes: Uint8Array): number {
  const [a = 0, b = 0, c = 0] = bytes;
  return (a * 65_536 + b * 256 + c) % (IDS_PER_SECOND / 2);
}

function base32(value: number): string {
  let rest = value;
  let text = '';
  for (let index = 0; index < CHARACTERS; index++) {
    text = (ALPHABET[rest % 32] ?? '') + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
