// Places in the chain, and heads as people hand them about.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  GENESIS,
  hashNumber,
  headAt,
  headText,
  linkedBody,
  parseHead,
  placeOf,
} from '../../src/audit/chain.js';

const HASH = createHash('sha256').update('{"a":1}').digest('hex');

describe('a link', () => {
  it('names its number and the hash of the line before', () => {
    const first = linkedBody('{"a":1}', GENESIS);
    expect(first).toBe('{"a":1,"seq":1,"prev":""}');
    const head = headAt(first, 1);
    expect(head.hash).toBe(createHash('sha256').update(first).digest('hex'));
    expect(JSON.parse(linkedBody('{"b":2}', head, ',"c":3'))).toEqual({
      b: 2,
      seq: 2,
      prev: head.hash,
      c: 3,
    });
  });

  it.each([
    [
      { seq: 3, prev: HASH },
      { seq: 3, prev: HASH },
    ],
    [
      { seq: 1, prev: '' },
      { seq: 1, prev: '' },
    ],
    [{ seq: 0, prev: '' }, undefined],
    [{ seq: 1.5, prev: '' }, undefined],
    [{ seq: '1', prev: '' }, undefined],
    [{ seq: 1, prev: 'abc' }, undefined],
    [{ seq: 1 }, undefined],
    [null, undefined],
    ['text', undefined],
  ])('is read from a record, or is none (case %#)', (record, place) => {
    expect(placeOf(record)).toEqual(place);
  });
});

describe('a head', () => {
  it('is a number and a hash, which may be cut after 13 digits', () => {
    const head = { seq: 7, hash: HASH };
    expect(parseHead(headText(head))).toEqual(head);
    const cut = `7:${HASH.slice(0, 13).toUpperCase()}`;
    expect(parseHead(cut)).toEqual({ seq: 7, hash: HASH.slice(0, 13) });
    expect(Number(hashNumber(head)).toString(16).padStart(13, '0')).toBe(HASH.slice(0, 13));
    expect(hashNumber(GENESIS)).toBe(0);
  });

  it.each(['', '7', ':abc', `7:${HASH.slice(0, 12)}`, `7:${HASH}0`, `x:${HASH}`])(
    'is not %j',
    (text) => {
      expect(parseHead(text)).toBeUndefined();
    },
  );
});
