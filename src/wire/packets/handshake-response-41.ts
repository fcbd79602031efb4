// HandshakeResponse41, the client's answer to the greeting: who it says it is. The password's
// proof in it is stepped over, never kept. SSLRequest is its first 32 bytes (ssl-request.ts).
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_response.html
import { InterlockError } from '../../errors.js';
import {
  type Capabilities,
  CLIENT_CONNECT_ATTRS,
  CLIENT_CONNECT_WITH_DB,
  CLIENT_LONG_PASSWORD,
  CLIENT_PLUGIN_AUTH,
  CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA,
  CLIENT_PROTOCOL_41,
  CLIENT_SECURE_CONNECTION,
  hasCapability,
} from '../capabilities.js';
import { HEADER_BYTES } from '../framer.js';
import { PayloadReader } from '../payload-reader.js';

const MARIADB_CAPABILITIES_AT = 28;
/** What comes before the user's name; all of an SSLRequest. */
const FIXED_BYTES = 32;

export interface HandshakeResponse41 {
  readonly characterSet: number;
  readonly user: string;
  /** Absent when none was named. */
  readonly database?: Buffer;
  readonly attributes: ReadonlyMap<string, string>;
}

/** What the client would use, before anything is taken out. Throws for the protocol before 4.1. */
export function readClientCapabilities(payload: Uint8Array): Capabilities {
  const reader = new PayloadReader(payload);
  const common = reader.readInt4();
  if ((common & CLIENT_PROTOCOL_41) === 0) {
    throw new InterlockError('MALFORMED_PACKET', 'the client speaks the protocol before MySQL 4.1');
  }
  // Servers differ about where the password ends in any other, and so about the schema behind it.
  if ((common & CLIENT_SECURE_CONNECTION) === 0) {
    throw new InterlockError('MALFORMED_PACKET', 'the client proves passwords as before MySQL 4.1');
  }
  if ((common & CLIENT_LONG_PASSWORD) !== 0) return { common, mariadb: 0 };
  reader.skip(MARIADB_CAPABILITIES_AT - 4);
  return { common, mariadb: reader.readInt4() };
}

/** A copy of the packet (header included) that uses `capabilities` instead. */
export function withClientCapabilities(packet: Buffer, capabilities: Capabilities): Buffer {
  if (packet.length < HEADER_BYTES + FIXED_BYTES) {
    throw new InterlockError('MALFORMED_PACKET', 'the answer to the greeting is too short');
  }
  const copy = Buffer.from(packet);
  copy.writeUInt32LE(capabilities.common, 4);
  const isMariadb = (capabilities.common & CLIENT_LONG_PASSWORD) === 0;
  if (isMariadb) copy.writeUInt32LE(capabilities.mariadb, 4 + MARIADB_CAPABILITIES_AT);
  return copy;
}

/** Reads it as the server will: with the capabilities that reach the server. */
export function readHandshakeResponse41(
  payload: Uint8Array,
  capabilities: Capabilities,
): HandshakeResponse41 {
  const reader = new PayloadReader(payload);
  reader.skip(8);
  // MariaDB's has two bytes; elsewhere the second is filler.
  const characterSet = reader.readInt2();
  reader.skip(22);
  const user = reader.readStringNul().toString();
  readAuthResponse(reader, capabilities);
  const hasDatabase = hasCapability(capabilities, CLIENT_CONNECT_WITH_DB);
  const database = hasDatabase ? reader.readStringNul() : undefined;
  if (hasCapability(capabilities, CLIENT_PLUGIN_AUTH)) reader.readStringNulOrEof();
  // Servers call it a bad handshake, and count it against the host: that is Interlock's.
  if (hasCapability(capabilities, CLIENT_CONNECT_ATTRS) && reader.remaining === 0) {
    throw new InterlockError('MALFORMED_PACKET', 'the attributes of the connection are missing');
  }
  const attributes = readAttributes(reader, capabilities);
  const named = database !== undefined && database.length > 0;
  return { characterSet, user, attributes, ...(named ? { database } : {}) };
}

/** By which plugin the client answers, and what: to look at, not to keep. */
export function readAuthentication(
  payload: Uint8Array,
  capabilities: Capabilities,
): { readonly plugin: string; readonly answer: Buffer } {
  const reader = new PayloadReader(payload);
  reader.skip(32);
  reader.readStringNul();
  const answer = readAuthResponse(reader, capabilities);
  if (hasCapability(capabilities, CLIENT_CONNECT_WITH_DB)) reader.readStringNul();
  const isNamed = hasCapability(capabilities, CLIENT_PLUGIN_AUTH);
  const plugin = isNamed ? reader.readStringNulOrEof().toString() : 'mysql_native_password';
  return { plugin, answer };
}

function readAuthResponse(reader: PayloadReader, capabilities: Capabilities): Buffer {
  if (hasCapability(capabilities, CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA)) {
    return reader.readStringLenenc();
  }
  if (hasCapability(capabilities, CLIENT_SECURE_CONNECTION)) {
    return reader.readStringFix(reader.readInt1());
  }
  return reader.readStringNul();
}

/** Pairs of names and values, in one string<lenenc>. */
export function readAttributes(
  reader: PayloadReader,
  capabilities: Capabilities,
): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  if (!hasCapability(capabilities, CLIENT_CONNECT_ATTRS) || reader.remaining === 0) {
    return attributes;
  }
  const pairs = new PayloadReader(reader.readStringLenenc());
  while (pairs.remaining > 0) {
    const name = pairs.readStringLenenc().toString();
    attributes.set(name, pairs.readStringLenenc().toString());
  }
  return attributes;
}
