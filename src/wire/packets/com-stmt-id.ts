// The statement id that COM_STMT_EXECUTE, _FETCH, _CLOSE, _RESET, _SEND_LONG_DATA and
// _BULK_EXECUTE begin with.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html
import { PayloadReader } from '../payload-reader.js';

/** MariaDB: the last one prepared. https://mariadb.com/kb/en/com_stmt_execute/ */
export const LAST_PREPARED = 0xffffffff;

export function readStatementId(payload: Uint8Array): number {
  return new PayloadReader(payload, 1).readInt4();
}
