// The header that balancers put before a connection's first byte, saying whose connection it is:
// versions 1 (text) and 2 (binary) read, version 2 written. Never reads past the header.
// https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
import { type Ip, parseIp } from '../policy/network.js';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export type ProxyHeader =
  | { readonly kind: 'proxied'; readonly source: Endpoint; readonly destination: Endpoint }
  /** The balancer speaks for itself, or knows no internet address: the connection's own counts. */
  | { readonly kind: 'own-address' };

export type ProxyHeaderRead =
  | { readonly kind: 'complete'; readonly header: ProxyHeader; readonly length: number }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'malformed'; readonly why: string };

const SIGNATURE_V1 = Buffer.from('PROXY ');
const SIGNATURE_V2 = Buffer.of(13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10);
/** With its CR LF, as the specification counts. */
const V1_BYTES_MAX = 107;
const V2_FIXED_BYTES = 16;
/** Addresses need 216 at most; the rest is for TLVs, of which certificates are the largest. */
const V2_BODY_BYTES_MAX = 16 * 1024;
const INCOMPLETE: ProxyHeaderRead = { kind: 'incomplete' };
const OWN_ADDRESS: ProxyHeader = { kind: 'own-address' };

/** What a connection begins with. Whatever is not exactly a header is malformed. */
export function readProxyHeader(bytes: Buffer): ProxyHeaderRead {
  if (beginsWith(bytes, SIGNATURE_V2)) {
    return bytes.length < V2_FIXED_BYTES ? INCOMPLETE : readVersion2(bytes);
  }
  if (beginsWith(bytes, SIGNATURE_V1)) return readVersion1(bytes);
  return malformed('it begins with something else than a PROXY header');
}

/** As far as there are bytes, they are those of a header: no MySQL client begins so. */
export function looksLikeProxyHeader(bytes: Buffer): 'yes' | 'no' | 'too-early' {
  for (const signature of [SIGNATURE_V1, SIGNATURE_V2]) {
    if (beginsWith(bytes, signature)) return bytes.length < signature.length ? 'too-early' : 'yes';
  }
  return 'no';
}

function beginsWith(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length);
  return bytes.subarray(0, length).equals(signature.subarray(0, length));
}

function malformed(why: string): ProxyHeaderRead {
  return { kind: 'malformed', why };
}

function readVersion1(bytes: Buffer): ProxyHeaderRead {
  const end = bytes.subarray(0, V1_BYTES_MAX).indexOf('\r\n');
  if (end === -1) {
    return bytes.length < V1_BYTES_MAX ? INCOMPLETE : malformed(`no end in ${V1_BYTES_MAX} bytes`);
  }
  const complete = (header: ProxyHeader): ProxyHeaderRead => {
    return { kind: 'complete', header, length: end + 2 };
  };
  const line = bytes.toString('latin1', SIGNATURE_V1.length, end);
  if (line === 'UNKNOWN' || line.startsWith('UNKNOWN ')) return complete(OWN_ADDRESS);
  const [family, from = '', to = '', fromPort = '', toPort = '', ...rest] = line.split(' ');
  const width = family === 'TCP4' ? 32 : 128;
  if (rest.length > 0 || (family !== 'TCP4' && family !== 'TCP6')) {
    return malformed('it is not PROXY TCP4 or TCP6 with two addresses and two ports');
  }
  const source = endpointOf(from, fromPort, width);
  const destination = endpointOf(to, toPort, width);
  if (source === undefined || destination === undefined) {
    return malformed(`an address or a port of it is none of ${family}`);
  }
  return complete({ kind: 'proxied', source, destination });
}

function endpointOf(text: string, portText: string, width: 32 | 128): Endpoint | undefined {
  const ip = parseIp(text);
  if (ip === undefined || text.includes(':') !== (width === 128) || text.includes('%')) {
    return undefined;
  }
  if (!/^(0|[1-9]\d{0,4})$/.test(portText) || Number(portText) > 65_535) return undefined;
  return { address: textOf(ip), port: Number(portText) };
}

const LOCAL = 0x0;
const PROXY = 0x1;
const FAMILY = { unspecified: 0x0, inet: 0x1, inet6: 0x2, unix: 0x3 } as const;
const STREAM = 0x1;
const UNIX_ADDRESS_BYTES = 108;

