// OK_Packet: the status flags that say whether more follows, and the default schema where the
// session's state is tracked.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_ok_packet.html
import { type Capabilities, CLIENT_SESSION_TRACK, hasCapability } from '../capabilities.js';
import { PayloadReader } from '../payload-reader.js';
import { SERVER_SESSION_STATE_CHANGED } from '../status-flags.js';

export const OK_HEADER = 0x00;

const SESSION_TRACK_SCHEMA = 0x01;

export interface OkPacket {
  readonly statusFlags: number;
  /** The default schema it moved to, when the server says so. */
  readonly schema?: string;
}

/** Of header 0x00, or 0xfe where CLIENT_DEPRECATE_EOF makes it end a result set. */
export function readOkPacket(payload: Uint8Array, capabilities: Capabilities): OkPacket {
  const reader = new PayloadReader(payload, 1);
  skipIntLenenc(reader);
  skipIntLenenc(reader);
  const statusFlags = reader.readInt2();
  if ((statusFlags & SERVER_SESSION_STATE_CHANGED) === 0) return { statusFlags };
  if (!hasCapability(capabilities, CLIENT_SESSION_TRACK)) return { statusFlags };
  reader.skip(2);
  const schema = readTrackedSchema(reader);
  return schema === undefined ? { statusFlags } : { statusFlags, schema };
}

/**
 * The flags of an OK_Packet that lies in a larger buffer and says nothing but them: small numbers,
 * no change of session state. Undefined when it has to be read in full.
 */
export function plainOkStatusFlags(bytes: Buffer, from: number, end: number): number | undefined {
  const isPlain = end - from >= 5 && bytes.readUInt8(from + 1) < 0xfb;
  if (!isPlain || bytes.readUInt8(from + 2) >= 0xfb) return undefined;
  const flags = bytes.readUInt16LE(from + 3);
  return (flags & SERVER_SESSION_STATE_CHANGED) === 0 ? flags : undefined;
}

/** Affected rows and insert ids use all 64 bits; neither is needed, so neither is limited. */
function skipIntLenenc(reader: PayloadReader): void {
  const first = reader.readInt1();
  if (first === 0xfe) reader.skip(8);
  else if (first === 0xfd) reader.skip(3);
  else if (first === 0xfc) reader.skip(2);
}

function readTrackedSchema(reader: PayloadReader): string | undefined {
  reader.readStringLenenc();
  const changes = new PayloadReader(reader.readStringLenenc());
  let schema: string | undefined;
  while (changes.remaining > 0) {
    const type = changes.readInt1();
    const data = changes.readStringLenenc();
    if (type === SESSION_TRACK_SCHEMA) {
      schema = new PayloadReader(data).readStringLenenc().toString();
    }
  }
  return schema;
}
