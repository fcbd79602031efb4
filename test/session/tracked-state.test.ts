// What a response tells of the session's state.
import { expect, it } from 'vitest';
import { TrackedState } from '../../src/session/tracked-state.js';

it('keeps the last word on the schema, and every transaction', () => {
  const state = new TrackedState();
  state.take({ schema: 'a', gtid: '0-1-1' });
  state.take({ schema: '', gtid: '0-1-2' });
  state.take({ tracksTransactions: true });
  state.take({});
  expect(state).toMatchObject({ schema: '', tracksTransactions: true, gtids: ['0-1-1', '0-1-2'] });
  state.clear();
  expect({ ...state }).toEqual({ ...new TrackedState() });
});

it('does not follow a packet of very many statements', () => {
  const state = new TrackedState();
  for (let n = 1; n <= 1_000; n += 1) state.take({ gtid: `0-1-${n}` });
  expect(state.gtids).toHaveLength(100);
});
