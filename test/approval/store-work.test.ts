// What a store does, run on an SQLite in memory, or with answers that no database would give. What it is
// for both kinds of store is in store-contract.ts.
import Database from 'libsql';
import { expect, it } from 'vitest';
import { askFile, FILE_WORK, SCHEMA } from '../../src/approval/file-tables.js';
import type { StoredRequest } from '../../src/approval/store.js';
import { type Answer, runNow, type Work } from '../../src/approval/store-questions.js';
import { isOver, StoreWork } from '../../src/approval/store-work.js';
import { CAPS, NOW_MS, requestOf, tokenOf } from './store-contract.js';

const COUNTED = new StoreWork({ prefix: 'interlock_', areCounted: true });
const use = { recordId: 'R1', usedMs: NOW_MS };
const taking = { session: 's1', items: [{ item: 0, of: 2 }] };

function open(uses: number, more: Partial<StoredRequest> = {}): StoredRequest {
  return { ...requestOf('A1', { uses }), state: 'open', tokens: [], used: [], ...more };
}

function inMemory() {
  const db = new Database(':memory:');
  db.exec(SCHEMA);
  return { db, run: <T>(work: Work<T>): T => runNow(work, (question) => askFile(db, question)) };
}

/** Runs it with these answers, and tells what it asked. */
function scripted<T>(work: Work<T>, answer: Partial<Answer> = {}) {
  const asked: string[] = [];
  const outcome = runNow(work, ({ sql }) => {
    asked.push(sql.trim().replaceAll(/\s+/g, ' '));
    return { rows: [], affected: 1, ...answer };
  });
  return { outcome, asked };
}

it('reads what it wrote, and takes no use twice', () => {
  const { run } = inMemory();
  run(FILE_WORK.openRequest(requestOf('A1'), CAPS));
  run(FILE_WORK.addToken('A1', tokenOf('t1')));
  const found = run(FILE_WORK.find('A1'));
  expect(found).toEqual(open(1, { tokens: [tokenOf('t1')] }));
  if (found === undefined) return;
  expect(run(FILE_WORK.take(found, use))).toEqual({ kind: 'consumed', usesLeft: 0 });
  expect(run(FILE_WORK.find('A1'))).toMatchObject({ state: 'used', used: [use] });
  expect(run(FILE_WORK.take(found, use))).toMatchObject({ kind: 'ended' });
});

it('has a key against a use that is taken twice, should the state have been set back', () => {
  const { db, run } = inMemory();
  run(FILE_WORK.openRequest(requestOf('A1'), CAPS));
  run(FILE_WORK.take(open(1), use));
  db.exec(`UPDATE requests SET state = 'open'`);
  expect(() => run(FILE_WORK.take(open(1), use))).toThrow(/UNIQUE/);
});

it('opens nothing by a state it does not know', () => {
  const { db, run } = inMemory();
  run(FILE_WORK.openRequest(requestOf('A1'), CAPS));
  db.exec(`UPDATE requests SET state = 'ready'`);
  expect(run(FILE_WORK.find('A1'))?.state).toBe('expired');
});

it('writes no use where nothing was left, whatever was read before', () => {
  for (const work of [COUNTED.take(open(3), use), COUNTED.take(open(3), use, taking)]) {
    const { outcome, asked } = scripted(work, { affected: 0 });
    expect(outcome).toMatchObject({ kind: 'ended' });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain("state = 'open' AND ends_ms > ? AND uses_left > 0");
  }
});

it('counts what is left', () => {
  expect(scripted(COUNTED.take(open(3), use)).outcome).toEqual({ kind: 'consumed', usesLeft: 2 });
  const hold = { session: 's1', sinceMs: NOW_MS, statements: 2, last: use };
  const batch = scripted(COUNTED.take(open(3, { hold }), use, taking));
  expect(batch.outcome).toEqual({ kind: 'consumed', usesLeft: 0 });
});

it('refuses a batch of another session, and an item that is spent', () => {
  const { db, run } = inMemory();
  run(FILE_WORK.openRequest(requestOf('A1', { uses: 9 }), CAPS));
  const claim = () => run(FILE_WORK.claim('A1', use, taking));
  for (let count = 0; count < 2; count += 1) {
    const claimed = claim();
    if ('kind' in claimed) expect.unreachable(claimed.kind);
    else run(FILE_WORK.take(claimed, use, taking));
  }
  expect(claim()).toEqual({ kind: 'spent', item: 0 });
  db.exec(`UPDATE holds SET session = 's2'`);
  expect(claim()).toMatchObject({ kind: 'held', hold: { session: 's2', statements: 2 } });
});

it('takes no answer for too many', () => {
  const { outcome } = scripted(COUNTED.openRequest(requestOf('A1'), CAPS));
  expect(outcome).toMatchObject({ kind: 'full', of: 'account' });
});

it('is over by its state, and from its end on', () => {
  expect(isOver(open(1), use)).toBe(false);
  expect(isOver(open(1, { state: 'denied' }), use)).toBe(true);
  expect(isOver(open(1, { endsMs: NOW_MS }), use)).toBe(true);
});
