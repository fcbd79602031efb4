import { describe, expect, it } from 'vitest';
import { effectsOf, KNOWN } from './read-as.js';

describe('names and literals', () => {
  it.each([
    ['DROP TABLE `a``b`', 'drop-table app.a`b'],
    ['DROP TABLE `a"b`', 'drop-table app.a"b'],
    ['DROP TABLE $a', 'drop-table app.$a'],
    ['DROP TABLE 1a', 'drop-table app.1a'],
    ['DROP TABLE \xc3\xbc', 'drop-table app.\u00fc'],
    ['DROP TABLE \xfc', 'drop-table app.\u00fc'],
  ])('names the object of %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
  });

  it.each([
    ["PREPARE s FROM 'DROP\\nTABLE\\tt'", 'drop-table app.t'],
    ["PREPARE s FROM 'D\\ROP TABLE ''t'''", 'drop-table'],
    ["PREPARE s FROM 'SELECT 1 -- x\\n'", ''],
    ["PREPARE s FROM x'44524f50'", 'run-opaque'],
    ["PREPARE s FROM N'DROP TABLE t'", 'run-opaque'],
    ["PREPARE s FROM _utf8'DROP TABLE t'", 'run-opaque'],
  ])('reads the text in %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
  });

  it('keeps the backslash of \\% always, and of everything under NO_BACKSLASH_ESCAPES', () => {
    const context = { ...KNOWN, sqlMode: 'NO_BACKSLASH_ESCAPES' };
    expect(effectsOf("PREPARE s FROM 'D\\ROP TABLE t'", context)).toBe('');
    expect(effectsOf("PREPARE s FROM 'D\\ROP TABLE t'")).toBe('drop-table app.t');
    expect(effectsOf("PREPARE s FROM '\\%DROP TABLE t'")).toBe('unreadable app.t');
  });
});
