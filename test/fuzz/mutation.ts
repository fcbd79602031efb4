// What is done to good bytes to make bad ones: cut, flipped, grown, joined, and lengths that lie.
import type { Dice } from './dice.js';

/** Values that mean something special in lengths, headers and flags. */
const TELLING = [0, 1, 2, 0x7f, 0x80, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff] as const;

type Mutation = (bytes: Buffer, dice: Dice, seeds: readonly Buffer[]) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  (bytes, dice) => bytes.subarray(0, dice.below(bytes.length + 1)),
  (bytes, dice) => bytes.subarray(dice.below(bytes.length + 1)),
  (bytes, dice) => set(bytes, dice, (old) => old ^ (1 << dice.below(8))),
  (bytes, dice) => set(bytes, dice, () => dice.below(256)),
  (bytes, dice) => set(bytes, dice, () => dice.pick(TELLING)),
  (bytes, dice) => {
    const at = dice.below(bytes.length + 1);
    const more = dice.once(2) ? dice.bytes(dice.below(9)) : Buffer.alloc(dice.below(9), 0xff);
    return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
  },
  (bytes, dice) => {
    const [from, to] = range(bytes, dice);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, dice) => {
    const [from, to] = range(bytes, dice);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  (bytes, dice) => {
    // A length of two to eight bytes, larger than all there is.
    const copy = Buffer.from(bytes);
    const at = dice.below(bytes.length + 1);
    return copy.fill(dice.pick(TELLING), at, Math.min(copy.length, at + 2 + dice.below(7)));
  },
  (bytes, dice, seeds) => {
    const other = dice.pick(seeds);
    const head = bytes.subarray(0, dice.below(bytes.length + 1));
    return Buffer.concat([head, other.subarray(dice.below(other.length + 1))]);
  },
  (_bytes, dice) => dice.bytes(dice.below(64)),
];

/** One of the seeds, changed once to four times; now and then as it is. */
export function mutated(seeds: readonly Buffer[], dice: Dice): Buffer {
  let bytes = dice.pick(seeds);
  for (let left = dice.below(5); left > 0; left -= 1) {
    bytes = dice.pick(MUTATIONS)(bytes, dice, seeds);
  }
  return Buffer.from(bytes);
}

/** The same bytes in pieces: every one apart, or cut at some places. */
export function pieces(bytes: Buffer, dice: Dice): readonly Buffer[] {
  const everywhere = dice.once(4);
  const cuts = everywhere
    ? Array.from(bytes, (_byte, at) => at)
    : Array.from({ length: dice.below(4) }, () => dice.below(bytes.length + 1));
  const places = [0, ...cuts.sort((one, other) => one - other), bytes.length];
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}

function set(bytes: Buffer, dice: Dice, value: (old: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  const at = dice.below(copy.length);
  if (copy.length > 0) copy[at] = value(copy[at] ?? 0) & 0xff;
  return copy;
}

function range(bytes: Buffer, dice: Dice): readonly [number, number] {
  const from = dice.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + dice.below(16))];
}
