import { expect, it } from 'vitest';
import { mayFinishXa, xaStatement } from '../../src/sql/xa.js';

const read = (sql: string) => xaStatement(Buffer.from(sql));

it.each([
  ["XA COMMIT 'x'", { verb: 'commit', xid: '78..1' }],
  [" xa  Commit X'78' ;", { verb: 'commit', xid: '78..1' }],
  ['XA ROLLBACK 0x78', { verb: 'rollback', xid: '78..1' }],
  ["XA PREPARE 'a','b',7", { verb: 'prepare', xid: '61.62.7' }],
  ['XA COMMIT "a" ONE PHASE', { verb: 'commit', xid: '61..1' }],
])('%s', (sql, expected) => {
  expect(read(sql)).toEqual(expected);
});

it.each([
  "/* now */ XA COMMIT 'x'",
  "SELECT 1; XA COMMIT 'x'",
  "XA COMMIT 'a\\'b'",
  "XA ROLLBACK 'a' 'b'",
])('%s may finish any', (sql) => {
  expect(read(sql)).toEqual({ verb: 'commit', xid: undefined });
});

it.each(["XA START 'x'", "XA END 'x'", 'XA RECOVER', 'COMMIT', 'SELECT exa FROM commits'])(
  '%s finishes none',
  (sql) => {
    expect(read(sql)).toBeUndefined();
    expect(mayFinishXa(Buffer.from(sql))).toBe(false);
  },
);
