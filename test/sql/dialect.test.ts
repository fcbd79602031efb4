import { describe, expect, it } from 'vitest';
import { versionNumber } from '../../src/sql/dialect.js';

describe('version numbers', () => {
  it.each([
    ['10.11.19-MariaDB-deb12', 101_119],
    ['MariaDB 10.11', 101_100],
    ['5.6.24', 50_624],
    ['9.7.4-2', 90_704],
  ])('are read from %s', (text, expected) => {
    expect(versionNumber(text)).toBe(expected);
  });

  it('are undefined where there is none', () => {
    expect(versionNumber('unknown')).toBeUndefined();
  });
});
