import { describe, expect, it } from 'vitest';
import { addressLabel, parseAddress, parseListenAddress } from '../../src/config/address.js';

describe('addresses', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1', 3306],
    ['10.0.0.1:3307', '10.0.0.1', 3307],
    ['db1.example.org:1', 'db1.example.org', 1],
    ['[2001:db8::1]', '2001:db8::1', 3306],
    ['[::1]:65535', '::1', 65_535],
  ])('reads %s', (text, host, port) => {
    expect(parseAddress(text)).toEqual({ host, port });
  });

  it.each([
    '',
    ':3306',
    '::1',
    '[10.0.0.1]:1',
    'a:0',
    'a:65536',
    'a:b',
    'a b',
    '/run/db.sock',
    'a:1:2',
  ])('refuses the address "%s"', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('listens on TCP with a port, on any free port, and on a socket path', () => {
    expect(parseListenAddress('0.0.0.0:3307')).toEqual({
      kind: 'tcp',
      host: '0.0.0.0',
      port: 3307,
    });
    expect(parseListenAddress('127.0.0.1:0')).toEqual({ kind: 'tcp', host: '127.0.0.1', port: 0 });
    expect(parseListenAddress('/run/i.sock')).toEqual({ kind: 'unix', path: '/run/i.sock' });
    expect(parseListenAddress('./i.sock')).toEqual({ kind: 'unix', path: './i.sock' });
    expect(parseListenAddress('0.0.0.0')).toBeUndefined();
  });

  it('writes an address as it is typed', () => {
    expect(addressLabel({ host: '::1', port: 3306 })).toBe('[::1]:3306');
    expect(addressLabel({ kind: 'tcp', host: 'db1', port: 1 })).toBe('db1:1');
    expect(addressLabel({ kind: 'unix', path: '/run/i.sock' })).toBe('/run/i.sock');
  });
});
