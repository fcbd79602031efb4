import { expect, it } from 'vitest';
import { holdOf, requestStateOf, tokenOf } from '../../src/approval/row-values.js';

it('knows the states, and takes any other word for an end', () => {
  expect(['open', 'used', 'denied', 'restored'].map(requestStateOf)).toEqual([
    ...['open', 'used', 'denied', 'restored'],
  ]);
  for (const odd of ['Open', 'opened', '', undefined, null, 1]) {
    expect(requestStateOf(odd)).toBe('expired');
  }
});

it('reads what either driver gives, and takes no odd word for an approval', () => {
  const token = { id: 't1', person: 'ann', added_ms: '7', token: 'a.b.c' };
  expect(tokenOf({ ...token, decision: 'approve' })).toMatchObject({
    decision: 'approve',
    addedMs: 7,
  });
  expect(tokenOf({ ...token, decision: 'Approve' })).toMatchObject({ decision: 'deny' });
  const hold = { session: 's', since_ms: 1, statements: '2', record_id: 'R1', used_ms: 3 };
  expect(holdOf(hold)).toEqual({
    ...{ session: 's', sinceMs: 1, statements: 2 },
    last: { recordId: 'R1', usedMs: 3 },
  });
});
