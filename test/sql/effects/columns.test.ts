import { describe, expect, it } from 'vitest';
import type { Flavour } from '../../../src/sql/dialect.js';
import { shadowedIn } from '../../../src/sql/effects/columns.js';
import { type ConditionToken, takeCondition } from '../../../src/sql/effects/condition.js';
import { advance, createLexer } from '../../../src/sql/lexer.js';
import { readingsFor, Traps } from '../../../src/sql/readings.js';
import { MARIADB, MYSQL9, onLine } from '../read-as.js';

function conditionOf(text: string, flavour: Flavour, tables: readonly string[] = ['t']) {
  const bytes = Buffer.from(text, 'latin1');
  const context = onLine(flavour === 'mariadb' ? MARIADB : MYSQL9);
  const [reading] = readingsFor(bytes, new Traps(bytes), context) ?? [];
  if (reading === undefined) throw new Error('no reading');
  const lexer = createLexer(bytes, reading);
  advance(lexer);
  return takeCondition(lexer, { tables: new Set(tables), single: true });
}

const columnsOf = (text: string, flavour: Flavour = 'mariadb') =>
  conditionOf(text, flavour)
    .tokens.filter(({ kind }: ConditionToken) => kind === 'column')
    .map((token) => token.text)
    .join(' ');

describe('columns', () => {
  it.each([
    ['EXTRACT(year FROM created) > 0', 'created'],
    ['TIMESTAMPDIFF(day, a, b)', 'a b'],
    ['CONVERT(a, signed)', 'a'],
    ['CONVERT(1, decimal(9, 2)) = a', 'a'],
    ["TRIM(both 'x' FROM a)", 'a'],
    ['VALUES(a) = b', 'b'],
    ['f(VALUES(a), b)', 'b'],
    ['{fn a}', ''],
    ['app.f(a)', 'a'],
    ['app.t.a', 'app'],
    ['CASE WHEN TRUE THEN a END', 'a'],
    ['CASE WHEN a THEN TRUE END', 'a'],
    ['a > INTERVAL ? day + b', 'a b'],
    ['_latin1 0x31 = a', 'a'],
  ])('of %s are: %s', (text, expected) => {
    expect(columnsOf(text)).toBe(expected);
  });

  it.each(['NEXT VALUE FOR s', 's.nextval', 'rownum', 'SQL%ROWCOUNT', 'sysdate'])(
    'are none in %s on MariaDB',
    (text) => {
      expect(columnsOf(text)).toBe('');
      expect(columnsOf(text, 'mysql')).not.toBe('');
    },
  );
});

describe('the tables of a subquery', () => {
  it.each([
    ['(SELECT 1 FROM t)', 't'],
    ['(SELECT 1 FROM app.t WHERE t.id = 1)', 't'],
    ['(SELECT 1 FROM x AS t)', 't'],
    ['(SELECT 1 FROM x t JOIN y)', 't'],
    ['(SELECT 1 FROM (SELECT 1) t)', 't'],
    ['(SELECT 1 FROM t AS u WHERE u.id = t.id)', ''],
    ['(SELECT 1 FROM t u WHERE u.id = t.id)', ''],
    ['(SELECT 1 FROM x WHERE x.id = t.id)', ''],
    ['(SELECT 1 FROM x WHERE x.t = t.id)', ''],
  ])('hide those around it: %s', (text, expected) => {
    const condition = conditionOf(text, 'mariadb');
    const all = { from: 0, to: condition.tokens.length };
    expect([...shadowedIn(condition, all)].join(' ')).toBe(expected);
  });
});
