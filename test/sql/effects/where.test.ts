import { describe, expect, it } from 'vitest';
import { effectsOf, MYSQL9, onLine } from '../read-as.js';

const judged = (where: string) => effectsOf(`DELETE FROM t WHERE ${where}`);

describe('a WHERE that restricts nothing', () => {
  it.each([
    '1',
    '1=1',
    'true',
    "'a'='a'",
    'NOT 0',
    '2 > 1',
    '@v = 1',
    '@`v` = 1',
    '@@global.read_only = 0',
    '?',
    'rand() < 2',
    "now() > '2000-01-01'",
    'now() > now() - interval 1 day',
    'current_role IS NULL',
    "current_role = 'x'",
    "sysdate > '2000-01-01'",
    'id=id',
    't.id = id',
    '`id` = (id)',
    'id <=> id',
    'id >= id',
    "id LIKE '%'",
    "id REGEXP '.*'",
    'id BETWEEN id AND id',
    'app.t.id = t.id',
    'NOT (id <> id)',
    'NOT id != id',
    '!(id > (id))',
    'id = 1 XOR id <> 1',
    'id IS TRUE OR id IS NOT TRUE',
    'id IN (1, 2) OR id NOT IN (1, 2)',
    'id IN (1, id)',
    'id IS NOT NULL OR 1',
    'id = 5 OR 1=1',
    'id = 5 || 1',
    '(id = 5 OR (1))',
    '(id = 5 OR true) AND 1=1',
    '(id = 5 OR 1) IS TRUE',
    '(id = 5 OR 1) = 1',
    'NOT (id = 5 AND 0)',
    'NOT (1 = 2)',
    '!(0)',
    'id = 5 OR NOT id = 5',
    '(id IN (1, id)) | (id = 5)',
    '(id = 5) + (id = id)',
    'id = 5 OR id <> 5',
    'id IS NULL OR id IS NOT NULL',
    'id < 3 OR id >= 3',
    'EXISTS (SELECT 1)',
    'EXISTS (SELECT id FROM x WHERE x.id = 5)',
    '(SELECT count(*) FROM x WHERE y = 5) > 0',
    '1 IN (SELECT 1 FROM x WHERE id = 5)',
    "concat('a') = 'a'",
    'CASE WHEN 1 THEN 1 END',
    '1 /* AND id = 5 */',
    "'x' 'id = 5' OR 1",
    '(((((1)))))',
    `${'('.repeat(100)}id = 5${')'.repeat(100)}`,
    '(VALUES(a) IS NULL OR t.a = t.a)',
    '(VALUES(a) IS NULL OR 1) IS TRUE',
    'EXISTS (VALUES (1), (2))',
    'a + 1 #= 3',
    '2 | t.a',
    "name LIKE '%%%'",
    "name REGEXP ''",
    "name RLIKE '^.*$'",
    "name REGEXP '^'",
    "EXTRACT(year FROM '2020-01-01') > 0",
    "TIMESTAMPDIFF(day, '2020-01-01', now()) > 0",
    "GET_FORMAT(date, 'USA') > ''",
    "CONVERT('1', signed) = 1",
    "CONVERT('1', char character set utf8) = 1",
    "TRIM(leading FROM ' a') = 'a'",
    '_latin1 0x31',
    "_latin1 x'31' > ''",
    '{x 1}',
    '{fn now()} > 0',
    'app.f(1)',
    '`app` . `f`(1) = 1',
    'VALUES(id) IS NULL',
    'DEFAULT(a) IS NULL',
    'NEXT VALUE FOR s > 0',
    'NEXTVAL(app.s) > 0',
    's.nextval > 0',
    'rownum > 0',
    'SQL%ROWCOUNT >= 0',
    'CASE WHEN TRUE THEN TRUE END',
    'DATE_ADD(now(), INTERVAL ? year) > 0',
    '(SELECT t.id FROM (SELECT 1 AS id) AS t)',
    'EXISTS (SELECT 1 FROM u AS t WHERE t.id = 1)',
    'EXISTS (SELECT 1 FROM u t WHERE t.id = 1)',
    'EXISTS (SELECT t.id FROM app.t)',
  ])('lets every row through: %s', (where) => {
    expect(judged(where)).toBe('delete-unbounded app.t');
  });

  it.each([
    'id = 5',
    '5 = id',
    't.id = 5',
    '`id` = 5',
    'id = ?',
    'id = @v',
    'id IN (1, 2)',
    'id IN (SELECT id FROM x)',
    'id BETWEEN 1 AND 5',
    'id BETWEEN 1 AND 5 AND 1=1',
    'a = 1 AND b = 2',
    'a = 1 OR b = 2',
    '(a = 1 OR b = 2) AND 1 = 1',
    'NOT a = 1',
    'NOT (a = 1)',
    "name LIKE 'a%'",
    "date < '2020-01-01'",
    'created < now() - interval 1 day',
    'date_add(created, interval 1 day) < now()',
    'deleted_at IS NOT NULL',
    'EXISTS (SELECT 1 FROM x WHERE x.id = t.id)',
    '(a, b) = (1, 2)',
    '(a, b) IN ((1, 2), (3, 4))',
    '(a) = 5',
    'CASE WHEN a = 1 AND b THEN 1 END',
    'a XOR b',
    'id <> id',
    'NOT (id <> 1)',
    'app.u.id = t.id',
    'id IN (1, 2) OR id NOT IN (1)',
    'a <> 5',
    'end = 5',
    'status = 1 AND user = 2 AND day = 3',
    'lower(name) = 1',
    'a = b',
    'f(a, 1)',
    '0',
    '1=0',
    'false',
    '1=2 OR 0',
    'NULL',
    'id = 5 AND (SELECT 1)',
    "a = 'x' OR b = 'or 1=1'",
    "MATCH (a) AGAINST ('x')",
    'a & 1 = 1',
    'a = -1',
    "a COLLATE utf8_bin = 'a'",
    'CAST(a AS CHAR) = 5',
    "JSON_EXTRACT(a, '$.b') = 1",
    'id = 5 ORDER BY id LIMIT 1',
    "name REGEXP '^$'",
    "name REGEXP '.*a'",
    'a + 1 = 3',
    'a & 1',
    'a | 0',
    'a - 1',
    'EXTRACT(year FROM created) > 0',
    'TIMESTAMPDIFF(day, created, now()) > 3',
    'CONVERT(a, signed) = 1',
    "CONVERT(a USING utf8) = 'x'",
    "TRIM(both 'x' FROM a) = 'y'",
    "TRIM(a) = 'y'",
    'year = 5',
    'value = 5',
    'next = 5',
    'nextval = 5',
    't.value = 5',
    'CASE a WHEN 1 THEN b END',
    'created < now() - INTERVAL days DAY',
    'EXISTS (SELECT 1 FROM t AS u WHERE u.parent = t.id)',
    'EXISTS (SELECT 1 FROM x AS u WHERE u.t = t.id)',
    'NOT EXISTS (SELECT 1 FROM x, y WHERE x.id = t.id AND y.id = x.id)',
  ])('hangs on the row, or takes none: %s', (where) => {
    expect(judged(where)).toBe('');
  });

  it('ends at RETURNING only where that is a word of the language', () => {
    expect(effectsOf('DELETE FROM t WHERE 1 RETURNING id')).toBe('delete-unbounded app.t');
    expect(effectsOf('DELETE FROM t WHERE returning = 5', onLine(MYSQL9))).toBe('');
  });
});

