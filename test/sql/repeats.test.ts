import { describe, expect, it } from 'vitest';
import type { ReadContext } from '../../src/sql/dialect.js';
import { copiesBehind } from '../../src/sql/repeats.js';
import { readText } from '../../src/sql/statement-facts.js';
import { fc } from '../support/properties.js';

const CONTEXT: ReadContext = {
  dialect: { flavour: 'mariadb', version: 101_119 },
  sqlMode: '',
  charset: 'utf8mb4',
  database: 'app',
};

describe('copies of a piece of text', () => {
  const copies = (text: string, to: number, seen = to) =>
    copiesBehind(Buffer.from(text), { from: 0, to, seen });

  it('are those behind which enough is alike', () => {
    expect(copies(';drop'.repeat(10), 5)).toBe(5);
    expect(copies(';drop'.repeat(10), 5, 15)).toBe(3);
    expect(copies(`${';drop'.repeat(9)};drap`, 5)).toBe(5);
    expect(copies(';drop;drop', 5)).toBe(0);
    expect(copies('', 0)).toBe(0);
  });
});

/** Where quotes pair across statements, the white space between them is in names. */
function deeds({ effects }: ReturnType<typeof readText>): ReadonlySet<string> {
  return new Set(effects.map((effect) => JSON.stringify(effect).replace(/(?:\\t| )+/g, ' ')));
}

describe('a text that says the same again and again', () => {
  const piece = fc.constantFrom(
    ...[
      'drop table t',
      'drop',
      'truncate t',
      'use b',
      'set @a=1',
      "set sql_mode=''",
      'begin',
      'end',
    ],
    ...["'", '"', '`', '/*', '*/', '/*!', '-- ', '\n', '(', ')', '.', 'a', 'create procedure p()'],
    ...[
      'call p',
      'prepare s from "drop table u"',
      'execute s',
      'delete from t',
      'if',
      ':',
      ';',
      ' ',
    ],
    ...['where', 'select 1', '\\', '$$', 'set sql_log_bin=0', 'p'],
  );

  it('does what it does with other white space between', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), (pieces) => {
        const unit = `${pieces.join(' ')};`;
        const count = Math.ceil(200 / unit.length) + 2;
        const same = Array.from({ length: count }, () => `${unit} `).join('');
        const varied = Array.from({ length: count }, (_, n) => `${unit}${' \t'[n % 2]}`);
        // So that no two neighbours are alike: the white space counts up in binary.
        const other = varied.map(
          (text, n) => text + n.toString(2).replace(/0/g, ' ').replace(/1/g, '\t'),
        );
        const one = readText(Buffer.from(same), CONTEXT);
        const two = readText(Buffer.from(other.join('')), CONTEXT);
        expect(deeds(one)).toEqual(deeds(two));
        expect(one.statements.length).toBe(two.statements.length);
        expect(one.movesTo).toEqual(two.movesTo);
        expect(one.prepares).toEqual(two.prepares);
      }),
      { numRuns: 2_000, seed: 7 },
    );
  });

  it('is split into each of them', () => {
    const { statements } = readText(Buffer.from('drop table t;'.repeat(50)), CONTEXT);
    expect(statements).toHaveLength(50);
    expect(statements[40]).toEqual({ start: 40 * 13, end: 40 * 13 + 12 });
  });
});
