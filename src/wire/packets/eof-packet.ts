// EOF_Packet: ends column definitions and rows for clients without CLIENT_DEPRECATE_EOF.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_eof_packet.html
import { PayloadReader } from '../payload-reader.js';

export const EOF_HEADER = 0xfe;

export function readEofStatusFlags(payload: Uint8Array): number {
  const reader = new PayloadReader(payload, 1);
  reader.skip(2);
  return reader.readInt2();
}
