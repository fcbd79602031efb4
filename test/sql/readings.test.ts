import { describe, expect, it } from 'vitest';
import { readText } from '../../src/sql/statement-facts.js';
import { effectsOf, KNOWN } from './read-as.js';

describe('modes', () => {
  const openBackslash = "SELECT '\\'; DROP TABLE t; -- '";
  const openQuotes = 'SELECT "\'"; DROP TABLE t; -- \'';

  it('follows NO_BACKSLASH_ESCAPES', () => {
    expect(effectsOf(openBackslash)).toBe('');
    expect(effectsOf(openBackslash, { ...KNOWN, sqlMode: 'NO_BACKSLASH_ESCAPES' })).toBe(
      'drop-table app.t',
    );
  });

  it('reads a name in double quotes under ANSI_QUOTES', () => {
    expect(effectsOf(openQuotes, { ...KNOWN, sqlMode: 'ANSI_QUOTES' })).toBe('drop-table app.t');
    expect(effectsOf('DROP TABLE "a""b"', { ...KNOWN, sqlMode: 'ANSI_QUOTES' })).toBe(
      'drop-table app.a"b',
    );
    const trap = 'SELECT "\\"; DROP TABLE t; -- "';
    expect(effectsOf(trap, { ...KNOWN, sqlMode: 'ANSI_QUOTES' })).toBe('drop-table app.t');
    expect(effectsOf(trap)).toBe('');
  });

  it('counts every mode when the mode is unknown', () => {
    const { sqlMode: _unknown, ...context } = KNOWN;
    expect(effectsOf(openBackslash, context)).toBe('drop-table app.t');
    expect(readText(Buffer.from(openBackslash), context).ambiguity).toContain(
      'NO_BACKSLASH_ESCAPES',
    );
  });

  it.each([
    "SET sql_mode='NO_BACKSLASH_ESCAPES'; ",
    "SET @@session.`sql_mode` := 'NO_BACKSLASH_ESCAPES'; ",
    "SET sql_mode=CONCAT('NO_BACKSLASH', '_ESCAPES'); ",
    "SET sql_mode='', sql_mode=@m; ",
    'CALL p(); ',
    'EXECUTE s; ',
    "SELECT 1; SET sql_mode='NO_BACKSLASH_ESCAPES'; SELECT '\\'; ",
  ])('widens the modes of what follows %s', (before) => {
    expect(effectsOf(before + openBackslash)).toMatch(/drop-table (app\.)?t/);
  });

  it('does not cry wolf after a SET that leaves the mode as it is', () => {
    expect(effectsOf(`SET sql_mode='STRICT_TRANS_TABLES'; ${openBackslash}`)).toBe('');
    expect(effectsOf(`SET NAMES utf8mb4; ${openBackslash}`)).toBe('');
  });
});
