import { expect, it } from 'vitest';
import { farewellAnswer, farewellResponse } from '../../src/session/farewell.js';
import {
  readClientCapabilities,
  readHandshakeResponse41,
} from '../../src/wire/packets/handshake-response-41.js';
import { COMMON, packet } from '../support/packets.js';

it('is a login that a server can read to its end, and refuse', () => {
  const sent = farewellResponse({ common: COMMON, mariadb: 0 }, { sequenceId: 1, isSecure: false });
  const capabilities = readClientCapabilities(sent.subarray(4));
  expect(readHandshakeResponse41(sent.subarray(4), capabilities).user).toBe('interlock_left');
  expect(capabilities.common & 0x800).toBe(0);
  expect(sent[3]).toBe(1);
});

it('uses only what the server offers, and says so when the leg is secure', () => {
  const sent = farewellResponse({ common: 0x8200, mariadb: 0 }, { sequenceId: 2, isSecure: true });
  expect(readClientCapabilities(sent.subarray(4)).common).toBe(0x8a01);
});

it('has no password', () => {
  expect(farewellAnswer(3)).toEqual(packet(3, Buffer.alloc(0)));
});
