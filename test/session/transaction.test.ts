// What a session knows of its transaction, by what the server says and not by what was sent.
import { describe, expect, it } from 'vitest';
import { mayCommit, type Responded, Transaction } from '../../src/session/transaction.js';

const IN_TRANS = 1;
const answer = (sql: string, given: Partial<Responded> = {}): Responded => ({
  name: 'COM_QUERY',
  text: Buffer.from(sql),
  isInFlight: false,
  isOk: true,
  statusFlags: 0,
  ...given,
});
const inFlight = (sql: string, given: Partial<Responded> = {}): Responded =>
  answer(sql, { isInFlight: true, statusFlags: IN_TRANS, ...given });

describe('Transaction', () => {
  it('holds what is in flight until the server says that it has ended', () => {
    const transaction = new Transaction();
    transaction.responded(answer('BEGIN', { statusFlags: IN_TRANS }));
    expect(transaction.holdsInFlight).toBe(false);
    const deleted = transaction.responded(inFlight('DELETE FROM t'));
    expect(deleted).toMatchObject({ isOpen: true, hasEnded: false });
    expect(transaction.holdsInFlight).toBe(true);
    transaction.responded(answer('INSERT INTO t VALUES (1)', { statusFlags: IN_TRANS }));
    expect(transaction.holdsInFlight).toBe(true);
    expect(transaction.responded(answer('COMMIT')).hasEnded).toBe(true);
    expect(transaction.holdsInFlight).toBe(false);
  });

  it('tells when what is on record has ended, without being in flight', () => {
    const transaction = new Transaction();
    const recorded = { isRecorded: true, statusFlags: IN_TRANS };
    const deleted = transaction.responded(answer('DELETE FROM t', recorded));
    expect(deleted).toMatchObject({ isOpen: true, hasEnded: false });
    expect(transaction.holdsInFlight).toBe(false);
    const insert = answer('INSERT INTO t VALUES (1)', { statusFlags: IN_TRANS });
    expect(transaction.responded(insert).hasEnded).toBe(false);
    expect(transaction.responded(answer('COMMIT')).hasEnded).toBe(true);
    expect(transaction.responded(answer('COMMIT')).hasEnded).toBe(false);
  });

  it.each([
    ['ROLLBACK', {}, true],
    ['/* no */ rollback work', {}, true],
    ['', { name: 'COM_RESET_CONNECTION', text: undefined }, true],
    ['COMMIT', {}, false],
    ['BEGIN', { statusFlags: IN_TRANS }, false],
    ['ROLLBACK; COMMIT', {}, false],
    ['CREATE TABLE u (i INT)', {}, false],
  ] as const)('%s: what it held is undone, as far as that can be told', (sql, given, isUndone) => {
    const transaction = new Transaction();
    transaction.responded(answer('DELETE FROM t', { isRecorded: true, statusFlags: IN_TRANS }));
    expect(transaction.responded(answer(sql, given))).toMatchObject({ hasEnded: true, isUndone });
  });

  it('holds nothing of what commits by itself', () => {
    const transaction = new Transaction();
    const dropped = transaction.responded(inFlight('DROP TABLE t', { statusFlags: 0 }));
    expect(dropped).toMatchObject({ isOpen: false, hasEnded: false });
    expect(transaction.holdsInFlight).toBe(false);
  });

  it.each(['COMMIT AND CHAIN', 'BEGIN', 'START TRANSACTION', 'ROLLBACK AND CHAIN'])(
    'lets go by %s, though the next one is open at once',
    (sql) => {
      const transaction = new Transaction();
      transaction.responded(inFlight('DELETE FROM t'));
      const after = transaction.responded(answer(sql, { statusFlags: IN_TRANS }));
      expect(after.hasEnded).toBe(true);
      expect(transaction.holdsInFlight).toBe(false);
    },
  );

  it.each(['ROLLBACK TO a', 'ROLLBACK WORK TO SAVEPOINT a', 'SELECT 1'])(
    'holds on by %s',
    (sql) => {
      const transaction = new Transaction();
      transaction.responded(inFlight('DELETE FROM t'));
      expect(transaction.responded(answer(sql, { statusFlags: IN_TRANS })).hasEnded).toBe(false);
      expect(transaction.holdsInFlight).toBe(true);
    },
  );

  it('takes a routine that failed for one that may have begun something', () => {
    const failed = { isOk: false, statusFlags: undefined };
    expect(new Transaction().responded(inFlight('CALL p()', failed)).isOpen).toBe(true);
    expect(new Transaction().responded(inFlight('DELETE FROM t', failed)).isOpen).toBe(false);
  });

  it.each(['COM_CHANGE_USER', 'COM_RESET_CONNECTION'] as const)('lets go by %s', (name) => {
    const transaction = new Transaction();
    transaction.responded(inFlight('DELETE FROM t'));
    const reset = answer('', { name, text: undefined, statusFlags: undefined });
    expect(transaction.responded(reset).hasEnded).toBe(true);
  });
});

it.each([
  'COMMIT',
  'SET autocommit=1',
  'ALTER TABLE t ADD c INT',
  'BEGIN',
  'LOCK TABLES t READ',
  "XA PREPARE 'x'",
  'SELECT 1; COMMIT',
  '/*! COMMIT */',
  'CALL p()',
  'EXECUTE s',
  `SELECT ${'x'.repeat(70_000)}`,
])('%.40s may commit', (sql) => {
  expect(mayCommit(Buffer.from(sql))).toBe(true);
});

it.each([
  'SELECT 1',
  'INSERT INTO t VALUES (1)',
  'ROLLBACK',
  'SAVEPOINT a',
  '/* x */ DELETE FROM t',
])('%s commits nothing', (sql) => {
  expect(mayCommit(Buffer.from(sql))).toBe(false);
});
