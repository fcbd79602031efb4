import { expect, it } from 'vitest';
import { mustBeRead } from '../../src/session/expected-packets.js';

it('reads what may end a response, and no row or definition', () => {
  expect(mustBeRead('first', 0x03, 1)).toBe(true);
  expect(mustBeRead('definitions', 0x03, 40)).toBe(false);
  expect(mustBeRead('definitions', 0xff, 40)).toBe(true);
  expect(mustBeRead('rows', 0x31, 2)).toBe(false);
  expect(mustBeRead('rows', 0xfe, 5)).toBe(true);
});

it('takes a full packet that begins like an end for a row', () => {
  expect(mustBeRead('rows', 0xfe, 0xffffff)).toBe(false);
});
