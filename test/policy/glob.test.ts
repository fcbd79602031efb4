import { describe, expect, it } from 'vitest';
import { compileGlob, matchesGlob } from '../../src/policy/glob.js';
import { cpuMs } from '../support/cpu-time.js';
import { fc } from '../support/properties.js';

const matches = (glob: string, name: string, caseSensitive = true): boolean =>
  matchesGlob(compileGlob(glob), name, caseSensitive);

describe('globs', () => {
  it.each<[string, string, boolean]>([
    ['users', 'users', true],
    ['users', 'users2', false],
    ['users', 'Users', false],
    ['_*_gho', '_orders_gho', true],
    ['_*_gho', 'x_orders_gho', false],
    ['_*_gho', '_gho', false],
    ['*', '', true],
    ['?', '', false],
    ['?', '\u{1f600}', true],
    ['a?c', 'abc', true],
    ['a*b*c', 'aXbXbXc', true],
    ['a*b*c', 'aXbX', false],
    ['a.c', 'abc', false],
    ['**', 'x', true],
  ])('%s on %s: %s', (glob, name, wanted) => {
    expect(matches(glob, name)).toBe(wanted);
  });

  it('ignores case when told so', () => {
    expect(matches('Users', 'uSERS', false)).toBe(true);
    expect(matches('U*', 'users', false)).toBe(true);
  });

  it('agrees with a regular expression on any pattern', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const names = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    fc.assert(
      fc.property(letters, names, (glob, name) => {
        const pattern = glob.replaceAll('*', '.*').replaceAll('?', '.');
        expect(matches(glob, name)).toBe(new RegExp(`^${pattern}$`).test(name));
      }),
      { numRuns: 2000 },
    );
  });

  it('is not slowed down by many stars', () => {
    const startedMs = cpuMs();
    expect(matches(`${'a*'.repeat(30)}b`, 'a'.repeat(64))).toBe(false);
    expect(cpuMs() - startedMs).toBeLessThan(100);
  });
});
