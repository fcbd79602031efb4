import { describe, expect, it } from 'vitest';
import { Claims } from '../../src/demo/claims.js';
import { createScript } from '../../src/demo/script.js';

function claimsOf(): { readonly claims: Claims; readonly said: () => string } {
  let said = '';
  const script = createScript((text) => (said += text), false, 100);
  return { claims: new Claims(script), said: () => said };
}

describe('claims', () => {
  it('all hold until one does not, and then for good', () => {
    const { claims } = claimsOf();
    claims.check(1, true, 'the drops ran');
    expect(claims.allHold).toBe(true);
    claims.check(2, false, 'nothing was lost');
    claims.check(2, true, 'the client was told');
    expect(claims.allHold).toBe(false);
  });

  it('are kept in order and said aloud', () => {
    const { claims, said } = claimsOf();
    claims.check(1, true, 'first');
    claims.check(2, false, 'second');
    expect(claims.made).toEqual([
      { act: 1, text: 'first', holds: true },
      { act: 2, text: 'second', holds: false },
    ]);
    expect(said()).toBe('  ✔ first\n  ✘ NOT TRUE: second\n');
  });
});
