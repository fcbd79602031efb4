// The one place that maps what Interlock itself says to clients to MySQL error numbers and
// SQLSTATEs. Never a number of the client libraries' own (2000 to 2999): MariaDB's shows such a
// packet as `Received malformed packet`, and nobody reads what it says. https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html

export interface ErrorCode {
  readonly number: number;
  readonly sqlState: string;
}

/** A denial: the exception raised by a rule. Drivers neither retry it nor fail over. */
export const ER_SIGNAL_EXCEPTION: ErrorCode = { number: 1644, sqlState: '45000' };
export const ER_CON_COUNT_ERROR: ErrorCode = { number: 1040, sqlState: '08004' };
export const ER_HANDSHAKE_ERROR: ErrorCode = { number: 1043, sqlState: '08S01' };
export const ER_UNKNOWN_COM_ERROR: ErrorCode = { number: 1047, sqlState: '08S01' };
export const ER_SERVER_SHUTDOWN: ErrorCode = { number: 1053, sqlState: '08S01' };
export const ER_NET_PACKET_TOO_LARGE: ErrorCode = { number: 1153, sqlState: '08S01' };
/** A server that cannot be reached, or went away before anybody was logged in. */
export const ER_NET_READ_ERROR: ErrorCode = { number: 1158, sqlState: '08S01' };
export const ER_NET_READ_INTERRUPTED: ErrorCode = { number: 1159, sqlState: '08S01' };
export const ER_WRONG_VALUE_FOR_VAR: ErrorCode = { number: 1231, sqlState: '42000' };
export const ER_UNKNOWN_STMT_HANDLER: ErrorCode = { number: 1243, sqlState: 'HY000' };
export const ER_MALFORMED_PACKET: ErrorCode = { number: 1835, sqlState: 'HY000' };
export const ER_SECURE_TRANSPORT_REQUIRED: ErrorCode = { number: 3159, sqlState: 'HY000' };
