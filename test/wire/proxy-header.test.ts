import { isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  looksLikeProxyHeader,
  type ProxyHeaderRead,
  proxyHeaderV2,
  readProxyHeader,
} from '../../src/wire/proxy-header.js';
import { bytes } from '../support/packets.js';
import { fc } from '../support/properties.js';

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const be = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff);
const v2 = (command: number, family: number, body: Uint8Array): Buffer =>
  bytes(SIGNATURE, 0x20 | command, family, be(body.length), body);
const INET = bytes(Buffer.of(192, 0, 2, 7, 10, 0, 0, 1), be(4711), be(3306));
const INET6 = bytes(
  Buffer.from('20010db8000000000000000000000007', 'hex'),
  Buffer.from('00000000000000000000ffff0a000001', 'hex'),
  be(4711),
  be(3306),
);
const TLV = bytes(3, be(4), 'crc3', 4, be(0));
const FROM = { address: '192.0.2.7', port: 4711 };
const TO = { address: '10.0.0.1', port: 3306 };
const proxied = (length: number, address = FROM.address): ProxyHeaderRead => ({
  kind: 'complete',
  header: { kind: 'proxied', source: { ...FROM, address }, destination: TO },
  length,
});
const own = (length: number): ProxyHeaderRead => ({
  kind: 'complete',
  header: { kind: 'own-address' },
  length,
});

const WHOLE: readonly (readonly [string, Buffer, (length: number) => ProxyHeaderRead])[] = [
  ['v1 over IPv4', bytes('PROXY TCP4 192.0.2.7 10.0.0.1 4711 3306\r\n'), proxied],
  [
    'v1 over IPv6',
    bytes('PROXY TCP6 2001:DB8::7 ::ffff:10.0.0.1 4711 3306\r\n'),
    (length) => proxied(length, '2001:db8::7'),
  ],
  ['v1 of something unknown', bytes('PROXY UNKNOWN\r\n'), own],
  ['v1 of something unknown with more', bytes('PROXY UNKNOWN a b c d e\r\n'), own],
  ['v2 over IPv4', v2(1, 0x11, INET), proxied],
  ['v2 over IPv4 with TLVs', v2(1, 0x11, bytes(INET, TLV)), proxied],
  ['v2 over IPv6', v2(1, 0x21, INET6), (length) => proxied(length, '2001:db8::7')],
  ['v2 from a Unix socket', v2(1, 0x31, Buffer.alloc(216)), own],
  ['v2 of an unspecified family', v2(1, 0x00, Buffer.alloc(3)), own],
  ["v2 for the balancer's own check", v2(0, 0x00, Buffer.alloc(0)), own],
  ["v2 for the balancer's own check, with a body", v2(0, 0x11, INET), own],
];

describe('readProxyHeader', () => {
  it.each(WHOLE)('reads %s, at whatever byte it is cut', (_name, header, expected) => {
    const longer = bytes(header, 'what follows');
    expect(readProxyHeader(longer)).toEqual(expected(header.length));
    for (let cut = 0; cut < header.length; cut += 1) {
      expect(readProxyHeader(header.subarray(0, cut)), `cut at ${cut}`).toEqual({
        kind: 'incomplete',
      });
    }
    expect(readProxyHeader(header)).toEqual(expected(header.length));
  });

  it.each([
    ['a MySQL packet', bytes(32, 0, 0, 1, 5, 6)],
    ['another case', bytes('proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n')],
    ['an address of the other family', bytes('PROXY TCP4 ::1 2.2.2.2 1 2\r\n')],
    ['an IPv4 address as IPv6', bytes('PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n')],
    ['no address', bytes('PROXY TCP4 1.1.1 2.2.2.2 1 2\r\n')],
    ['a zone', bytes('PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n')],
    ['a port too high', bytes('PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n')],
    ['a port with a zero before it', bytes('PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n')],
    ['no port', bytes('PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n')],
    ['a word too many', bytes('PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n')],
    ['two spaces', bytes('PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n')],
    ['another protocol', bytes('PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n')],
    ['no end', bytes(`PROXY UNKNOWN ${'x'.repeat(100)}`)],
    ['version 3', bytes(SIGNATURE, 0x31, 0x11, be(12), INET)],
    ['an unknown command', v2(2, 0x11, INET)],
    ['an unknown family', v2(1, 0x41, INET)],
    ['a datagram', v2(1, 0x12, INET)],
    ['addresses cut short', v2(1, 0x11, INET.subarray(1))],
    ['a TLV cut short', v2(1, 0x11, bytes(INET, TLV.subarray(0, 5)))],
    ['half a TLV head', v2(1, 0x11, bytes(INET, 3, 0))],
    ['a length over the limit, before any of it', bytes(SIGNATURE, 0x21, 0x11, be(0x4001))],
  ])('refuses %s', (_name, header) => {
    expect(readProxyHeader(header).kind).toBe('malformed');
  });

  it('never throws, whatever comes, and never claims more than there is', () => {
    fc.assert(
      fc.property(fc.constantFrom('', 'PROXY ', SIGNATURE), fc.uint8Array(), (start, rest) => {
        const input = bytes(start, rest);
        const read = readProxyHeader(input);
        if (read.kind === 'complete') expect(read.length).toBeLessThanOrEqual(input.length);
      }),
    );
  });
});

describe('looksLikeProxyHeader', () => {
  it('tells headers from MySQL packets as early as can be', () => {
    expect(looksLikeProxyHeader(bytes('PROXY '))).toBe('yes');
    expect(looksLikeProxyHeader(bytes('PROX'))).toBe('too-early');
    expect(looksLikeProxyHeader(SIGNATURE)).toBe('yes');
    expect(looksLikeProxyHeader(SIGNATURE.subarray(0, 5))).toBe('too-early');
    expect(looksLikeProxyHeader(bytes(32, 0, 0, 1))).toBe('no');
  });
});

describe('proxyHeaderV2', () => {
  it('writes what the specification draws', () => {
    expect(proxyHeaderV2(FROM, TO)).toEqual(v2(1, 0x11, INET));
    expect(proxyHeaderV2({ ...FROM, address: '2001:db8::7' }, TO)).toEqual(v2(1, 0x21, INET6));
  });

  it('says LOCAL for a client without an internet address', () => {
    const header = proxyHeaderV2({ address: 'localhost', port: 0 }, TO);
    expect(header).toEqual(v2(0, 0x00, Buffer.alloc(0)));
  });

  it('is read back as it was meant, for every address', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    const port = fc.integer({ min: 0, max: 65_535 });
    fc.assert(
      fc.property(address, address, port, port, (from, to, fromPort, toPort) => {
        const header = proxyHeaderV2(
          { address: from, port: fromPort },
          { address: to, port: toPort },
        );
        const read = readProxyHeader(header);
        if (read.kind !== 'complete' || read.header.kind !== 'proxied') throw new Error(read.kind);
        const { source, destination } = read.header;
        expect([source.port, destination.port]).toEqual([fromPort, toPort]);
        if (source.address.includes(':')) expect(isIPv6(source.address)).toBe(true);
        const again = proxyHeaderV2(source, destination);
        expect(readProxyHeader(again)).toEqual({ ...read, length: again.length });
      }),
    );
  });
});
