import { describe, expect, it } from 'vitest';
import { PacketWalker } from '../../src/wire/packet-walker.js';
import { packet, packets } from '../support/packets.js';

function walk(
  chunks: readonly Buffer[],
  wanted: number,
): { seen: (string | undefined)[]; walker: PacketWalker } {
  const seen: (string | undefined)[] = [];
  const walker = new PacketWalker(
    {
      wants: (firstByte) => firstByte === wanted,
      packet: (payload) => void seen.push(payload?.toString()),
    },
    0,
  );
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) at = walker.step(chunk, at);
  }
  return { seen, walker };
}

const A = 0x41;

describe('PacketWalker', () => {
  const stream = packets(
    1,
    Buffer.from('Abc'),
    Buffer.from('xyz'),
    Buffer.alloc(0),
    Buffer.from('A'),
  );

  it('keeps only what is wanted, wherever the stream is cut', () => {
    for (let at = 0; at <= stream.length; at += 1) {
      const { seen, walker } = walk([stream.subarray(0, at), stream.subarray(at)], A);
      expect(seen).toEqual(['Abc', undefined, '', 'A']);
      expect(walker.sequenceId).toBe(4);
      expect(walker.atBoundary).toBe(true);
    }
  });

  it('keeps what memory held that is read into again', () => {
    const whole = packet(1, Buffer.from('Abcdef'));
    for (let at = 1; at < whole.length; at += 1) {
      const seen: (string | undefined)[] = [];
      const packetOf = (payload: Buffer | undefined) => void seen.push(payload?.toString());
      const walker = new PacketWalker({ wants: () => true, packet: packetOf }, 0);
      const memory = Buffer.alloc(whole.length);
      for (const part of [whole.subarray(0, at), whole.subarray(at)]) {
        part.copy(memory.fill('?'));
        for (let from = 0; from < part.length; ) {
          from = walker.step(memory.subarray(0, part.length), from);
        }
      }
      expect(seen).toEqual(['Abcdef']);
    }
  });

  it('takes a payload of several packets for one, and keeps its beginning only', () => {
    const { seen } = walk([packet(0, Buffer.alloc(0xffffff + 5, A))], A);
    expect(seen.map((payload) => payload?.length)).toEqual([65_536]);
  });

  it('hops over whole packets and stops at what may matter', () => {
    const { walker } = walk([], A);
    const rows = packets(1, Buffer.from('abc'), Buffer.from('de'), Buffer.of(0xfe, 0, 0));
    expect(walker.hop(rows, 0, 0xfe)).toBe(13);
    expect(walker.sequenceId).toBe(2);
    expect(walker.hop(rows.subarray(0, 10), 0, 0xfe)).toBe(7);
  });
});
