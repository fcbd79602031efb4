import { describe, expect, it } from 'vitest';
import { PayloadStream } from '../../src/wire/payload-stream.js';
import { packet } from '../support/packets.js';

const FULL = 0xffffff;

/** All packets but the first, which is on its way already. */
const behindFirst = (payload: Buffer): Buffer => packet(0, payload).subarray(4 + FULL);

function streamed(bytes: Buffer, cuts: readonly number[]) {
  const stream = new PayloadStream(0, 2 ** 30);
  const passed: Buffer[] = [];
  const lengths = new Set<number>();
  let last: ReturnType<PayloadStream['last']>;
  const places = [0, ...cuts, bytes.length];
  places.forEach((place, index) => {
    stream.push(bytes.subarray(places[index - 1] ?? 0, place), (piece, packetBytes) => {
      passed.push(piece);
      lengths.add(packetBytes);
    });
    last ??= stream.last();
  });
  return { stream, passed: Buffer.concat(passed), lengths: [...lengths], last };
}

describe('PayloadStream', () => {
  const payload = Buffer.alloc(FULL * 2 + 10, 7);
  const bytes = Buffer.concat([behindFirst(payload), Buffer.from('next')]);
  const boundary = 4 + FULL;

  it.each([
    ['in one piece', []],
    ['inside a header', [2]],
    ['at the edges of headers', [4, boundary, boundary + 4]],
    ['byte by byte around the last packet', Array.from({ length: 18 }, (_, i) => boundary - 2 + i)],
  ])('passes all but the last packet on, cut %s', (_name, cuts) => {
    const { stream, passed, lengths, last } = streamed(bytes, cuts);
    expect(passed.equals(bytes.subarray(0, boundary))).toBe(true);
    expect(lengths).toEqual([FULL]);
    expect(last?.payload.equals(Buffer.alloc(10, 7))).toBe(true);
    expect(last?.sequenceId).toBe(2);
    expect(stream.takeRest().toString()).toBe('next');
  });

  it('keeps the empty packet that ends a multiple of 16 MB', () => {
    const { passed, last } = streamed(behindFirst(Buffer.alloc(FULL)), []);
    expect(passed).toHaveLength(0);
    expect(last?.payload).toHaveLength(0);
    expect(Buffer.concat(last?.frames ?? [])).toEqual(Buffer.of(0, 0, 0, 1));
  });

  it('refuses packets that are out of order, and more than is allowed', () => {
    const none = () => undefined;
    const stream = new PayloadStream(0, 2 ** 30);
    expect(() => stream.push(Buffer.of(1, 0, 0, 2), none)).toThrow('out of order');
    const small = new PayloadStream(0, FULL + 5);
    expect(() => small.push(Buffer.of(6, 0, 0, 1), none)).toThrow('limits.statement');
  });
});
