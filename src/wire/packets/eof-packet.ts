// EOF_Packet: ends column definitions and rows for clients without CLIENT_DEPRECATE_EOF.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_eof_packet.html
import { PayloadReader } from '../payload-reader.js';

export const EOF_HEADER = 0xfe;

/** The flags of an EOF_Packet of the usual five bytes that lies at a place in a larger buffer. */
export function eofStatusFlagsAt(bytes: Buffer, at: number): number {
  return bytes.readUInt16LE(at + 3);
}

export function readEofStatusFlags(payload: Uint8Array): number {
  const reader = new PayloadReader(payload, 1);
  reader.skip(2);
  return reader.readInt2();
}
