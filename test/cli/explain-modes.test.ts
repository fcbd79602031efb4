import { expect, it } from 'vitest';
import { unknownMode } from '../../src/cli/explain-modes.js';

it('knows the modes of every server, in either case', () => {
  expect(unknownMode(undefined)).toBeUndefined();
  expect(unknownMode('')).toBeUndefined();
  expect(unknownMode('ansi_quotes,NO_BACKSLASH_ESCAPES,TIME_ROUND_FRACTIONAL')).toBeUndefined();
});

it('names the first that no server knows, and the nearest right one', () => {
  expect(unknownMode('ANSI_QUOTES,STRICT_TRANS_TABLE')).toBe(
    '--sql-mode STRICT_TRANS_TABLE: no server knows this mode; did you mean "STRICT_TRANS_TABLES"?',
  );
  expect(unknownMode('zzz')).toBe('--sql-mode ZZZ: no server knows this mode');
});
