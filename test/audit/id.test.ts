// Ids: readable, unique, in order of time.

import { describe, expect, it } from 'vitest';
import { recordIds } from '../../src/audit/id.js';
import { fc } from '../support/properties.js';

function idsAt(times: readonly number[], random = [1, 2, 3]) {
  let index = 0;
  const clock = { now: () => times[Math.min(index++, times.length - 1)] ?? 0, monotonic: () => 0 };
  return recordIds({ clock, randomBytes: () => Uint8Array.from(random) });
}

const NOW = Date.UTC(2026, 10, 23);

describe('record ids', () => {
  it('are R and ten characters that nobody misreads', () => {
    expect(idsAt([NOW])()).toMatch(/^R[0-9A-HJKMNP-TV-Z]{10}$/);
  });

  it('sort by time', () => {
    const next = idsAt([NOW, NOW + 1000, NOW + 86_400_000]);
    const ids = [next(), next(), next()];
    expect([...ids].sort()).toEqual(ids);
  });

  it('grow and never repeat, wherever the clock jumps', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5000 }), { minLength: 2, maxLength: 50 }), (jumps) => {
        const next = idsAt(jumps.map((jump) => NOW + jump));
        const ids = jumps.map(() => next());
        expect([...new Set(ids)].sort()).toEqual(ids);
      }),
    );
  });

  it('stay unique through a hundred thousand in one second', () => {
    const next = idsAt([NOW], [255, 255, 255]);
    const ids = new Set(Array.from({ length: 100_000 }, () => next()));
    expect(ids.size).toBe(100_000);
  });

  it('differ between processes that start in the same second', () => {
    expect(idsAt([NOW], [0, 0, 1])()).not.toBe(idsAt([NOW], [0, 0, 2])());
  });
});