function readVersion2(bytes: Buffer): ProxyHeaderRead {
  const versionAndCommand = bytes.readUInt8(12);
  const bodyBytes = bytes.readUInt16BE(14);
  const length = V2_FIXED_BYTES + bodyBytes;
  if (versionAndCommand >> 4 !== 2) return malformed('its version is neither 1 nor 2');
  const command = versionAndCommand & 0xf;
  if (command !== LOCAL && command !== PROXY) return malformed(`it has no command ${command}`);
  if (bodyBytes > V2_BODY_BYTES_MAX) {
    return malformed(`it announces ${bodyBytes} bytes; ${V2_BODY_BYTES_MAX} are allowed`);
  }
  if (bytes.length < length) return INCOMPLETE;
  if (command === LOCAL) return { kind: 'complete', header: OWN_ADDRESS, length };
  const header = readAddresses(bytes.readUInt8(13), bytes.subarray(V2_FIXED_BYTES, length));
  return typeof header === 'string' ? malformed(header) : { kind: 'complete', header, length };
}

/** The header, or what is wrong with it. */
function readAddresses(familyAndProtocol: number, body: Buffer): ProxyHeader | string {
  const family = familyAndProtocol >> 4;
  const protocol = familyAndProtocol & 0xf;
  if (family === FAMILY.unspecified && protocol === 0) return OWN_ADDRESS;
  if (protocol !== STREAM) return `protocol ${protocol} is not a stream`;
  switch (family) {
    case FAMILY.inet:
      return readPair(body, 4);
    case FAMILY.inet6:
      return readPair(body, 16);
    case FAMILY.unix:
      return afterAddresses(body, 2 * UNIX_ADDRESS_BYTES) ?? OWN_ADDRESS;
    default:
      return `address family ${family} is unknown`;
  }
}

function readPair(body: Buffer, addressBytes: 4 | 16): ProxyHeader | string {
  const portsAt = 2 * addressBytes;
  const fault = afterAddresses(body, portsAt + 4);
  if (fault !== undefined) return fault;
  const endpoint = (index: 0 | 1): Endpoint => ({
    address: textOf(ipOf(body.subarray(index * addressBytes, (index + 1) * addressBytes))),
    port: body.readUInt16BE(portsAt + 2 * index),
  });
  return { kind: 'proxied', source: endpoint(0), destination: endpoint(1) };
}

/** What follows the addresses must be whole TLVs; what they say is for others. */
function afterAddresses(body: Buffer, addressesBytes: number): string | undefined {
  let at = addressesBytes;
  if (body.length < at) return 'it is shorter than its addresses';
  while (at < body.length) {
    if (body.length - at < 3) return 'a TLV in it is cut off';
    at += 3 + body.readUInt16BE(at + 1);
  }
  return at === body.length ? undefined : 'a TLV in it is cut off';
}

function ipOf(bytes: Buffer): Ip {
  const bits = BigInt(`0x${bytes.toString('hex')}`);
  if (bytes.length === 4) return { bits, width: 32 };
  const isMapped = bits >> 32n === 0xffffn;
  return isMapped ? { bits: bits & 0xffffffffn, width: 32 } : { bits, width: 128 };
}

/** As Node writes addresses: IPv6 with its longest run of zero groups left out. */
function textOf({ bits, width }: Ip): string {
  const parts = (count: number, size: number): number[] =>
    Array.from({ length: count }, (_, index) =>
      Number((bits >> BigInt(size * (count - 1 - index))) & ((1n << BigInt(size)) - 1n)),
    );
  if (width === 32) return parts(4, 8).join('.');
  const full = parts(8, 16)
    .map((group) => group.toString(16))
    .join(':');
  const runs = [...full.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map(([run]) => run);
  const longest = runs.toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined) return full;
  const shortened = full.replace(longest, ':');
  const tail = shortened.endsWith(':') ? `${shortened}:` : shortened;
  return tail.startsWith('::') || !tail.startsWith(':') ? tail : `:${tail}`;
}

/** A version 2 header for a client; LOCAL when it has no internet address. */
export function proxyHeaderV2(source: Endpoint, destination: Endpoint): Buffer {
  const from = parseIp(source.address);
  const to = parseIp(destination.address);
  if (from === undefined || to === undefined) {
    return Buffer.concat([SIGNATURE_V2, Buffer.of(0x20 | LOCAL, 0, 0, 0)]);
  }
  const width = from.width === 32 && to.width === 32 ? 32 : 128;
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(source.port, 0);
  ports.writeUInt16BE(destination.port, 2);
  const body = Buffer.concat([bytesOf(from, width), bytesOf(to, width), ports]);
  const family = width === 32 ? FAMILY.inet : FAMILY.inet6;
  const fixed = Buffer.of(0x20 | PROXY, (family << 4) | STREAM, 0, body.length);
  return Buffer.concat([SIGNATURE_V2, fixed, body]);
}

function bytesOf(ip: Ip, width: 32 | 128): Buffer {
  const bits = ip.width === width ? ip.bits : (0xffffn << 32n) | ip.bits;
  return Buffer.from(bits.toString(16).padStart(width / 4, '0'), 'hex');
}
