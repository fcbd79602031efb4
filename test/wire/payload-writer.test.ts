import { expect, it } from 'vitest';
import { PayloadWriter } from '../../src/wire/payload-writer.js';
import { bytes, int, packet } from '../support/packets.js';

it('PayloadWriter writes what the protocol says, behind a header', () => {
  const written = new PayloadWriter()
    .int1(1)
    .int2(515)
    .int4(4_000_000_000)
    .zeros(2)
    .string('ab')
    .stringNul('c')
    .packet(257);
  expect(written).toEqual(packet(1, bytes(1, int(515, 2), int(4_000_000_000, 4), 0, 0, 'abc\0')));
});
