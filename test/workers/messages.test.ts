import { expect, it } from 'vitest';
import { isToPrimary, isToWorker } from '../../src/workers/messages.js';

it('knows what goes which way, and nothing else', () => {
  expect([isToWorker({ kind: 'drain' }), isToPrimary({ kind: 'drain' })]).toEqual([true, false]);
  expect([isToWorker({ kind: 'judge' }), isToPrimary({ kind: 'judge' })]).toEqual([false, true]);
  for (const other of [undefined, null, 'drain', {}, { kind: 'permit' }, [1]]) {
    expect([isToWorker(other), isToPrimary(other)]).toEqual([false, false]);
  }
});
