import { expect, it } from 'vitest';
import { KEPT_TEXT_BYTES, PreparedStatements } from '../../src/session/prepared-statements.js';

const guarded = {
  effects: [{ effect: 'drop-table' as const, verb: 'DROP TABLE', objects: [], deferred: false }],
  statements: [],
};
const unguarded = { effects: [], statements: [] };
const LAST = 0xffffffff;

it('keeps the text of what is guarded, as a copy, and of nothing else', () => {
  const statements = new PreparedStatements();
  const text = Buffer.from('DROP TABLE t');
  statements.add(1, { facts: guarded, text, readOnly: false });
  statements.add(2, { facts: unguarded, text, readOnly: true });
  text.fill(0);
  expect(statements.find(1)?.text.toString()).toBe('DROP TABLE t');
  expect(statements.find(2)?.text).toHaveLength(0);
  expect(statements.find(LAST)).toBe(statements.find(2));
  statements.remove(LAST);
  expect(statements.find(2)).toBeUndefined();
  expect(statements.find(LAST)).toBeUndefined();
  expect(statements.size).toBe(1);
  statements.clear();
  expect(statements.find(1)).toBeUndefined();
});

it('has room for so much and no more', () => {
  const statements = new PreparedStatements();
  const big = { facts: guarded, text: Buffer.alloc(KEPT_TEXT_BYTES), readOnly: false };
  expect(statements.hasRoomFor(big)).toBe(true);
  statements.add(1, big);
  expect(statements.hasRoomFor({ ...big, text: Buffer.alloc(1) })).toBe(false);
  expect(statements.hasRoomFor({ ...big, facts: unguarded })).toBe(true);
  statements.remove(1);
  expect(statements.hasRoomFor(big)).toBe(true);
});

it('keeps the text of all that a recorded session prepares, while there is room', () => {
  const statements = new PreparedStatements();
  const recorded = { facts: unguarded, readOnly: true, isRecorded: true };
  statements.add(1, { ...recorded, text: Buffer.from('SELECT 1') });
  expect(statements.find(1)?.text.toString()).toBe('SELECT 1');
  statements.add(2, { ...recorded, text: Buffer.alloc(KEPT_TEXT_BYTES) });
  expect(statements.find(2)?.text).toHaveLength(0);
});
