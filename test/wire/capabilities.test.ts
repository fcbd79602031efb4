import { expect, it } from 'vitest';
import { commonCapabilities, hasCapability, SUPPORTED } from '../../src/wire/capabilities.js';

it('supports nothing that would change packets unread', () => {
  const all = { common: 0xffffffff, mariadb: 0xffffffff };
  const kept = commonCapabilities(all, SUPPORTED);
  expect(kept.common.toString(16)).toBe('d9ffffdf');
  expect(kept.mariadb.toString(16)).toBe('3d');
});

it('tells a capability that is there from one that is not', () => {
  expect(hasCapability({ common: 0x80000000, mariadb: 0 }, 0x80000000)).toBe(true);
  expect(hasCapability({ common: 0x7fffffff, mariadb: 0 }, 0x80000000)).toBe(false);
});
