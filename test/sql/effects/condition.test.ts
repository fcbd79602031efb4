import { describe, expect, it } from 'vitest';
import { takeCondition } from '../../../src/sql/effects/condition.js';
import { advance, createLexer } from '../../../src/sql/lexer.js';
import { readingsFor, Traps } from '../../../src/sql/readings.js';
import { KNOWN } from '../read-as.js';

function columnsOf(sql: string): readonly string[] {
  const text = Buffer.from(sql);
  const [reading] = readingsFor(text, new Traps(text), KNOWN) ?? [];
  if (reading === undefined) throw new Error('no reading');
  const lexer = createLexer(text, reading);
  advance(lexer);
  const { tokens } = takeCondition(lexer, { tables: new Set(), single: true });
  return tokens.filter(({ kind }) => kind === 'column').map(({ text: name }) => name);
}

describe('the columns of a condition', () => {
  it.each([
    ['a = 1', ['a']],
    ['t.a = `B`', ['t', 'b']],
    ['f(a, 1) > g()', ['a']],
    ["date = DATE '2020-01-01'", ['date']],
    ["a = _utf8 'x' COLLATE utf8_bin", ['a']],
    ['CAST(a AS unsigned) = @b + @`c` + @@global.d', ['a']],
    ['now() - interval 1 day', []],
    ['CASE a WHEN b THEN 1 END', ['a', 'b']],
    ['`and` = 1', ['and']],
    ['a = 1 ORDER BY b', ['a']],
    ['a = 1 LIMIT 5', ['a']],
    ['a = 1) OR b', ['a']],
    ['a = 1; b = 2', ['a']],
  ])('of %s are %j', (sql, columns) => {
    expect(columnsOf(sql)).toEqual(columns);
  });
});
