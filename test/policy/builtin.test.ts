import { describe, expect, it } from 'vitest';
import { builtInDenial } from '../../src/policy/builtin.js';

describe('builtInDenial', () => {
  it('denies, whatever the mode, and says why', () => {
    expect(builtInDenial('built-in-failure', 'the probe threw', 'abc')).toEqual({
      verdict: 'deny',
      rule: 'built-in-failure',
      wouldBe: 'deny',
      mode: 'enforce',
      matches: [],
      reason: 'the probe threw',
      revision: 'abc',
    });
  });
});
