import { expect, it } from 'vitest';
import { ER_SIGNAL_EXCEPTION } from '../../../src/wire/error-codes.js';
import { errorCodeOf, errPacket } from '../../../src/wire/packets/err-packet.js';
import { bytes, errPayload, int, packet } from '../../support/packets.js';

it('is written with its state, or without where the client cannot read one yet', () => {
  const written = errPacket(ER_SIGNAL_EXCEPTION, 'no', { sequenceId: 3, withSqlState: true });
  expect(written).toEqual(packet(3, bytes(0xff, int(1644, 2), '#45000no')));
  const early = errPacket(ER_SIGNAL_EXCEPTION, 'no', { sequenceId: 0, withSqlState: false });
  expect(early).toEqual(packet(0, bytes(0xff, int(1644, 2), 'no')));
});

it('is told apart from a progress report', () => {
  expect(errorCodeOf(errPayload(1146))).toBe(1146);
  expect(errorCodeOf(bytes(0xff, 0xff, 0xff, 1))).toBeUndefined();
});
