import { describe, expect, it } from 'vitest';
import { PLAIN } from '../../src/sql/charsets.js';
import { advance, createLexer, TOKEN } from '../../src/sql/lexer.js';
import type { Reading } from '../../src/sql/reading.js';
import { fc } from '../support/properties.js';

const reading: Reading = {
  flavour: 'mariadb',
  version: 101_119,
  ansiQuotes: false,
  backslashEscapes: true,
  charset: PLAIN,
  sixDigits: true,
  dollarQuotes: false,
  galera: false,
};

const letters = ['$', 'w', 'n', 's', '1', 'y'];

/** `n:a y:. n:drop` for `a.drop`: words, names, strings, numbers, symbols. */
function tokens(sql: string, as: Partial<Reading> = {}): string {
  const lexer = createLexer(Buffer.from(sql, 'latin1'), { ...reading, ...as });
  const out: string[] = [];
  for (advance(lexer); lexer.kind !== TOKEN.end; advance(lexer)) {
    out.push(`${letters[lexer.kind]}:${sql.slice(lexer.start, lexer.end)}`);
  }
  return out.join(' ');
}

describe('the lexer', () => {
  it.each([
    ['a.drop', 'n:a y:. n:drop'],
    ['a .drop', 'w:a y:. n:drop'],
    ['a. drop', 'w:a y:. w:drop'],
    ['`a`.5x', 'n:`a` 1:.5 w:x'],
    ['a.5x', 'n:a y:. n:5x'],
    ['1.drop', '1:1. w:drop'],
    ['1e5drop', '1:1e5 w:drop'],
    ['1e5', '1:1e5'],
    ['1ex', 'n:1ex'],
    ['12ab', 'n:12ab'],
    ['0x1F', '1:0x1F'],
    ['0x1G', 'n:0x1G'],
    ['0b12', 'n:0b12'],
    ['1.e;', 'y:;'],
    ['1..2', '1:1 y:. 1:2'],
    ["x'4f'", "s:x'4f'"],
    ["N'a'", "s:N'a'"],
    ["_utf8'a'", "w:_utf8 s:'a'"],
    ['@a.b c', 'y:@a.b w:c'],
    ['@@global.x', 'y:@ n:global y:. n:x'],
    ['@`x`', 'y:@ n:`x`'],
    ['\\N', '1:\\N'],
    ['a--b', 'w:a y:- y:- w:b'],
    ['a-- b', 'w:a'],
    ['a#b\nc', 'w:a w:c'],
    ['/*!*/a', 'w:a'],
    ['/*! a */ b */', 'w:a w:b y:* y:/'],
    ['$a$ b $a$', 'w:$a$ w:b w:$a$'],
  ])('reads %s as %s', (sql, expected) => {
    const shown = tokens(sql);
    expect(shown.replace('y:.. ', 'y:. ')).toBe(expected);
  });

  it('reads two dots as MySQL does: a number each', () => {
    expect(tokens('1..2', { flavour: 'mysql' })).toBe('1:1. 1:.2');
  });

  it('takes $tag$ texts for strings where the server does', () => {
    expect(tokens("$a$ ';' $a$", { dollarQuotes: true })).toBe("s:$a$ ';' $a$");
    expect(tokens('$a b', { dollarQuotes: true })).toBe('w:$a w:b');
  });

  it.each(["'a", '`a', '"a', '/* a', "x'4", "n'a"])('stops at %s and says why', (sql) => {
    const lexer = createLexer(Buffer.from(sql), reading);
    advance(lexer);
    expect(lexer.kind).toBe(TOKEN.end);
    expect(lexer.fault?.at).toBe(0);
  });

  it('moves on with every token, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const lexer = createLexer(bytes, reading);
        let before = -1;
        for (advance(lexer); lexer.kind !== TOKEN.end; advance(lexer)) {
          expect(lexer.position).toBeGreaterThan(before);
          expect(lexer.end).toBeLessThanOrEqual(bytes.length);
          before = lexer.position;
        }
      }),
    );
  });
});
