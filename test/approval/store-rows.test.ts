import Database from 'libsql';
import { expect, it } from 'vitest';
import {
  insertRequest,
  insertToken,
  requestsOf,
  SCHEMA,
  takeUse,
} from '../../src/approval/store-rows.js';
import { NOW_MS, requestOf, tokenOf } from './store-contract.js';

it('reads what it wrote, and takes no use twice', () => {
  const db = new Database(':memory:');
  db.exec(SCHEMA);
  insertRequest(db, requestOf('A1'));
  insertToken(db, 'A1', tokenOf('t1'));
  const read = () => requestsOf(db, 'WHERE id = ?', ['A1'])[0];
  const open = read();
  expect(open).toEqual({ ...requestOf('A1'), state: 'open', tokens: [tokenOf('t1')], used: [] });
  if (open === undefined) return;
  const use = { recordId: 'R1', usedMs: NOW_MS };
  expect(takeUse(db, open, use)).toBe(0);
  expect(read()).toMatchObject({ state: 'used', used: [use] });
  expect(() => takeUse(db, open, use)).toThrow(/UNIQUE/);
});

it('opens nothing by a state it does not know', () => {
  const db = new Database(':memory:');
  db.exec(SCHEMA);
  insertRequest(db, requestOf('A1'));
  db.exec(`UPDATE requests SET state = 'ready'`);
  expect(requestsOf(db, 'WHERE id = ?', ['A1'])[0]?.state).toBe('expired');
});
