// COM_STMT_PREPARE_OK: the statement's id, and how many definitions follow it.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_prepare.html
import { PayloadReader } from '../payload-reader.js';

export interface ComStmtPrepareOk {
  readonly statementId: number;
  readonly columns: number;
  readonly parameters: number;
}

export function readComStmtPrepareOk(payload: Uint8Array): ComStmtPrepareOk {
  const reader = new PayloadReader(payload, 1);
  const statementId = reader.readInt4();
  const columns = reader.readInt2();
  const parameters = reader.readInt2();
  return { statementId, columns, parameters };
}
