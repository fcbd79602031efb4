import { expect, it } from 'vitest';
import { LAST_PREPARED, readStatementId } from '../../../src/wire/packets/com-stmt-id.js';
import { bytes, int } from '../../support/packets.js';

it('reads a statement id, up to the last one prepared', () => {
  expect(readStatementId(bytes(0x17, int(258, 4), 0))).toBe(258);
  expect(readStatementId(bytes(0x17, 255, 255, 255, 255))).toBe(LAST_PREPARED);
  expect(() => readStatementId(bytes(0x17, 1, 2, 3))).toThrow();
});
