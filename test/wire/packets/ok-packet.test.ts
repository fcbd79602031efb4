import { expect, it } from 'vitest';
import { readOkPacket } from '../../../src/wire/packets/ok-packet.js';
import { bytes, int, lenenc, okMovedTo, okPayload } from '../../support/packets.js';

const tracking = { common: 0x00800000, mariadb: 0 };

it('reads the status flags behind counts of any length', () => {
  expect(readOkPacket(okPayload(0x4a), tracking)).toEqual({ statusFlags: 0x4a });
  const large = bytes(0, lenenc(70_000), 0xfe, Buffer.alloc(8, 0xff), int(10, 2), int(0, 2));
  expect(readOkPacket(large, tracking).statusFlags).toBe(10);
});

it('reads the schema where the session is tracked, and only there', () => {
  expect(readOkPacket(okMovedTo('crm'), tracking).schema).toBe('crm');
  expect(readOkPacket(okMovedTo('crm'), { common: 0, mariadb: 0 }).schema).toBeUndefined();
});

it('throws where it is cut', () => {
  const payload = okMovedTo('crm');
  for (let at = 1; at < 5; at += 1) {
    expect(() => readOkPacket(payload.subarray(0, at), tracking)).toThrow();
  }
});
