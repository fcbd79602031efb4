import { describe, expect, it } from 'vitest';
import { CHARSET_CLASSES, characterLength, classOfCharset, PLAIN } from '../../src/sql/charsets.js';
import { quotedEnd } from '../../src/sql/quoted.js';
import { fc } from '../support/properties.js';

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
  return quotedEnd({ text, reading, view: undefined }, 0, true);
}

/** The same byte by byte, as the servers do it. */
function stepped(sql: string, charset: string, backslashEscapes: boolean): number {
  const text = Buffer.from(sql, 'latin1');
  const { multiByte } = classOfCharset(charset) ?? PLAIN;
  for (let at = 1; at < text.length; ) {
    const byte = text[at] ?? 0;
    if (byte === 0x27 && text[at + 1] !== 0x27) return at + 1;
    if (byte === 0x27 || (byte === 0x5c && backslashEscapes)) at += 2;
    else at += characterLength(multiByte, text, at);
  }
  return -1;
}

describe('quoted strings', () => {
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

  it('end where stepping over every byte ends, in short texts and in long ones', () => {
    const piece = fc.constantFrom(
      ...[
        "'",
        "''",
        '\\',
        "\\'",
        'x',
        'xxxxxxx',
        '\xe0',
        '\x81',
        '\x81\\',
        '\x80',
        '\0',
        '0',
        '(\xa7',
      ],
    );
    const charset = fc.constantFrom(...CHARSET_CLASSES.map(({ name }) => name));
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        charset,
        fc.boolean(),
        fc.constantFrom('', ';'.repeat(600)),
        (pieces, name, escapes, rest) => {
          const text = `'${pieces.join('')}${rest}`;
          expect(quoted(text, name, escapes)).toBe(stepped(text, name, escapes));
        },
      ),
      { numRuns: 5_000, seed: 7 },
    );
  });
});
