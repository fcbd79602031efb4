import { expect, it } from 'vitest';
import { gapParts } from '../../src/approval/canonical-gap.js';
import { PLAIN } from '../../src/sql/charsets.js';
import { createLexer } from '../../src/sql/lexer.js';

function parts(text: string, inComment = false): readonly string[] {
  const lexer = createLexer(Buffer.from(text), {
    flavour: 'mariadb',
    version: 101_119,
    ansiQuotes: false,
    backslashEscapes: true,
    charset: PLAIN,
    sixDigits: true,
    dollarQuotes: false,
    galera: false,
  });
  return gapParts(lexer, { from: 0, to: text.length, inComment });
}

it('keeps nothing of white space and remarks, and all that some server may run', () => {
  expect(parts(' \n\t/* remark */ -- line\n # another\n')).toEqual([]);
  expect(parts(' /*! ')).toEqual(['/*!']);
  expect(parts('/*M!100100 ')).toEqual(['/*M!100100']);
  expect(parts('/*!80000 , u */ /* no */')).toEqual(['/*!80000 , u */']);
  expect(parts('/*+ NO_ICP(t) */')).toEqual(['/*+ NO_ICP(t) */']);
  expect(parts(' */ ', true)).toEqual(['*/']);
  expect(parts('@')).toEqual(['@']);
});
