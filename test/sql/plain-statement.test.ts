import { describe, expect, it } from 'vitest';
import type { ReadContext } from '../../src/sql/dialect.js';
import { NestedTexts } from '../../src/sql/nested-texts.js';
import { isPlainStatement } from '../../src/sql/plain-statement.js';
import { unite } from '../../src/sql/unite.js';
import { fc } from '../support/properties.js';
import { KNOWN, MYSQL9, MYSQL56, onLine } from './read-as.js';

const isPlain = (sql: string) => isPlainStatement(Buffer.from(sql, 'latin1'));

describe('a plain statement', () => {
  it.each([
    'UPDATE sbtest1 SET k=k+1 WHERE id=5033',
    "UPDATE sbtest1 SET c='83868641912-28773972837' WHERE id=5013",
    'update `t` set `a` = ?, b = b - 1 where `id` = ? and c = ?;',
    "UPDATE `app`.`users` AS u SET u.name = 'it''s', seen = NOW() WHERE `u`.`id` = 5 LIMIT 1",
    "UPDATE t SET a = IF(b > (1 + 2), 'x', CONCAT(c, 'y')) WHERE id IN (1, 2, ?) ORDER BY id",
    "UPDATE t SET name = 'Jos\xe9' WHERE email = 'jos\xe9@example.org'",
    'DELETE FROM sbtest1 WHERE id=5013',
    'delete from `t`\nwhere id = 5',
    "DELETE FROM app.sessions WHERE expires < '2024-01-01' LIMIT 1000",
    'DELETE FROM t WHERE expires < NOW() - INTERVAL 1 DAY',
    'DELETE FROM cart WHERE user_id = ? AND (item = ? OR item IS NULL)',
    "DELETE FROM t WHERE a = 1 OR b LIKE '%x' AND c BETWEEN 1 AND 5",
    'DELETE FROM t WHERE id = 5 AND b <> ANY (SELECT 1 FROM u WHERE x = 1 OR 1)',
    'DELETE FROM t WHERE id NOT IN (1, 2) AND c IS NOT NULL',
    'SELECT c FROM sbtest1 WHERE id=5031 FOR UPDATE',
    "SELECT `update` FROM `t` WHERE a = 'drop table t; --'",
    "INSERT INTO t (a,b) VALUES (1,'x') ON DUPLICATE KEY UPDATE b=VALUES(b), c=c+1",
    "INSERT IGNORE INTO app.t VALUES ('delete me', -1.5, NULL, NOW());",
    'REPLACE INTO t SET a = 1',
    'SHOW MASTER STATUS',
    'CREATE TABLE t (a timestamp DEFAULT current_timestamp ON UPDATE current_timestamp)',
    'BEGIN',
    'begin work;',
    'ALTER TABLE `t` DISABLE KEYS',
    '/*!40000 ALTER TABLE `t` ENABLE KEYS */;',
  ])('is %s', (sql) => {
    expect(isPlain(sql)).toBe(true);
  });

  it.each([
    'UPDATE t SET a = 1',
    'UPDATE t SET a = (SELECT 1 FROM u WHERE id = 5)',
    'DELETE FROM t',
    'DELETE FROM t LIMIT 5',
    'DELETE FROM t WHERE true = 1',
    'DELETE FROM t WHERE id = id',
    'DELETE FROM t WHERE 1 = 1',
    'DELETE FROM t WHERE id = 5 OR 1',
    'DELETE FROM t WHERE id = 5 AND 1 OR 1',
    'DELETE FROM t WHERE id = 5 AND b = 1 || 1',
    'DELETE FROM t WHERE (id = 5 OR 1)',
    'DELETE FROM t WHERE id = 5 OR id <> 5',
    'DELETE FROM t WHERE id IS NULL OR id IS NOT NULL',
    "DELETE FROM t WHERE id LIKE '%'",
    "DELETE FROM t WHERE id = 'a' 'b'",
    "DELETE FROM t WHERE id = x'41'",
    'DELETE FROM t WHERE id = 5 = 0',
    'DELETE FROM t WHERE rownum = 5',
    'DELETE FROM t WHERE s.nextval > 0',
    'DELETE FROM t WHERE id = 5; DROP TABLE t',
    'DELETE FROM t WHERE id = 5 -- x',
    'DELETE FROM t\xa0WHERE id = 5',
    "UPDATE t SET a = '\\' WHERE id = 5",
    'UPDATE event SET b = 1 WHERE id = 5',
    'UPDATE `proc` SET b = 1 WHERE id = 5',
    'UPDATE mysql.event SET b = 1 WHERE id = 5',
    'INSERT INTO mysql.`proc` VALUES (1)',
    'INSERT INTO event VALUES (1)',
    'DELETE FROM t WHERE not = 5',
    'SELECT 1; DROP TABLE t',
    "SELECT 1.e'; DROP TABLE t; --'",
    "SELECT 0x1f.5e'; DROP TABLE t; --'",
    "SELECT x'; DROP TABLE t; --'",
    "SELECT '\\'; DROP TABLE t; --'",
    'SELECT "a"; DROP TABLE t',
    'SELECT $$;$$ DROP TABLE t',
    'SELECT /* ; */ 1',
    'SELECT 1 # update',
    'select: BEGIN DROP TABLE t; END',
    'BEGIN DROP TABLE t',
    'BEGIN NOT ATOMIC DROP TABLE t; END',
    'ALTER TABLE t DROP COLUMN a',
    'CREATE OR REPLACE TABLE t (a INT)',
    '',
  ])('is not %s', (sql) => {
    expect(isPlain(sql)).toBe(false);
  });

  const CONTEXTS: readonly ReadContext[] = [
    {},
    KNOWN,
    onLine(MYSQL9),
    onLine(MYSQL56),
    { ...KNOWN, charset: 'gbk', sqlMode: 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', database: 'mysql' },
  ];

  function expectNothingFound(sql: string): void {
    const text = Buffer.from(sql, 'latin1');
    for (const context of CONTEXTS) {
      const nested = new NestedTexts();
      const read = unite({ text, context, firing: undefined, deferred: false, depth: 0, nested });
      expect(read).toMatchObject({ effects: [] });
      expect(read).not.toHaveProperty('movesTo');
      expect(read).not.toHaveProperty('prepares');
    }
  }

  const pieces = fc.constantFrom(
    ...[
      '=',
      '<',
      '<>',
      '>=',
      '!=',
      '<=>',
      ',',
      '.',
      '+',
      '-',
      '*',
      '(',
      ')',
      '((',
      '))',
      '|',
      ':=',
    ],
    ...[
      '5',
      '1',
      '0',
      '-1',
      '1.5',
      '1e5',
      '1.e',
      '0x1f',
      '.5e',
      '?',
      '@v',
      '@`v`',
      '\\N',
      '{x',
      '}',
    ],
    ...["'x'", "'it''s'", "'%'", "'%a'", "'\xe9'", "'\\'", "x'41'", "_utf8'a'", '"a"', "'", '`'],
    ...['t', 'id', 'a', '`a`', '`id`', 't.id', 'app.t', 'id.x', '`event`', 'rownum', 's.nextval'],
    ...['true', 'NULL', 'current_date', 'NOT', 'AND', 'OR', 'XOR', 'IN', '(1, 2)', '(id, 1)'],
    ...['IS NULL', 'IS NOT NULL', "LIKE 'a%'", 'BETWEEN 1 AND 5', 'NOT IN (1)', 'now()', 'f(a)'],
    ...['SELECT', 'FROM', 'SET', 'WHERE', 'WHERE id = 5', 'ORDER BY id', 'LIMIT 1', 'CASE', 'END'],
    ...[
      'AS',
      'JOIN',
      'USING',
      'INTO',
      'VALUES',
      'UPDATE',
      'DELETE',
      'DROP',
      'TABLE',
      'interval 1 day',
    ],
    ...[';', '--', '-- x\n', '#', '/*', '*/', '/*!', '/**/', '$$', '\xa0', '\xbf', '\0', ':', '\\'],
  );
  const tail = (maxLength: number) =>
    fc.array(pieces, { maxLength }).map((all) => all.join(' ').replaceAll(' .', '.'));
  const conditions = fc
    .array(
      fc.oneof(
        { arbitrary: pieces, weight: 1 },
        {
          arbitrary: fc.constantFrom(
            ...['id = 5', 'a < ?', 'id IN (1, 2)', 'a IS NULL', 'a IS NOT NULL', 'a <> 1', 'a = 1'],
            ...[
              "b LIKE '%x'",
              "b LIKE '%'",
              '(id = 5 OR a = 1)',
              '(id = 5)',
              'id = id',
              '1',
              '(1)',
            ],
            ...['id BETWEEN 1 AND 5', 'id >= 5', 'id < 5', '(a = 1) + (a = 2)', 'NOT a = 1', 'c'],
          ),
          weight: 4,
        },
      ),
      { maxLength: 5 },
    )
    .chain((parts) =>
      fc
        .array(fc.constantFrom(' AND ', ' OR ', ' and ', ' ', ' XOR ', ' || '), {
          minLength: parts.length,
          maxLength: parts.length,
        })
        .map((joints) => parts.map((part, at) => `${at === 0 ? '' : joints[at]}${part}`).join('')),
    );
  const texts = fc.oneof(
    tail(14),
    fc.tuple(pieces, conditions, tail(2)).map(([a, b, c]) => `DELETE FROM ${a} WHERE ${b} ${c}`),
    fc.tuple(conditions, tail(1)).map(([a, b]) => `DELETE FROM t WHERE ${a} ${b}`),
    fc
      .tuple(tail(4), conditions, tail(1))
      .map(([a, b, c]) => `UPDATE t SET a = ${a} WHERE ${b} ${c}`),
    fc
      .tuple(
        fc.constantFrom('SELECT', 'INSERT INTO', 'REPLACE', 'SHOW', 'BEGIN', 'CREATE TABLE'),
        tail(8),
      )
      .map(([verb, rest]) => `${verb} ${rest}`),
  );

  it('is never one that the reader finds something in', () => {
    let plain = 0;
    fc.assert(
      fc.property(texts, (sql) => {
        if (!isPlain(sql)) return;
        plain += 1;
        expectNothingFound(sql);
      }),
      { numRuns: 20_000 },
    );
    expect(plain).toBeGreaterThan(1_000);
  });

  it.each([
    ['UPDATE t SET a = ', "'a''b'", "'"],
    ['UPDATE t SET a = ', '(b', ' WHERE id = 5'],
    ['UPDATE t SET a = ', '((b))', ' ;;'],
    ['UPDATE t', ' ', ';;'],
    ['DELETE FROM t WHERE ', '(id = 5 OR ', ';;'],
    ['DELETE FROM t WHERE id = 5', ' AND (a = 1)', ';;'],
    ['DELETE FROM t WHERE id IN (1', ', 1', ';;'],
    ['DELETE FROM t WHERE id IN (1)', ' ', ';;'],
    ['DELETE FROM t WHERE id = 5 LIMIT ', ' ', ';;'],
    ['SELECT ', ' ', '"'],
    ['SELECT ', 'a.', '"'],
    ['BEGIN', ' ', '"'],
  ])('is known at once, whatever follows %s', (head, unit, end) => {
    const text = (head + unit.repeat(1_000)).slice(0, 1_000) + end;
    isPlain(text);
    const tries = Array.from({ length: 5 }, () => {
      const started = performance.now();
      expect(isPlain(text)).toBe(false);
      return performance.now() - started;
    });
    expect(Math.min(...tries)).toBeLessThan(50);
  });
});
