import { describe, expect, it } from 'vitest';
import { asBuffer, PayloadReader } from '../../src/wire/payload-reader.js';
import { bytes, int, lenenc, text } from '../support/packets.js';
import { fc } from '../support/properties.js';

const malformed = expect.objectContaining({ code: 'MALFORMED_PACKET' });

describe('PayloadReader', () => {
  it('reads the integers of the protocol', () => {
    const reader = new PayloadReader(bytes(1, int(515, 2), int(70_000, 3), int(4_000_000_000, 4)));
    expect([reader.readInt1(), reader.readInt2(), reader.readInt3(), reader.readInt4()]).toEqual([
      1, 515, 70_000, 4_000_000_000,
    ]);
    reader.expectEnd();
  });

  it('reads every length-encoded integer up to 2^53', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(new PayloadReader(lenenc(value)).readIntLenenc()).toBe(value);
      }),
    );
  });

  it('reads the strings of the protocol', () => {
    const reader = new PayloadReader(bytes('a\0', text('bc'), 'de\0', 'fg'));
    expect(reader.readStringNul().toString()).toBe('a');
    expect(reader.readStringLenenc().toString()).toBe('bc');
    expect(reader.readStringNulOrEof().toString()).toBe('de');
    expect(reader.readStringNulOrEof().toString()).toBe('fg');
    expect(reader.remaining).toBe(0);
  });

  it.each([[0xfb], [0xff], [0xfe, 255, 255, 255, 255, 255, 255, 255, 255], [0xfc, 1], [5, 1, 2]])(
    'takes no length of %j',
    (...given) => {
      expect(() => new PayloadReader(Buffer.from(given)).readStringLenenc()).toThrow(malformed);
    },
  );

  it('never reads past the payload, whatever is asked of it', () => {
    const empty = (): PayloadReader => new PayloadReader(Buffer.alloc(0));
    expect(() => empty().readInt1()).toThrow(malformed);
    expect(() => empty().readInt4()).toThrow(malformed);
    expect(() => empty().readStringNul()).toThrow(malformed);
    expect(() => empty().skip(1)).toThrow(malformed);
  });

  it('takes leftovers for an error where they are one', () => {
    expect(() => new PayloadReader(Buffer.of(1)).expectEnd()).toThrow(malformed);
  });

  it('lends plain arrays the same memory', () => {
    const plain = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    expect(asBuffer(plain).buffer).toBe(plain.buffer);
    expect([...asBuffer(plain)]).toEqual([2, 3]);
  });
});
