import { expect, it } from 'vitest';
import {
  readClientCapabilities,
  readHandshakeResponse41,
  withClientCapabilities,
} from '../../../src/wire/packets/handshake-response-41.js';
import { bytes, COMMON, handshakeResponse, int } from '../../support/packets.js';

const whole = handshakeResponse({ user: 'ann', database: 'crm', program: 'tool' });
const capabilities = { common: COMMON, mariadb: 0 };

it('reads who it is', () => {
  const read = readHandshakeResponse41(whole.subarray(4), capabilities);
  expect(read).toMatchObject({ characterSet: 45, user: 'ann', database: Buffer.from('crm') });
  expect(read.attributes.get('program_name')).toBe('tool');
});

it('reads it as the server will, with the capabilities that reach it', () => {
  const plain = bytes(int(0x200, 4), int(1, 4), 8, Buffer.alloc(23), 'old\0', 'proof\0');
  expect(readHandshakeResponse41(plain, { common: 0x200, mariadb: 0 }).user).toBe('old');
  const short = bytes(int(0x8200, 4), int(1, 4), 8, Buffer.alloc(23), 'mid\0', 2, 'ab');
  expect(readHandshakeResponse41(short, { common: 0x8200, mariadb: 0 }).user).toBe('mid');
});

it('throws wherever user, proof or attributes are cut', () => {
  const payload = whole.subarray(4);
  const proofEnd = 32 + 'ann\0'.length + 21;
  for (let at = 0; at < proofEnd; at += 1) {
    expect(() => readHandshakeResponse41(payload.subarray(0, at), capabilities)).toThrow();
  }
  for (let at = payload.length - 18; at < payload.length; at += 1) {
    expect(() => readHandshakeResponse41(payload.subarray(0, at), capabilities)).toThrow();
  }
});

it("changes capabilities and nothing else, MariaDB's only for MariaDB's clients", () => {
  const changed = withClientCapabilities(whole, { common: COMMON & ~0x80, mariadb: 0xff });
  expect(readClientCapabilities(changed.subarray(4))).toEqual({
    common: COMMON & ~0x80,
    mariadb: 0,
  });
  expect(changed.subarray(8)).toEqual(whole.subarray(8));
  const maria = handshakeResponse({ common: COMMON & ~1, mariadb: 7 });
  const less = withClientCapabilities(maria, { common: COMMON & ~1, mariadb: 5 });
  expect(readClientCapabilities(less.subarray(4)).mariadb).toBe(5);
});

it("writes no capabilities into a packet that ends before them, whoever's they are", () => {
  for (const { common, mariadb } of [capabilities, { common: COMMON & ~1, mariadb: 5 }]) {
    for (let length = 0; length < 36; length += 1) {
      const short = whole.subarray(0, length);
      expect(() => withClientCapabilities(short, { common, mariadb })).toThrow('too short');
    }
    expect(withClientCapabilities(whole.subarray(0, 36), { common, mariadb })).toHaveLength(36);
  }
});

it('refuses the protocol before 4.1', () => {
  expect(() => readClientCapabilities(bytes(int(0x1, 4)))).toThrow('before MySQL 4.1');
});
