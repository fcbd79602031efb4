import { expect, it } from 'vitest';
import { readHandshakeV10, withCapabilities } from '../../../src/wire/packets/handshake-v10.js';
import { COMMON, greeting } from '../../support/packets.js';

it('reads what a server offers', () => {
  expect(readHandshakeV10(greeting({ version: '10.11.9-MariaDB' }).subarray(4))).toMatchObject({
    serverVersion: '10.11.9-MariaDB',
    threadId: 77,
    statusFlags: 2,
    capabilities: { common: COMMON, mariadb: 0 },
  });
});

it("reads MariaDB's upper half only where the server says it is MariaDB", () => {
  const maria = greeting({ common: COMMON & ~1, mariadb: 0x1d });
  expect(readHandshakeV10(maria.subarray(4)).capabilities.mariadb).toBe(0x1d);
});

it('offers less, and changes nothing else', () => {
  const packet = greeting({ common: COMMON & ~1, mariadb: 0x1f });
  const read = readHandshakeV10(packet.subarray(4));
  const less = { common: 0x81000200, mariadb: 1 };
  const changed = withCapabilities(packet, read, less);
  expect(readHandshakeV10(changed.subarray(4))).toEqual({ ...read, capabilities: less });
  expect(withCapabilities(changed, read, read.capabilities)).toEqual(packet);
});

it('throws for another protocol and at every place it may be cut', () => {
  expect(() => readHandshakeV10(Buffer.from([9, 0]))).toThrow('protocol version 9');
  const payload = greeting().subarray(4);
  for (let at = 0; at < 1 + 6 + 4 + 8 + 1 + 18; at += 1) {
    expect(() => readHandshakeV10(payload.subarray(0, at))).toThrow();
  }
});