describe('a WHERE with a long list', () => {
  const many = Array.from({ length: 2_000 }, (_, n) => (n % 2 === 0 ? `${n}` : `'${n}'`)).join(
    ', ',
  );

  it.each([`id IN (${many})`, `t.id NOT IN (${many})`, `id IN (${many}) AND 1`])(
    'restricts',
    (where) => {
      expect(judged(where)).toBe('');
    },
  );

  it.each([
    `id IN (${many}, id)`,
    `id IN (${many}, (id))`.replace('(id)', 'id, 1'),
    `id NOT IN (${many}) OR 1`,
    `2000 IN (${many}, 2000, id)`,
  ])('restricts nothing where it would not without the list', (where) => {
    expect(judged(where)).toBe('delete-unbounded app.t');
  });
});

describe('a WHERE that a program wrote', () => {
  const ors = (times: number) =>
    Array.from({ length: times }, (_, n) => `\`t\`.\`id\` = ${n}`).join(' OR ');

  it('restricts with fifty thousand OR', () => {
    expect(judged(ors(50_000))).toBe('');
    expect(judged(`${ors(50_000)} OR 1`)).toBe('delete-unbounded app.t');
  });

  it('is not judged where it is longer than any program writes', () => {
    expect(judged(ors(100_000))).toBe('delete-unbounded app.t');
  });
});
