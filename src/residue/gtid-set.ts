// MySQL's GTID sets: reading them, adding to them, and whether one holds what another does. Pure but
// for GtidSet's own contents; tags (8.3 and later) are part of the name a range stands under.

/** Ranges of transaction numbers, both ends included, apart and in order. */
type Ranges = readonly (readonly [number, number])[];

/** By `uuid` or `uuid:tag`. */
export type GtidSet = ReadonlyMap<string, Ranges>;

export const NO_GTIDS: GtidSet = new Map();

/** One transaction: the name its number is counted under, and that number. */
export interface Gtid {
  readonly name: string;
  readonly number: number;
}

/** Reads `uuid:1-5:7:tag:1-3,uuid2:1`; undefined where that is no set. */
export function parseGtidSet(text: string): GtidSet | undefined {
  const set = new Map<string, Ranges>();
  const parts = text.replaceAll(/\s/g, '').toLowerCase().split(',');
  const isSet = parts.every((part) => part === '' || readPart(part, set));
  return isSet ? set : undefined;
}

/** One UUID's ranges, the untagged ones first. */
function readPart(part: string, set: Map<string, Ranges>): boolean {
  const [uuid = '', ...words] = part.split(':');
  let name = uuid;
  for (const word of words) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(word);
    if (range === null) {
      if (!/^[a-z_][a-z0-9_]*$/.test(word)) return false;
      name = `${uuid}:${word}`;
      continue;
    }
    const first = Number(range[1]);
    set.set(name, withRange(set.get(name) ?? [], [first, Number(range[2] ?? first)]));
  }
  return /^[0-9a-f-]{32,36}$/.test(uuid);
}

/** Reads `uuid:5` or `uuid:tag:5`, as a Gtid event names its transaction. */
export function parseGtid(text: string): Gtid | undefined {
  const match = /^([0-9a-f-]{32,36}(?::[a-z_][a-z0-9_]*)?):(\d+)$/i.exec(text.trim());
  if (match === null) return undefined;
  return { name: (match[1] ?? '').toLowerCase(), number: Number(match[2]) };
}

export function withGtid(set: GtidSet, { name, number }: Gtid): GtidSet {
  return new Map(set).set(name, withRange(set.get(name) ?? [], [number, number]));
}

export function united(one: GtidSet, other: GtidSet): GtidSet {
  const all = new Map(one);
  for (const [name, ranges] of other) all.set(name, ranges.reduce(withRange, all.get(name) ?? []));
  return all;
}

export function holds(set: GtidSet, gtid: Gtid): boolean {
  const ranges = set.get(gtid.name) ?? [];
  return ranges.some(([first, last]) => first <= gtid.number && gtid.number <= last);
}

/** How many transactions of `set` are not in `other`. */
export function countBeyond(set: GtidSet, other: GtidSet): number {
  let count = 0;
  for (const [name, ranges] of set) {
    const known = other.get(name) ?? [];
    for (const range of ranges) count += lengthBeyond(range, known);
  }
  return count;
}

export function covers(set: GtidSet, other: GtidSet): boolean {
  return countBeyond(other, set) === 0;
}

function lengthBeyond([first, last]: readonly [number, number], known: Ranges): number {
  let left = last - first + 1;
  for (const [from, to] of known) {
    left -= Math.max(0, Math.min(last, to) - Math.max(first, from) + 1);
  }
  return left;
}

function withRange(ranges: Ranges, added: readonly [number, number]): Ranges {
  const sorted = [...ranges, added].toSorted((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [first, last] of sorted) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}
