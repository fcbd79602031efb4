import { expect, it } from 'vitest';
import { wideCharset } from '../../src/wire/client-charsets.js';

it.each([
  [35, 'ucs2'],
  [54, 'utf16'],
  [56, 'utf16le'],
  [60, 'utf32'],
  [101, 'utf16'],
  [151, 'ucs2'],
  [183, 'utf32'],
])('knows %i for a collation of %s', (collation, name) => {
  expect(wideCharset(collation, 'mysql')).toBe(name);
});

it.each([0, 8, 33, 45, 57, 63, 100, 125, 152, 184, 255, 291, 2304])(
  'lets clients speak %i',
  (collation) => {
    expect(wideCharset(collation, 'mariadb')).toBeUndefined();
  },
);

it("takes 17 for file names only where it can't be another", () => {
  expect(wideCharset(17, 'mariadb')).toBe('filename');
  expect(wideCharset(17, 'mysql')).toBeUndefined();
});
