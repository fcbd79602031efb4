import { describe, expect, it } from 'vitest';
import { Framer, packetCount } from '../../src/wire/framer.js';
import { packet } from '../support/packets.js';

describe('Framer', () => {
  it('gives a payload that is whole in its chunk without copying it', () => {
    const framer = new Framer();
    const chunk = packet(3, Buffer.from('hello'));
    framer.push(chunk);
    const found = framer.next();
    expect(found?.payload.buffer).toBe(chunk.buffer);
    expect(found).toMatchObject({ payload: Buffer.from('hello'), sequenceId: 3 });
    expect(Buffer.concat(found?.frames ?? [])).toEqual(chunk);
    expect(framer.next()).toBeUndefined();
    expect(framer.midPacket).toBe(false);
  });

  it('gives the same packets wherever the stream is cut', () => {
    const stream = Buffer.concat([
      packet(0, Buffer.from('one')),
      packet(1, Buffer.alloc(0)),
      packet(2, Buffer.from('three')),
    ]);
    for (let first = 0; first <= stream.length; first += 1) {
      for (let second = first; second <= stream.length; second += 1) {
        const framer = new Framer();
        const found: string[] = [];
        for (const chunk of [
          stream.subarray(0, first),
          stream.subarray(first, second),
          stream.subarray(second),
        ]) {
          framer.push(chunk);
          for (let next = framer.next(); next; next = framer.next())
            found.push(next.payload.toString());
        }
        expect(found).toEqual(['one', '', 'three']);
      }
    }
  });

  it.each([0xffffff - 1, 0xffffff, 0xffffff + 1, 0xffffff * 2])(
    'puts a payload of %i bytes together and sends it as it came',
    (length) => {
      const payload = Buffer.alloc(length, 7);
      payload[length - 1] = 9;
      const wire = packet(254, payload);
      const framer = new Framer();
      for (let at = 0; at < wire.length; at += 5_000_000)
        framer.push(wire.subarray(at, at + 5_000_000));
      const found = framer.next();
      expect(found?.payload.equals(payload)).toBe(true);
      expect(Buffer.concat(found?.frames ?? []).equals(wire)).toBe(true);
      expect(found && (254 + packetCount(found) - 1) % 256).toBe(found?.sequenceId);
      expect(framer.midPacket).toBe(false);
    },
  );

  it('refuses as soon as a header announces too much', () => {
    const framer = new Framer(10);
    framer.push(packet(0, Buffer.alloc(11)).subarray(0, 4));
    expect(() => framer.next()).toThrow(expect.objectContaining({ code: 'STATEMENT_TOO_LARGE' }));
  });

  it('refuses packets of one payload that are out of order', () => {
    const framer = new Framer();
    framer.push(packet(0, Buffer.alloc(0xffffff)).subarray(0, 4 + 0xffffff));
    framer.push(packet(5, Buffer.of(1)));
    expect(() => framer.next()).toThrow(expect.objectContaining({ code: 'MALFORMED_PACKET' }));
  });

  it('hands over what it has not cut', () => {
    const framer = new Framer();
    framer.push(Buffer.concat([packet(1, Buffer.of(1)), Buffer.from('tls')]));
    framer.next();
    expect(framer.takeRest()).toEqual(Buffer.from('tls'));
    expect(framer.bufferedBytes).toBe(0);
  });
});
