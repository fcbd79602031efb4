import { expect, it } from 'vitest';
import { readDefinitionCount } from '../../../src/wire/packets/column-count.js';
import { bytes, lenenc } from '../../support/packets.js';

const mysql = { common: 0, mariadb: 0 };
const caching = { common: 0, mariadb: 0x10 };

it('tells how many definitions follow', () => {
  expect(readDefinitionCount(lenenc(3), mysql)).toBe(3);
  expect(readDefinitionCount(lenenc(3_000), mysql)).toBe(3_000);
});

it('knows that definitions the client has cached do not follow', () => {
  expect(readDefinitionCount(bytes(lenenc(3), 1), caching)).toBe(3);
  expect(readDefinitionCount(bytes(lenenc(3), 0), caching)).toBe(0);
  expect(() => readDefinitionCount(lenenc(3), caching)).toThrow('1 bytes are wanted');
});
