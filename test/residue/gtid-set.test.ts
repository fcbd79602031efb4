import { describe, expect, it } from 'vitest';
import {
  countBeyond,
  covers,
  holds,
  NO_GTIDS,
  parseGtid,
  parseGtidSet,
} from '../../src/residue/gtid-set.js';
import { UUID } from './logs.js';

const set = (text: string) => {
  const read = parseGtidSet(text);
  if (read === undefined) throw new Error(`no set: ${text}`);
  return read;
};

describe('a GTID set', () => {
  it('holds what its ranges do, both ends included', () => {
    const read = set(`${UUID}:1-3:7,\n${UUID.replace(/1$/, '2')}:5`);
    expect([1, 3, 4, 7].map((number) => holds(read, { name: UUID, number }))).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  it('keeps tagged transactions apart from untagged ones', () => {
    const read = set(`${UUID}:1-3:tag_a:1-2`);
    expect(holds(read, { name: `${UUID}:tag_a`, number: 2 })).toBe(true);
    expect(holds(read, { name: `${UUID}:tag_a`, number: 3 })).toBe(false);
  });

  it('merges ranges that touch, in whatever order they stand', () => {
    expect(set(`${UUID}:4-6:1-3`).get(UUID)).toEqual([[1, 6]]);
  });

  it('is empty for the empty text, and none for what is no set', () => {
    expect(set('')).toEqual(NO_GTIDS);
    expect(parseGtidSet('0-1-5')).toBeUndefined();
    expect(parseGtidSet(`${UUID}:x y:1`)?.size ?? 'none').toBe(1);
    expect(parseGtidSet(`${UUID}:1-`)).toBeUndefined();
  });

  it('counts what another one lacks', () => {
    expect(countBeyond(set(`${UUID}:1-10`), set(`${UUID}:2-3:9-20`))).toBe(6);
    expect(covers(set(`${UUID}:1-10`), set(`${UUID}:2-3`))).toBe(true);
    expect(covers(set(`${UUID}:2-3`), set(`${UUID}:1-3`))).toBe(false);
  });

  it('reads one transaction, tagged or not', () => {
    expect(parseGtid(`${UUID}:5`)).toEqual({ name: UUID, number: 5 });
    expect(parseGtid(`${UUID}:t:5`)).toEqual({ name: `${UUID}:t`, number: 5 });
    expect(parseGtid('ANONYMOUS')).toBeUndefined();
  });
});
