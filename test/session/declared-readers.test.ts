import { expect, it } from 'vitest';
import { isDeclaredReader } from '../../src/session/declared-readers.js';
import { bytes, int } from '../support/packets.js';

const dump = (serverId: number): Buffer =>
  bytes(0x12, int(4, 4), int(0, 2), int(serverId, 4), 'binlog.1');

it('knows a reader by its account, by its server id, or by both', () => {
  expect(isDeclaredReader(dump(99), 'ghost', [{ user: 'ghost' }])).toBe(true);
  expect(isDeclaredReader(dump(99), 'app', [{ user: 'ghost' }])).toBe(false);
  expect(isDeclaredReader(dump(99), 'app', [{ serverId: 99 }])).toBe(true);
  expect(isDeclaredReader(dump(98), 'app', [{ serverId: 99 }])).toBe(false);
  const both = [{ serverId: 99, user: 'ghost' }];
  expect(isDeclaredReader(dump(99), 'ghost', both)).toBe(true);
  expect(isDeclaredReader(dump(98), 'ghost', both)).toBe(false);
  expect(isDeclaredReader(dump(99), 'app', both)).toBe(false);
  expect(isDeclaredReader(dump(98), 'app', [...both, { serverId: 98 }])).toBe(true);
});

it('knows nobody by a declaration that names nothing, by another command, or by half of one', () => {
  expect(isDeclaredReader(dump(99), 'ghost', [])).toBe(false);
  expect(isDeclaredReader(dump(99), 'ghost', [{}])).toBe(false);
  expect(isDeclaredReader(bytes(3, 'SELECT 1'), 'ghost', [{ user: 'ghost' }])).toBe(false);
  expect(isDeclaredReader(dump(99).subarray(0, 9), 'ghost', [{ user: 'ghost' }])).toBe(false);
});
