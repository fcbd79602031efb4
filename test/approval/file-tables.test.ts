import Database from 'libsql';
import { expect, it } from 'vitest';
import { askFile, LAST_TABLE, rowOf, SCHEMA } from '../../src/approval/file-tables.js';

it('makes its tables in one go, the last one last, and again without harm', () => {
  const db = new Database(':memory:');
  db.exec(SCHEMA);
  db.exec(SCHEMA);
  const tables = askFile(db, {
    ...{ kind: 'rows', sql: `SELECT name FROM sqlite_master WHERE type = ? ORDER BY rowid` },
    values: ['table'],
  }).rows.map(({ name }) => name);
  expect(tables.at(-1)).toBe(LAST_TABLE);
  expect(tables).toContain('requests');
});

it('answers rows, and how many a change was about', () => {
  const db = new Database(':memory:');
  db.exec(SCHEMA);
  const put = {
    kind: 'change',
    sql: 'INSERT INTO meta VALUES (?, ?)',
    values: ['a', 'b'],
  } as const;
  expect(askFile(db, put)).toEqual({ rows: [], affected: 1 });
  const get = { kind: 'rows', sql: 'SELECT value FROM meta WHERE name = ?' } as const;
  expect(askFile(db, { ...get, values: ['a'] }).rows).toEqual([{ value: 'b' }]);
  expect(askFile(db, { ...get, values: ['z'] }).rows).toEqual([]);
});

it('takes no answer for no row', () => {
  expect(rowOf(undefined)).toBeUndefined();
});
