import { describe, expect, it } from 'vitest';
import {
  advanced,
  byDomain,
  EMPTY_LOG,
  hasPassed,
  isAhead,
  type LogState,
  parseDomainGtid,
  parseDomainGtids,
} from '../../src/residue/domains.js';

const gtids = (text: string) => {
  const read = parseDomainGtids(text);
  if (read === undefined) throw new Error(`no list: ${text}`);
  return read;
};
const at = (text: string) => byDomain(gtids(text));
const log = (text: string): LogState => gtids(text).reduce(advanced, EMPTY_LOG);

/** Whether a replica at `position` would be sent the last event of `order`. */
function ahead(position: string, order: string, behind = ''): boolean {
  const all = gtids(order);
  const last = all.at(-1);
  if (last === undefined) throw new Error('no event');
  const before = all.slice(0, -1).reduce(advanced, EMPTY_LOG);
  const now = gtids(behind).reduce(advanced, advanced(before, last));
  return isAhead(at(position), last, { before, now });
}

describe('an event of a domain', () => {
  it('is ahead of a position before it, and not of its own', () => {
    expect(ahead('0-1-4', '0-1-4,0-1-5')).toBe(true);
    expect(ahead('0-1-5', '0-1-4,0-1-5')).toBe(false);
    expect(ahead('0-1-6', '0-1-4,0-1-5', '0-1-6')).toBe(false);
  });

  it('is ahead of a replica that knows nothing of its domain', () => {
    expect(ahead('', '0-1-5')).toBe(true);
    expect(ahead('1-1-9', '0-1-5')).toBe(true);
  });

  it('goes by the order of the log where numbers of several servers interleave', () => {
    // In a ring the lower number of one server may come after the higher one of another.
    expect(ahead('0-3-61', '0-2-58,0-3-60,0-3-61,0-2-59')).toBe(true);
    expect(ahead('0-2-60', '0-3-70', '0-2-60')).toBe(false);
  });

  it('goes by its number where the log never held the position', () => {
    expect(ahead('0-1-100', '0-2-58')).toBe(false);
    expect(ahead('0-1-100', '0-2-58,0-2-120')).toBe(true);
  });
});

describe('a position', () => {
  it('has passed a log only when it is at its last event or behind it', () => {
    const state = log('0-1-5,0-2-6');
    expect(hasPassed(at('0-2-6'), state, state)).toBe(true);
    expect(hasPassed(at('0-1-5'), state, state)).toBe(false);
    expect(hasPassed(at('0-2-7'), state, log('0-1-5,0-2-6,0-2-7'))).toBe(true);
    expect(hasPassed(at('0-9-9'), state, state)).toBe(true);
    expect(hasPassed(at('0-9-3'), state, state)).toBe(false);
  });

  it('must have passed every domain', () => {
    const state = log('0-1-5,1-1-5');
    expect(hasPassed(at('0-1-5'), state, state)).toBe(false);
    expect(hasPassed(at('0-1-5,1-1-5'), state, state)).toBe(true);
    expect(hasPassed(at(''), EMPTY_LOG, EMPTY_LOG)).toBe(true);
  });

  it('is read from lists with brackets, and refused where it is none', () => {
    expect(parseDomainGtids('[0-1-5, 1-2-7]')?.length).toBe(2);
    expect(parseDomainGtids('')).toEqual([]);
    expect(parseDomainGtids('0-1')).toBeUndefined();
    expect(parseDomainGtid('x-1-2')).toBeUndefined();
  });
});
