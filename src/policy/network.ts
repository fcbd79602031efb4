// Networks in CIDR notation, IPv4 and IPv6, and whether an address lies in one. Pure: node:net is
// not for the inside. An IPv4 address mapped into IPv6 (::ffff:10.0.0.1) is the IPv4 address.

export interface Network {
  readonly text: string;
  readonly bits: bigint;
  readonly width: 32 | 128;
  readonly prefix: number;
}

/** '10.0.0.0/8', '2001:db8::/32', or one address; undefined where it is none of these. */
export function parseNetwork(text: string): Network | undefined {
  const [addressText = '', prefixText, ...rest] = text.split('/');
  const address = parseIp(addressText);
  if (address === undefined || rest.length > 0) return undefined;
  if (prefixText === undefined) return { ...address, text, prefix: address.width };
  if (!/^\d{1,3}$/.test(prefixText) || Number(prefixText) > address.width) return undefined;
  return { ...address, text, prefix: Number(prefixText) };
}

export interface Ip {
  readonly bits: bigint;
  readonly width: 32 | 128;
}

export function isInNetwork(ip: Ip, network: Network): boolean {
  if (ip.width !== network.width) return false;
  const shift = BigInt(network.width - network.prefix);
  return ip.bits >> shift === network.bits >> shift;
}

/** Whether the second lies within the first. */
export function containsNetwork(wide: Network, narrow: Network): boolean {
  return wide.prefix <= narrow.prefix && isInNetwork(narrow, wide);
}

export function parseIp(text: string): Ip | undefined {
  if (!text.includes(':')) {
    const bits = parseIpv4(text);
    return bits === undefined ? undefined : { bits, width: 32 };
  }
  // A zone (fe80::1%eth0) says by which interface, not which address.
  const bits = parseIpv6(text.replace(/%[^%]*$/, ''));
  if (bits === undefined) return undefined;
  const isMapped = bits >> 32n === 0xffffn;
  return isMapped ? { bits: bits & 0xffffffffn, width: 32 } : { bits, width: 128 };
}

function parseIpv4(text: string): bigint | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const bytes = match.slice(1).map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  return bytes.reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = withoutDottedTail(text)?.split('::');
  if (halves === undefined || halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups =
    tail === undefined ? head : [...head, ...zeroes(8 - head.length - tail.length), ...tail];
  const isCompressed = tail !== undefined;
  if (groups.length !== 8 || (isCompressed && head.length + tail.length > 7)) return undefined;
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** '::ffff:10.0.0.1' → '::ffff:a00:1'. */
function withoutDottedTail(text: string): string | undefined {
  const at = text.lastIndexOf(':') + 1;
  const tail = text.slice(at);
  if (!tail.includes('.')) return text;
  const bits = parseIpv4(tail);
  if (bits === undefined) return undefined;
  return `${text.slice(0, at)}${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
}

function zeroes(count: number): readonly string[] {
  return Array.from({ length: Math.max(count, 0) }, () => '0');
}
