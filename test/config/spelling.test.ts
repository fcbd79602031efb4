import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, nearestWord } from '../../src/config/spelling.js';

describe('spelling', () => {
  it.each([
    ['same', 'same', 0],
    ['kitten', 'sitting', 3],
    ['raedre', 'reader', 2],
    ['listne', 'listen', 1],
    ['', 'abc', 3],
  ])('%s is %s after %i edits', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('finds the nearest word and nothing that is far', () => {
    expect(nearestWord('freshnes', ['deadline', 'freshness'])).toBe('freshness');
    expect(nearestWord('LISTEN', ['listen'])).toBe('listen');
    expect(nearestWord('banana', ['deadline', 'freshness'])).toBeUndefined();
    expect(didYouMean('drop-tabel', ['drop-table'])).toBe('did you mean "drop-table"?');
    expect(didYouMean('zzz', ['drop-table'])).toBeUndefined();
  });
});
