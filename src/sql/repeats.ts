// How often a piece of text comes again right behind itself. A statement that was read and changed
// nothing about how the next is read need not be read again for each of a million copies.

/**
 * How many copies of the bytes from `from` to `to` follow that can be passed over: whoever read them
 * had looked as far as `seen`, and what stands that far behind a copy must be the same as well.
 */
export function copiesBehind(
  text: Uint8Array,
  { from, to, seen }: { readonly from: number; readonly to: number; readonly seen: number },
): number {
  const length = to - from;
  if (length <= 0) return 0;
  let at = to;
  while (at < text.length && text[at] === text[at - length]) at += 1;
  const alike = at - to - Math.max(0, seen - to) - LOOK_AHEAD;
  return Math.max(0, Math.floor(alike / length));
}

/** Tokens are told apart by no more bytes behind them than these. */
const LOOK_AHEAD = 16;
