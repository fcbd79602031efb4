import { BlockList } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isInNetwork, parseIp, parseNetwork } from '../../src/policy/network.js';
import { fc } from '../support/properties.js';

function contains(networkText: string, ipText: string): boolean | undefined {
  const network = parseNetwork(networkText);
  const ip = parseIp(ipText);
  return network && ip && isInNetwork(ip, network);
}

describe('networks', () => {
  it.each<[string, string, boolean]>([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.1.2.3/8', '10.9.9.9', true],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['10.0.0.0/8', '::ffff:a00:1', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['::/0', '10.0.0.1', false],
    ['0.0.0.0/0', '::1', false],
  ])('%s holds %s: %s', (network, ip, wanted) => {
    expect(contains(network, ip)).toBe(wanted);
  });

  it.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    'g::',
    '::/129',
    '::1.2.3',
    'db1',
  ])('refuses "%s"', (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });

  it('agrees with the platform on any address and prefix', () => {
    const either = fc.oneof(
      fc.tuple(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), fc.constant('ipv4' as const)),
      fc.tuple(
        fc.ipV6(),
        fc.ipV6(),
        fc.integer({ min: 0, max: 128 }),
        fc.constant('ipv6' as const),
      ),
    );
    fc.assert(
      fc.property(either, ([base, ip, prefix, family]) => {
        const list = new BlockList();
        list.addSubnet(base, prefix, family);
        expect(contains(`${base}/${prefix}`, ip)).toBe(list.check(ip, family));
        expect(contains(`${base}/${prefix}`, base)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
