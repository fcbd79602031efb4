import { describe, expect, it } from 'vitest';
import {
  isSatisfied,
  parseBytesComparison,
  parseRowsComparison,
} from '../../src/policy/comparison.js';

describe('comparisons', () => {
  it.each<[string, number, number, number]>([
    // what      below  at  above the value 1000
    ['>1000', 0, 0, 1],
    ['>= 1000', 0, 1, 1],
    ['<1000', 1, 0, 0],
    ['<=1000', 1, 1, 0],
  ])('%s', (text, ...wanted) => {
    const comparison = parseRowsComparison(text);
    const got = [999, 1000, 1001].map((n) => comparison && Number(isSatisfied(comparison, n)));
    expect(got).toEqual(wanted);
  });

  it('reads sizes with their unit and rows without', () => {
    expect(parseBytesComparison('>1GiB')).toMatchObject({ operator: '>', value: 1_073_741_824 });
    for (const text of ['1000', '=1000', '>', '>x', '>1GiB', '>-1']) {
      expect(parseRowsComparison(text)).toBeUndefined();
    }
    expect(parseBytesComparison('>1000')).toBeUndefined();
  });
});
