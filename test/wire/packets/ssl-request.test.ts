import { expect, it } from 'vitest';
import { isSslRequest } from '../../../src/wire/packets/ssl-request.js';
import { COMMON, handshakeResponse, sslRequest } from '../../support/packets.js';

it('is 32 bytes with CLIENT_SSL, and nothing else is', () => {
  expect(isSslRequest(sslRequest().subarray(4))).toBe(true);
  expect(isSslRequest(sslRequest(COMMON & ~0x800).subarray(4))).toBe(false);
  expect(isSslRequest(handshakeResponse({ common: COMMON | 0x800 }).subarray(4))).toBe(false);
  expect(isSslRequest(sslRequest().subarray(4, 35))).toBe(false);
});
