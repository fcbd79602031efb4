import { describe, expect, it } from 'vitest';
import { effectsOf } from '../read-as.js';

const tablesOf = (list: string) => effectsOf(`UPDATE ${list} SET x = 1`);

describe('the tables of a statement', () => {
  it.each([
    ['a', 'app.a'],
    ['a, b.c', 'app.a, b.c'],
    ['.a, . b', 'app.a, app.b'],
    ['a AS x, b y', 'app.a, app.b'],
    ['a JOIN b ON a.i = b.i AND (a.j, 1) = (b.j, 2), c', 'app.a, app.b, app.c'],
    ['a LEFT JOIN b USING (i, j) RIGHT OUTER JOIN c ON 1', 'app.a, app.b, app.c'],
    ['a NATURAL JOIN b STRAIGHT_JOIN c', 'app.a, app.b, app.c'],
    ['(a, (b))', 'app.a, app.b'],
    ['a, (SELECT 1 FROM x, y) d', 'app.a'],
    ['a, /* ( */ ( /* x */ SELECT 1 FROM x) d', 'app.a'],
    ['a PARTITION (p0, p1) AS q', 'app.a'],
    ['a USE INDEX (i), b', 'app.a, app.b'],
    ['a USE INDEX FOR ORDER BY (i), b', 'app.a, app.b'],
    ['a FORCE INDEX FOR JOIN (i) IGNORE KEY FOR GROUP BY (j)', 'app.a'],
    ['{OJ a LEFT JOIN b ON a.i = b.i}', 'app.a, app.b'],
    ['{x a}, b', 'app.a, app.b'],
    ["a, JSON_TABLE('[]', '$' COLUMNS (x INT PATH '$.x')) j", 'app.a'],
  ])('are found in %s', (list, objects) => {
    expect(tablesOf(list)).toBe(`update-unbounded ${objects}`);
  });
});
