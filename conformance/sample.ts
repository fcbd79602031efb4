// Draws some of many by a seed, so that what one run drew another can draw again.

export function sample<T>(from: readonly T[], size: number, seed: number): readonly T[] {
  const left = [...from];
  const drawn: T[] = [];
  const next = numbers(seed);
  while (drawn.length < size && left.length > 0) {
    drawn.push(...left.splice(Math.floor(next() * left.length), 1));
  }
  return drawn;
}

/** mulberry32: small, and the same on every machine. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
