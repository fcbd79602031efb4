import { expect, it } from 'vitest';
import { ClearTextWatch } from '../../src/session/clear-text-watch.js';
import { bytes } from '../support/packets.js';

const CLEAR = bytes('a password\0');
const SCRAMBLE = Buffer.alloc(32, 7);
const SEALED = Buffer.alloc(256, 9);
const KEY = bytes(1, '-----BEGIN PUBLIC KEY-----');
const NEXT = bytes(1, 4);

function after(plugin: string, ...server: readonly Uint8Array[]): ClearTextWatch {
  const watch = new ClearTextWatch(plugin);
  for (const payload of server) watch.serverPacket(payload);
  return watch;
}

it.each([
  ['mysql_native_password', [], bytes('20 bytes of scramble')],
  ['client_ed25519', [], CLEAR],
  ['caching_sha2_password', [], SCRAMBLE],
  ['caching_sha2_password', [], Buffer.alloc(0)],
  ['caching_sha2_password', [], Buffer.of(0)],
  ['caching_sha2_password', [NEXT], Buffer.of(2)],
  ['caching_sha2_password', [NEXT, KEY], SEALED],
  ['sha256_password', [], Buffer.of(1)],
  ['sha256_password', [KEY], SEALED],
  ['mysql_clear_password', [], Buffer.alloc(0)],
])('lets an answer by %s pass that tells nothing (%#)', (plugin, server, answer) => {
  expect(after(plugin, ...server).tells(answer)).toBe(false);
});

it.each([
  ['caching_sha2_password', [], CLEAR],
  ['caching_sha2_password', [NEXT], CLEAR],
  ['caching_sha2_password', [NEXT], SCRAMBLE],
  ['caching_sha2_password', [NEXT], bytes('x'.repeat(255), 0)],
  ['caching_sha2_password', [NEXT, KEY], CLEAR],
  ['sha256_password', [], CLEAR],
  ['sha256_password', [], Buffer.of(2)],
  ['mysql_clear_password', [], CLEAR],
  ['dialog', [], CLEAR],
  ['something_new', [], SCRAMBLE],
])('tells an answer by %s that gives the password away (%#)', (plugin, server, answer) => {
  expect(after(plugin, ...server).tells(answer)).toBe(true);
});

it('follows the server to another plugin', () => {
  const watch = after('mysql_native_password', bytes(0xfe, 'mysql_clear_password\0', 'salt'));
  expect(watch.plugin).toBe('mysql_clear_password');
  expect(watch.tells(CLEAR)).toBe(true);
  watch.serverPacket(bytes(0xfe, 'caching_sha2_password\0', 'salt'));
  expect(watch.tells(SCRAMBLE)).toBe(false);
  watch.serverPacket(Buffer.of(0xfe));
  expect(watch.plugin).toBe('mysql_old_password');
});
