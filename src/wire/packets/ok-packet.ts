// OK_Packet: the status flags that say whether more follows, and what a session that has its state
// tracked is told (session-track.ts).
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_ok_packet.html
import { type Capabilities, CLIENT_SESSION_TRACK, hasCapability } from '../capabilities.js';
import { PayloadReader } from '../payload-reader.js';
import { PayloadWriter } from '../payload-writer.js';
import {
  SERVER_SESSION_STATE_CHANGED,
  SERVER_STATUS_AUTOCOMMIT,
  SERVER_STATUS_IN_TRANS,
  SERVER_STATUS_IN_TRANS_READONLY,
  SERVER_STATUS_NO_BACKSLASH_ESCAPES,
} from '../status-flags.js';
import { readSessionTrack, type SessionTrack } from './session-track.js';

export const OK_HEADER = 0x00;

export interface OkPacket extends SessionTrack {
  readonly statusFlags: number;
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
  reader.readStringLenenc();
  return { statusFlags, ...readSessionTrack(reader.readStringLenenc()) };
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

/** Flags that tell of the session; the others tell of one response. */
const SESSION_FLAGS =
  SERVER_STATUS_IN_TRANS |
  SERVER_STATUS_AUTOCOMMIT |
  SERVER_STATUS_NO_BACKSLASH_ESCAPES |
  SERVER_STATUS_IN_TRANS_READONLY;

/** An answer of ours, header included: nothing was changed, and the session is as it was. */
export function okPacket(statusFlags: number, sequenceId: number): Buffer {
  return new PayloadWriter()
    .int1(OK_HEADER)
    .int1(0)
    .int1(0)
    .int2(statusFlags & SESSION_FLAGS)
    .int2(0)
    .packet(sequenceId);
}

/** Of an OK_Packet that ends a login; undefined for what is none. */
export function okStatusFlags(payload: Uint8Array): number | undefined {
  if (payload[0] !== OK_HEADER || payload.length < 5) return undefined;
  const reader = new PayloadReader(payload, 1);
  skipIntLenenc(reader);
  skipIntLenenc(reader);
  return reader.remaining < 2 ? undefined : reader.readInt2();
}

/** Affected rows and insert ids use all 64 bits; neither is needed, so neither is limited. */
function skipIntLenenc(reader: PayloadReader): void {
  const first = reader.readInt1();
  if (first === 0xfe) reader.skip(8);
  else if (first === 0xfd) reader.skip(3);
  else if (first === 0xfc) reader.skip(2);
}
