import { describe, expect, it } from 'vitest';
import { holdsCode } from '../../../src/sql/effects/code-tables.js';
import { readText } from '../../../src/sql/statement-facts.js';

const dialect = { flavour: 'mariadb', version: 101_119 } as const;

function effectsOf(sql: string, database?: string): readonly string[] {
  const context = { dialect, sqlMode: '', charset: 'utf8mb4' };
  const { effects } = readText(
    Buffer.from(sql),
    database === undefined ? context : { ...context, database },
  );
  return effects.map(({ effect, deferred }) => `${effect}${deferred ? ' deferred' : ''}`);
}

describe('tables of code', () => {
  it.each([
    "UPDATE mysql.event SET body=CONCAT('DR','OP TABLE t'), body_utf8=body WHERE name='e'",
    "UPDATE `mysql` . `event` SET body='x' WHERE name='e'",
    "INSERT INTO mysql.proc VALUES ('app','p')",
    'INSERT IGNORE mysql . proc SELECT 1',
    'REPLACE INTO /* x */ MySQL.Proc VALUES (1)',
    "LOAD DATA INFILE 'f' INTO TABLE mysql.func",
  ])('takes %s for code that runs later', (sql) => {
    expect(effectsOf(sql, 'app')).toContain('run-opaque deferred');
  });

  it.each(['mysql', undefined])('takes a bare name for one of them in schema %s', (database) => {
    expect(effectsOf('INSERT INTO event VALUES (1)', database)).toEqual(['run-opaque deferred']);
  });

  it.each([
    'INSERT INTO event VALUES (1)',
    "INSERT INTO t VALUES ('mysql.event')",
    'SELECT * FROM mysql.event',
    "INSERT INTO mysql.time_zone VALUES (1, 'N')",
    "SELECT INSERT('a', 1, 1, 'b'), REPLACE('mysql.proc', 'a', 'b')",
    'UPDATE app.event SET a = 1 WHERE id = 5',
    "LOAD DATA INFILE 'mysql.event' INTO TABLE app.t",
  ])('finds nothing in %s', (sql) => {
    expect(effectsOf(sql, 'app')).toEqual([]);
  });

  it('knows them by schema and name, whatever the case', () => {
    expect(holdsCode({ schema: 'MYSQL', name: 'EVENT' })).toBe(true);
    expect(holdsCode({ schema: 'app', name: 'event' })).toBe(false);
    expect(holdsCode({ schema: 'mysql' })).toBe(false);
  });
});
