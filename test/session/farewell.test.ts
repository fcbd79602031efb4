import { expect, it } from 'vitest';
import { farewellAnswer, farewellResponse, isMalformedAnswer } from '../../src/session/farewell.js';
import {
  readClientCapabilities,
  readHandshakeResponse41,
} from '../../src/wire/packets/handshake-response-41.js';
import { bytes, COMMON, packet, sslRequest } from '../support/packets.js';

it('is a login that a server can read to its end, and refuse', () => {
  const sent = farewellResponse({ common: COMMON, mariadb: 0 }, { sequenceId: 1 });
  const capabilities = readClientCapabilities(sent.subarray(4));
  expect(readHandshakeResponse41(sent.subarray(4), capabilities).user).toBe('interlock_left');
  expect(capabilities.common & 0x800).toBe(0);
  expect(sent[3]).toBe(1);
});

it('uses only what the server offers', () => {
  const sent = farewellResponse({ common: 0x8200, mariadb: 0 }, { sequenceId: 2 });
  expect(readClientCapabilities(sent.subarray(4)).common).toBe(0x8201);
});

it.each([0x08, 0x100000, 0x200000, 0x80000, 0])(
  'begins as the SSLRequest did, and brings what that announced, without %i',
  (without) => {
    const common = (COMMON | 0x800) & ~without;
    const request = sslRequest(common);
    const leg = { sequenceId: 2, sslRequest: request };
    const sent = farewellResponse({ common: COMMON, mariadb: 0 }, leg);
    expect(sent.subarray(4, 36)).toEqual(request.subarray(4));
    const capabilities = { common: common >>> 0, mariadb: 0 };
    expect(readHandshakeResponse41(sent.subarray(4), capabilities)).toMatchObject({
      user: 'interlock_left',
      attributes: new Map(),
    });
  },
);

it('has no password, or a wrong one where there must be one', () => {
  const asks = (plugin: string): Buffer => bytes(0xfe, `${plugin}\0`, 'salt');
  expect(farewellAnswer(undefined, 3)).toEqual(packet(3, Buffer.alloc(0)));
  expect(farewellAnswer(bytes(1, 4), 3)).toEqual(packet(3, Buffer.alloc(0)));
  expect(farewellAnswer(asks('mysql_native_password'), 3)).toEqual(packet(3, Buffer.alloc(0)));
  expect(farewellAnswer(asks('client_ed25519'), 5)).toEqual(packet(5, Buffer.alloc(64)));
});

it('tells a wrong password from what a server calls a bad handshake', () => {
  const isOdd = (plugin: string | undefined, length: number): boolean =>
    isMalformedAnswer(plugin, Buffer.alloc(length));
  expect([0, 1, 20].map((length) => isOdd('mysql_native_password', length))).not.toContain(true);
  expect(isOdd('mysql_native_password', 5)).toBe(true);
  expect(isOdd('client_ed25519', 64)).toBe(false);
  expect(isOdd('client_ed25519', 20)).toBe(true);
  expect(isOdd('caching_sha2_password', 7)).toBe(false);
  expect(isOdd(undefined, 7)).toBe(false);
});
