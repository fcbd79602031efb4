import { describe, expect, it } from 'vitest';
import { LINK_STATES, worse } from '../../src/topology/snapshot.js';

describe('link states', () => {
  it('stand in order of danger, unknown last', () => {
    expect(LINK_STATES).toEqual(['severed', 'armed', 'live', 'unknown']);
  });

  it('the worse of two is the more dangerous, whatever their order', () => {
    for (const [index, a] of LINK_STATES.entries()) {
      for (const b of LINK_STATES.slice(index)) {
        expect(worse(a, b)).toBe(b);
        expect(worse(b, a)).toBe(b);
      }
    }
  });
});
