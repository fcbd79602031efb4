import { expect, it } from 'vitest';
import { requestStateOf } from '../../src/approval/request-state.js';

it('knows the states, and takes any other word for an end', () => {
  expect(['open', 'used', 'denied', 'restored'].map(requestStateOf)).toEqual([
    ...['open', 'used', 'denied', 'restored'],
  ]);
  for (const odd of ['Open', 'opened', '', undefined, null, 1]) {
    expect(requestStateOf(odd)).toBe('expired');
  }
});
