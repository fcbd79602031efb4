import { describe, expect, it } from 'vitest';
import { byteClasses } from '../../src/sql/byte-classes.js';
import { CHARSET_CLASSES, classOfCharset, PLAIN } from '../../src/sql/charsets.js';
import { dollarTextEnd, quotedEnd, radixEnd } from '../../src/sql/scan.js';

function quoted(sql: string, charset: string, backslashEscapes: boolean): number {
  const found = classOfCharset(charset) ?? PLAIN;
  const reading = {
    flavour: 'mysql',
    version: 90_704,
    ansiQuotes: false,
    backslashEscapes,
    charset: found,
    sixDigits: true,
    dollarQuotes: true,
    galera: false,
  } as const;
  const text = Buffer.from(sql, 'latin1');
  const classes = byteClasses(found);
  const scanned = { text, reading, classes, position: 0, sawHighByte: false, backslashAt: -1 };
  return quotedEnd(scanned, 0, true);
}

describe('scanning', () => {
  it('ends a string where the mode says', () => {
    expect(quoted("'a\\'b'", 'utf8mb4', true)).toBe(6);
    expect(quoted("'a\\'b'", 'utf8mb4', false)).toBe(4);
    expect(quoted("'a''b'", 'utf8mb4', false)).toBe(6);
    expect(quoted("'a", 'utf8mb4', true)).toBe(-1);
  });

  it('finds the end of long strings, whatever stands in them', () => {
    const long = 'x'.repeat(200);
    expect(quoted(`'${long}'`, 'utf8mb4', true)).toBe(202);
    expect(quoted(`'${long}\\'${long}''${long}'; '\\'`, 'utf8mb4', true)).toBe(606);
    expect(quoted(`'${long}\\'${long}''${long}'`, 'utf8mb4', false)).toBe(203);
    expect(quoted(`'${long}\\'${long}`, 'utf8mb4', true)).toBe(-1);
    expect(quoted(`'${long}''`, 'latin1', true)).toBe(-1);
  });

  it('lets a lead byte swallow a backslash only in the charsets that do', () => {
    const swallowing = CHARSET_CLASSES.filter(
      ({ name }) => quoted("'\xe0\\'", name, true) === 4,
    ).map(({ name }) => name);
    expect(swallowing.sort()).toEqual(['big5', 'gb18030', 'gbk', 'sjis']);
  });

  it('knows the four-byte characters of gb18030', () => {
    expect(quoted("'\x810\x810\\'", 'gb18030', true)).toBe(-1);
    expect(quoted("'\x81\\'", 'gb18030', true)).toBe(4);
  });

  it('gives up on hexadecimal literals that are none', () => {
    expect(radixEnd(Buffer.from("4f'"), 0, true)).toBe(3);
    expect(radixEnd(Buffer.from("4'"), 0, true)).toBe(-1);
    expect(radixEnd(Buffer.from("4g'"), 0, true)).toBe(-1);
    expect(radixEnd(Buffer.from("012'"), 0, false)).toBe(-1);
  });

  it('pairs dollar tags', () => {
    const classes = byteClasses(PLAIN);
    expect(dollarTextEnd(Buffer.from('$$a$$'), 0, classes)).toBe(5);
    expect(dollarTextEnd(Buffer.from('$a$ $b$'), 0, classes)).toBe(-1);
    expect(dollarTextEnd(Buffer.from('$ab c$'), 0, classes)).toBeUndefined();
  });
});
