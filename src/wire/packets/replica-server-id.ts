// The server id under which a client would read the binary log: COM_BINLOG_DUMP,
// COM_BINLOG_DUMP_GTID and COM_REGISTER_SLAVE each have it in a place of their own.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_binlog_dump.html
import { COMMANDS } from '../commands.js';
import { PayloadReader } from '../payload-reader.js';

const COMMAND_BYTES = 1;
const POSITION_BYTES = 4;
const FLAGS_BYTES = 2;

const BYTES_BEFORE: ReadonlyMap<number, number> = new Map([
  [COMMANDS.COM_REGISTER_SLAVE, COMMAND_BYTES],
  [COMMANDS.COM_BINLOG_DUMP, COMMAND_BYTES + POSITION_BYTES + FLAGS_BYTES],
  [COMMANDS.COM_BINLOG_DUMP_GTID, COMMAND_BYTES + FLAGS_BYTES],
]);

/** Undefined for any other command. Throws MALFORMED_PACKET when it ends before the id. */
export function readReplicaServerId(payload: Uint8Array): number | undefined {
  const before = BYTES_BEFORE.get(payload[0] ?? -1);
  return before === undefined ? undefined : new PayloadReader(payload, before).readInt4();
}
