import { expect, it } from 'vitest';
import { Happenings } from '../../src/approval/happenings.js';

it('counts what happened though it cannot be recorded, and says so', async () => {
  const counted: string[] = [];
  const warned: unknown[] = [];
  const happenings = new Happenings({
    clock: { now: () => 0, monotonic: () => 0 },
    count: (result) => void counted.push(result),
    record: () => Promise.reject(new Error('disk full')),
    warn: (_, fields) => void warned.push(fields),
  });
  await happenings.tell({ event: 'used', request: { id: 'A1' }, record: 'R1' });
  expect(counted).toEqual(['used']);
  expect(warned).toEqual([{ request: 'A1', event: 'used', reason: 'disk full' }]);
});
