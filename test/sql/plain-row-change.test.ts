import { describe, expect, it } from 'vitest';
import { NestedTexts } from '../../src/sql/nested-texts.js';
import { isPlainRowChange } from '../../src/sql/plain-row-change.js';
import { unite } from '../../src/sql/unite.js';
import { fc } from '../support/properties.js';

const isPlain = (sql: string) => isPlainRowChange(Buffer.from(sql, 'latin1'));

describe('a plain change of rows', () => {
  it.each([
    'UPDATE sbtest1 SET k=k+1 WHERE id=5033',
    "UPDATE sbtest1 SET c='83868641912-28773972837' WHERE id=5013",
    'update `t` set `a` = ?, b = b - 1 where `id` = ? and c = ?;',
    'DELETE FROM sbtest1 WHERE id=5013',
    'delete from `t`\nwhere id = 5',
  ])('is %s', (sql) => {
    expect(isPlain(sql)).toBe(true);
  });

  it.each([
    'UPDATE t SET a = 1',
    'DELETE FROM t',
    'DELETE FROM t WHERE true = 1',
    'DELETE FROM t WHERE id = id',
    'DELETE FROM t WHERE 1 = 1',
    'DELETE FROM t WHERE id = 5 OR 1',
    "DELETE FROM t WHERE id = 'a' 'b'",
    "DELETE FROM t WHERE id = x'41'",
    'DELETE FROM t WHERE id = 5; DROP TABLE t',
    'DELETE FROM t WHERE id = 5 -- x',
    'DELETE FROM t\xa0WHERE id = 5',
    "UPDATE t SET a = '\\' WHERE id = 5",
    'UPDATE a.t SET b = 1 WHERE id = 5',
    'UPDATE event SET b = 1 WHERE id = 5',
    'UPDATE `proc` SET b = 1 WHERE id = 5',
    'DELETE FROM t WHERE not = 5',
    'SELECT 1',
    '',
  ])('is not %s', (sql) => {
    expect(isPlain(sql)).toBe(false);
  });

  it('is never one that the reader finds something in', () => {
    const words = fc.constantFrom(
      ...['UPDATE', 'DELETE', 'FROM', 'SET', 'WHERE', 'AND', 'OR', '=', ',', '5', '?', "'x'", 't'],
      ...['id', '`a`', 'true', 'current_date', 'NOT', '-1', ';', 'DROP', 'TABLE', '(', ')', '+ 1'],
    );
    const shaped = fc
      .tuple(words, words, words, words, words, fc.array(words, { maxLength: 4 }))
      .map(
        ([a, b, c, d, e, more]) => `DELETE FROM ${a} WHERE ${b} ${c} ${d} ${e} ${more.join(' ')}`,
      );
    const soup = fc.array(words, { maxLength: 14 }).map((all) => all.join(' '));
    fc.assert(
      fc.property(fc.oneof(shaped, soup), (sql) => {
        const text = Buffer.from(sql, 'latin1');
        if (!isPlainRowChange(text)) return;
        expect(
          unite({
            text,
            context: {},
            firing: undefined,
            deferred: false,
            depth: 0,
            nested: new NestedTexts(),
          }).effects,
        ).toEqual([]);
      }),
      { numRuns: 5_000 },
    );
  });
});
