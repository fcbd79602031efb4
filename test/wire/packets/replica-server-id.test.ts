import { expect, it } from 'vitest';
import { readReplicaServerId } from '../../../src/wire/packets/replica-server-id.js';
import { bytes, int, text } from '../../support/packets.js';

const register = bytes(0x15, int(99, 4), text('host'), text('user'), text('password'), int(1, 2));
const dump = bytes(0x12, int(4, 4), int(1, 2), int(98, 4), 'binlog.000001');
const gtidDump = bytes(0x1e, int(4, 2), int(97, 4), int(0, 4), int(4, 8), int(0, 4));

it('finds the server id of each command that reads the binary log', () => {
  expect([register, dump, gtidDump].map(readReplicaServerId)).toEqual([99, 98, 97]);
  expect(readReplicaServerId(bytes(3, 'SELECT 1'))).toBeUndefined();
  expect(readReplicaServerId(bytes())).toBeUndefined();
});

it.each([
  [register, 5],
  [dump, 11],
  [gtidDump, 7],
])('throws when a command ends before its id', (whole, end) => {
  for (let length = 1; length < end; length += 1) {
    expect(() => readReplicaServerId(whole.subarray(0, length))).toThrow('are wanted');
  }
  expect(readReplicaServerId(whole.subarray(0, end))).toBe(readReplicaServerId(whole));
});
