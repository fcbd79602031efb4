import { expect, it } from 'vitest';
import { isReadOnly } from '../../src/session/latch.js';

it.each([
  'SELECT 1',
  ' select * from t;',
  'SHOW TABLES',
  'SET autocommit=0',
  'COMMIT',
  'start  transaction',
  'USE app',
])('%j writes nothing', (sql) => {
  expect(isReadOnly(Buffer.from(sql))).toBe(true);
});

it.each([
  'INSERT INTO t VALUES (1)',
  'SELECT 1; DELETE FROM t',
  'SELECT 1 INTO OUTFILE "x"',
  'SELECT /*!50000 1*/',
  'SET GLOBAL read_only=0',
  'CALL p()',
  '',
  'WITH a AS (SELECT 1) DELETE FROM t',
  `SELECT ${'x'.repeat(70_000)}`,
])('%.40j may write', (sql) => {
  expect(isReadOnly(Buffer.from(sql))).toBe(false);
});

it.each([
  'SET STATEMENT max_statement_time=1 FOR INSERT INTO t VALUES (1)',
  'set/**/statement sort_buffer_size=10000 for delete from t where a = 1',
  "SET PASSWORD = 'x'",
  "SET autocommit=1, PASSWORD FOR bob = 'x'",
  'SET DEFAULT ROLE dba TO bob',
  'SELECT NEXTVAL(s)',
  'SELECT NEXT VALUE FOR s',
  'SELECT SETVAL(s, 7)',
])('%j writes by the back door', (sql) => {
  expect(isReadOnly(Buffer.from(sql))).toBe(false);
});
