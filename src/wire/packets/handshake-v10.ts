// HandshakeV10, the server's greeting: what it offers, and the same bytes with fewer offers.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_v10.html
// MariaDB puts its upper 32 capabilities into the last four reserved bytes, and clears
// CLIENT_LONG_PASSWORD (its CLIENT_MYSQL) to say so.
import { InterlockError } from '../../errors.js';
import { type Capabilities, CLIENT_LONG_PASSWORD } from '../capabilities.js';
import { PayloadReader } from '../payload-reader.js';

const PROTOCOL_VERSION = 10;

export interface HandshakeV10 {
  readonly serverVersion: string;
  readonly threadId: number;
  readonly capabilities: Capabilities;
  readonly statusFlags: number;
  /** Where the capabilities stand, for withCapabilities. */
  readonly lowerAt: number;
}

export function readHandshakeV10(payload: Uint8Array): HandshakeV10 {
  const reader = new PayloadReader(payload);
  const protocol = reader.readInt1();
  if (protocol !== PROTOCOL_VERSION) {
    throw new InterlockError('MALFORMED_PACKET', `protocol version ${protocol} is not 10`);
  }
  const serverVersion = reader.readStringNul().toString();
  const threadId = reader.readInt4();
  reader.skip(8 + 1);
  const lowerAt = reader.offset;
  const lower = reader.readInt2();
  reader.skip(1);
  const statusFlags = reader.readInt2();
  const common = (lower | (reader.readInt2() << 16)) >>> 0;
  reader.skip(1 + 6);
  const reserved = reader.readInt4();
  const mariadb = (common & CLIENT_LONG_PASSWORD) === 0 ? reserved : 0;
  return { serverVersion, threadId, capabilities: { common, mariadb }, statusFlags, lowerAt };
}

/** A copy of the packet (header included) that offers `capabilities` instead. */
export function withCapabilities(
  packet: Buffer,
  greeting: HandshakeV10,
  capabilities: Capabilities,
): Buffer {
  const copy = Buffer.from(packet);
  const lowerAt = greeting.lowerAt + 4;
  copy.writeUInt16LE(capabilities.common & 0xffff, lowerAt);
  copy.writeUInt16LE(capabilities.common >>> 16, lowerAt + 5);
  const isMariadb = (greeting.capabilities.common & CLIENT_LONG_PASSWORD) === 0;
  if (isMariadb) copy.writeUInt32LE(capabilities.mariadb, lowerAt + 14);
  return copy;
}
