// Capability flags, and which of them Interlock can honour. What is not in SUPPORTED is taken out
// of the greeting and of the client's answer alike: an unknown bit changes packets we would misread.
// https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__capabilities__flags.html
// https://mariadb.com/docs/server/reference/clientserver-protocol/1-connecting/connection (upper 32)

export const CLIENT_LONG_PASSWORD = 0x1;
export const CLIENT_FOUND_ROWS = 0x2;
export const CLIENT_LONG_FLAG = 0x4;
export const CLIENT_CONNECT_WITH_DB = 0x8;
export const CLIENT_NO_SCHEMA = 0x10;
export const CLIENT_COMPRESS = 0x20;
export const CLIENT_ODBC = 0x40;
export const CLIENT_LOCAL_FILES = 0x80;
export const CLIENT_IGNORE_SPACE = 0x100;
export const CLIENT_PROTOCOL_41 = 0x200;
export const CLIENT_INTERACTIVE = 0x400;
export const CLIENT_SSL = 0x800;
export const CLIENT_IGNORE_SIGPIPE = 0x1000;
export const CLIENT_TRANSACTIONS = 0x2000;
export const CLIENT_RESERVED = 0x4000;
export const CLIENT_SECURE_CONNECTION = 0x8000;
export const CLIENT_MULTI_STATEMENTS = 0x10000;
export const CLIENT_MULTI_RESULTS = 0x20000;
export const CLIENT_PS_MULTI_RESULTS = 0x40000;
export const CLIENT_PLUGIN_AUTH = 0x80000;
export const CLIENT_CONNECT_ATTRS = 0x100000;
export const CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA = 0x200000;
export const CLIENT_CAN_HANDLE_EXPIRED_PASSWORDS = 0x400000;
export const CLIENT_SESSION_TRACK = 0x800000;
export const CLIENT_DEPRECATE_EOF = 0x1000000;
export const CLIENT_OPTIONAL_RESULTSET_METADATA = 0x2000000;
export const CLIENT_ZSTD_COMPRESSION_ALGORITHM = 0x4000000;
export const CLIENT_QUERY_ATTRIBUTES = 0x8000000;
export const CLIENT_MULTI_FACTOR_AUTHENTICATION = 0x10000000;
/** MariaDB's CLIENT_PROGRESS_OBSOLETE has the value of MySQL's CLIENT_CAPABILITY_EXTENSION. */
export const CLIENT_PROGRESS_OBSOLETE = 0x20000000;
export const CLIENT_SSL_VERIFY_SERVER_CERT = 0x40000000;
export const CLIENT_REMEMBER_OPTIONS = 0x80000000;

// MariaDB's upper 32 bits, as they stand in the four bytes that MySQL leaves reserved.
export const MARIADB_CLIENT_PROGRESS = 0x1;
export const MARIADB_CLIENT_COM_MULTI = 0x2;
export const MARIADB_CLIENT_STMT_BULK_OPERATIONS = 0x4;
export const MARIADB_CLIENT_EXTENDED_METADATA = 0x8;
export const MARIADB_CLIENT_CACHE_METADATA = 0x10;
export const MARIADB_CLIENT_BULK_UNIT_RESULTS = 0x20;

/** Both halves. `mariadb` is 0 wherever a side is not MariaDB. */
export interface Capabilities {
  readonly common: number;
  readonly mariadb: number;
}

const NOT_HONOURED =
  CLIENT_COMPRESS |
  CLIENT_OPTIONAL_RESULTSET_METADATA |
  CLIENT_ZSTD_COMPRESSION_ALGORITHM |
  // MySQL's meaning of the bit is reserved; MariaDB moved its own to the upper half in 10.2.
  CLIENT_PROGRESS_OBSOLETE;

export const SUPPORTED_COMMON = ~NOT_HONOURED >>> 0;

export const SUPPORTED_MARIADB =
  MARIADB_CLIENT_PROGRESS |
  MARIADB_CLIENT_STMT_BULK_OPERATIONS |
  MARIADB_CLIENT_EXTENDED_METADATA |
  MARIADB_CLIENT_CACHE_METADATA |
  MARIADB_CLIENT_BULK_UNIT_RESULTS;

/** What both allow. */
export function commonCapabilities(a: Capabilities, b: Capabilities): Capabilities {
  return { common: (a.common & b.common) >>> 0, mariadb: (a.mariadb & b.mariadb) >>> 0 };
}

export const SUPPORTED: Capabilities = { common: SUPPORTED_COMMON, mariadb: SUPPORTED_MARIADB };

export function hasCapability(capabilities: Capabilities, flag: number): boolean {
  return (capabilities.common & flag) !== 0;
}
