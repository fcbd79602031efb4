// ERR_Packet: how Interlock refuses, and how a server's refusal is told apart from MariaDB's
// progress report, which has the same header byte.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_err_packet.html
import type { ErrorCode } from '../error-codes.js';
import { PayloadReader } from '../payload-reader.js';
import { PayloadWriter } from '../payload-writer.js';

export const ERR_HEADER = 0xff;

/** What MariaDB's progress packets carry where an error has its number. */
const PROGRESS = 0xffff;

/** The packet, header included. Without a state where no capabilities are agreed on yet. */
export function errPacket(
  error: ErrorCode,
  message: string,
  options: { readonly sequenceId: number; readonly withSqlState: boolean },
): Buffer {
  const writer = new PayloadWriter().int1(ERR_HEADER).int2(error.number);
  if (options.withSqlState) writer.string(`#${error.sqlState}`);
  return writer.string(message).packet(options.sequenceId);
}

/** The error's number, or undefined for a progress report. */
export function errorCodeOf(payload: Uint8Array): number | undefined {
  const code = new PayloadReader(payload, 1).readInt2();
  return code === PROGRESS ? undefined : code;
}
