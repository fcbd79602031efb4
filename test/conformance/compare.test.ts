// What counts as a difference between two outputs of one test, and what does not.
import { describe, expect, it } from 'vitest';
import { comparable, firstDifference } from '../../conformance/compare.js';
import { sample } from '../../conformance/sample.js';

const ROUTES = [{ port: 3311 }, { port: 40_001 }];

describe('comparable', () => {
  it('makes the ports of both ways one word', () => {
    const direct = comparable('@@port\n3311\nhost:MASTER_PORT\n', ROUTES);
    const through = comparable('@@port\n3311\nhost:40001\n', ROUTES);
    expect(direct).toBe(through);
  });

  it('leaves longer numbers and everything else alone', () => {
    expect(comparable('33110 13311 3,311', ROUTES)).toBe('33110 13311 3,311');
  });
});

describe('firstDifference', () => {
  it('is nothing where all is the same', () => {
    expect(firstDifference('a\nb\n', 'a\nb\n')).toBeUndefined();
  });

  it('names the line and shows both sides', () => {
    expect(firstDifference('1\n2\n3\n', '1\n2\nthree\n')).toEqual({
      line: 3,
      directly: '1\n2\n3\n',
      through: '1\n2\nthree\n',
    });
  });

  it('sees a missing last line and a single blank', () => {
    expect(firstDifference('a\nb', 'a')?.line).toBe(2);
    expect(firstDifference('a b', 'a  b')?.line).toBe(1);
  });
});

describe('sample', () => {
  const all = Array.from({ length: 500 }, (_, index) => index);

  it('draws the same by the same seed, and others by another', () => {
    expect(sample(all, 60, 7)).toEqual(sample(all, 60, 7));
    expect(sample(all, 60, 7)).not.toEqual(sample(all, 60, 8));
    expect(new Set(sample(all, 60, 7)).size).toBe(60);
  });

  it('draws no more than there are', () => {
    expect([...sample(all, 900, 1)].sort((a, b) => a - b)).toEqual(all);
  });
});
