import { describe, expect, it } from 'vitest';
import { CHARSET_CLASSES } from '../../src/sql/charsets.js';
import { advance, createLexer, type Lexer, TOKEN } from '../../src/sql/lexer.js';
import type { Reading } from '../../src/sql/reading.js';
import { skipNames, skipStatement } from '../../src/sql/skip.js';
import { fc } from '../support/properties.js';

const PIECES = [
  ...["'", '"', '`', '\\', ';', ' ', '(', ')', ',', '.', '-', '--', '-- ', '#', '\n', '/*', '*/'],
  ...[
    '/*!',
    '/*!99999 ',
    '1',
    '12.5',
    '1.e',
    '0x1',
    '1e5',
    'a',
    "x'",
    "n'",
    "b'1'",
    '@',
    '@@',
    '$',
  ],
  ...[
    '$a$',
    '\xb3',
    '\xa0',
    '\0',
    '\x7f',
    ':',
    '*',
    '/',
    'NULL',
    'a.b',
    'n',
    'x'.repeat(80),
    '\\N',
    '.5',
    '..',
  ],
];

function byTokens(lexer: Lexer): void {
  while (lexer.kind !== TOKEN.end && lexer.symbol !== 0x3b) advance(lexer);
}

function namesByTokens(lexer: Lexer): void {
  while (lexer.dotSeparates) {
    advance(lexer);
    advance(lexer);
  }
}

function placeAfter(text: string, reading: Reading, go: (lexer: Lexer) => void): unknown {
  const lexer = createLexer(Buffer.from(text, 'latin1'), reading);
  advance(lexer);
  go(lexer);
  const { classes: _classes, text: _text, view: _view, ...place } = lexer;
  return place;
}

const readings = fc.record({
  flavour: fc.constantFrom('mariadb' as const, 'mysql' as const),
  version: fc.constantFrom(50_624, 90_704, 101_119),
  ansiQuotes: fc.boolean(),
  backslashEscapes: fc.boolean(),
  charset: fc.constantFrom(...CHARSET_CLASSES),
  sixDigits: fc.boolean(),
  dollarQuotes: fc.boolean(),
  galera: fc.boolean(),
});

describe('skipping a statement', () => {
  it('ends exactly where reading its tokens does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }),
        readings,
        (words, reading) => {
          const text = words.join('');
          expect(placeAfter(text, reading, skipStatement)).toEqual(
            placeAfter(text, reading, byTokens),
          );
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

describe('skipping names that dots hang together', () => {
  it('ends exactly where reading its tokens does', () => {
    const pieces = fc.constantFrom(
      'a',
      '.',
      '1',
      "x'",
      '$',
      '\xb3',
      '\xa0',
      ' ',
      'drop',
      '`',
      "n'",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), readings, (words, reading) => {
        const text = `a.b${words.join('')}`;
        expect(placeAfter(text, reading, skipNames)).toEqual(
          placeAfter(text, reading, namesByTokens),
        );
      }),
      { numRuns: 3_000, seed: 7 },
    );
  });
});
