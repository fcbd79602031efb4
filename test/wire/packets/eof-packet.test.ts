import { expect, it } from 'vitest';
import { readEofStatusFlags } from '../../../src/wire/packets/eof-packet.js';
import { eofPayload } from '../../support/packets.js';

it('reads the status flags of an EOF', () => {
  expect(readEofStatusFlags(eofPayload(0x4048))).toBe(0x4048);
  expect(() => readEofStatusFlags(Buffer.of(0xfe, 0))).toThrow();
});
