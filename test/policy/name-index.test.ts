import { describe, expect, it } from 'vitest';
import { compileGlob, matchesGlob } from '../../src/policy/glob.js';
import { NameIndex, NetworkIndex, type Offer } from '../../src/policy/name-index.js';
import { isInNetwork, parseIp, parseNetwork } from '../../src/policy/network.js';
import { fc } from '../support/properties.js';
import { ruleSetOf } from './facts.js';

const [RULE] = ruleSetOf('rules: [{ id: a, match: {}, verdict: deny }]').rules;
const offered = (ask: (offer: Offer) => void): boolean => {
  let isOffered = false;
  ask((rules) => {
    isOffered ||= (rules ?? []).length > 0;
  });
  return isOffered;
};

describe('a name index', () => {
  const indexOf = (...texts: readonly string[]) => {
    const index = new NameIndex();
    const isFiled = RULE !== undefined && index.file(texts.map(compileGlob), RULE);
    const finds = (name: string) => offered((offer) => index.offer([name], offer));
    return { isFiled, finds, findsAny: offered((offer) => index.offer(undefined, offer)) };
  };

  it('finds by the whole, by beginning, end and middle', () => {
    expect(['t', 'T', 'tt'].map(indexOf('t').finds)).toEqual([true, true, false]);
    expect(['a_1', 'A_', 'b_1'].map(indexOf('a_*x').finds)).toEqual([true, true, false]);
    expect(['x_gho', 'gho_'].map(indexOf('*_gho').finds)).toEqual([true, false]);
    expect(['a_mid_b', 'mi_d'].map(indexOf('*_mid*?').finds)).toEqual([true, false]);
    expect(indexOf('t').findsAny).toBe(true);
  });

  it('files nothing when one of the globs spells nothing out', () => {
    expect(indexOf('t', '*')).toMatchObject({ isFiled: false, findsAny: false });
    expect(indexOf('?*')).toMatchObject({ isFiled: false });
  });

  it('never misses a name that the glob matches', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', 'B', 'ß', 'Σ', 'é', '_'),
      maxLength: 6,
    });
    const glob = fc.string({ unit: fc.constantFrom('a', 'B', 'Σ', '_', '*', '?'), maxLength: 5 });
    let matches = 0;
    fc.assert(
      fc.property(glob, letters, fc.boolean(), (text, name, isCaseSensitive) => {
        fc.pre(text !== '');
        const { isFiled, finds } = indexOf(text);
        if (!isFiled || !matchesGlob(compileGlob(text), name, isCaseSensitive)) return;
        matches += 1;
        expect(finds(name)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
    expect(matches).toBeGreaterThan(20);
  });
});

describe('a network index', () => {
  const indexOf = (...texts: readonly string[]) => {
    const index = new NetworkIndex();
    const networks = texts.map(parseNetwork).filter((network) => network !== undefined);
    if (RULE !== undefined) index.file(networks, RULE);
    return (address: string) => offered((offer) => index.offer(address, offer));
  };

  it('finds an address in its networks, mapped ones too, and none on a Unix socket', () => {
    const finds = indexOf('10.0.0.0/8', '192.0.2.1', '2001:db8::/32');
    const inside = ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.1', '2001:db8::7'];
    expect(inside.map(finds)).toEqual([true, true, true, true]);
    expect(['11.1.2.3', '192.0.2.2', '2001:db9::', ''].map(finds)).toEqual(Array(4).fill(false));
    expect(finds('who knows')).toBe(true);
  });

  it('agrees with the networks themselves', () => {
    const address = fc.ipV4();
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 32 }), address, (base, prefix, asked) => {
        const network = parseNetwork(`${base}/${prefix}`);
        const ip = parseIp(asked);
        if (network === undefined || ip === undefined) throw new Error('an address');
        expect(indexOf(network.text)(asked)).toBe(isInNetwork(ip, network));
      }),
    );
  });
});
