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
