// What becomes of each command byte: the one place that says so (docs/commands.md shows it). What
// is not in this table is refused. Servers: MySQL 5.6 to 9.x, MariaDB 10.x to 12.x.
import { COMMANDS, type CommandName } from '../wire/commands.js';

/**
 * `forward`: carries nothing that could destroy data. `judge`: carries a statement. `refuse`: an
 * ERR packet, and the connection goes on. `replication`: refused unless the server's
 * configuration says `binlogDump: allow`.
 */
export type CommandPolicy = 'forward' | 'judge' | 'refuse' | 'replication';

/** What the server sends back, which decides where its response ends (response-phase.ts). */
export type ResponseShape =
  | 'none'
  | 'single'
  | 'result'
  /** As `result`, but with a cursor its rows stay at the server until they are fetched. */
  | 'execution'
  | 'prepare'
  | 'rows'
  | 'text'
  | 'authentication'
  | 'stream';

export interface CommandRow {
  readonly policy: CommandPolicy;
  readonly response: ResponseShape;
  /** For what is refused: why, as the client reads it. */
  readonly reason?: string;
}

type KnownCommand = Exclude<CommandName, 'unknown'>;

const INTERNAL = 'it is internal to the server and no client sends it';
const OBSOLETE = 'no supported server takes it';
const USE_SQL = 'no supported server takes it; send the SQL statement instead';
const COPIES_DATA = 'it copies data between servers outside any statement';
const REPLICATION =
  'it would make this client a consumer of the binary log; set binlogDump: allow on the server, or name it under readers';

const refuse = (reason: string): CommandRow => ({ policy: 'refuse', response: 'single', reason });
const forward = (response: ResponseShape): CommandRow => ({ policy: 'forward', response });
const judge = (response: ResponseShape): CommandRow => ({ policy: 'judge', response });
const replication = (response: ResponseShape): CommandRow => ({
  policy: 'replication',
  response,
  reason: REPLICATION,
});

export const COMMAND_TABLE: Readonly<Record<KnownCommand, CommandRow>> = {
  COM_SLEEP: refuse(INTERNAL),
  COM_QUIT: forward('none'),
  COM_INIT_DB: forward('single'),
  COM_QUERY: judge('result'),
  COM_FIELD_LIST: forward('rows'),
  COM_CREATE_DB: refuse(USE_SQL),
  COM_DROP_DB: refuse(USE_SQL),
  // Two of its flags are RESET MASTER and RESET SLAVE.
  COM_REFRESH: judge('single'),
  // SHUTDOWN in disguise: a consumer that comes back replays what it missed.
  COM_SHUTDOWN: judge('single'),
  COM_STATISTICS: forward('text'),
  COM_PROCESS_INFO: forward('result'),
  COM_CONNECT: refuse(INTERNAL),
  COM_PROCESS_KILL: forward('single'),
  COM_DEBUG: forward('single'),
  COM_PING: forward('single'),
  COM_TIME: refuse(INTERNAL),
  COM_DELAYED_INSERT: refuse(INTERNAL),
  COM_CHANGE_USER: forward('authentication'),
  COM_BINLOG_DUMP: replication('stream'),
  COM_TABLE_DUMP: refuse(OBSOLETE),
  COM_CONNECT_OUT: refuse(INTERNAL),
  COM_REGISTER_SLAVE: replication('single'),
  COM_STMT_PREPARE: judge('prepare'),
  COM_STMT_EXECUTE: judge('execution'),
  COM_STMT_SEND_LONG_DATA: forward('none'),
  COM_STMT_CLOSE: forward('none'),
  COM_STMT_RESET: forward('single'),
  COM_SET_OPTION: forward('single'),
  COM_STMT_FETCH: forward('rows'),
  COM_DAEMON: refuse(INTERNAL),
  COM_BINLOG_DUMP_GTID: replication('stream'),
  COM_RESET_CONNECTION: forward('single'),
  COM_CLONE: refuse(COPIES_DATA),
  COM_SUBSCRIBE_GROUP_REPLICATION_STREAM: refuse(COPIES_DATA),
  COM_STMT_BULK_EXECUTE: judge('result'),
};

/** By the command byte itself: looked up for every command. */
const NAME_OF_BYTE: readonly CommandName[] = namesByByte();

export function commandName(byte: number | undefined): CommandName {
  return (byte === undefined ? undefined : NAME_OF_BYTE[byte]) ?? 'unknown';
}

export function commandRow(name: CommandName): CommandRow | undefined {
  return name === 'unknown' ? undefined : COMMAND_TABLE[name];
}

function namesByByte(): readonly CommandName[] {
  const names = new Array<CommandName>(256).fill('unknown');
  for (const [name, byte] of Object.entries(COMMANDS)) {
    if (isKnownCommand(name)) names[byte] = name;
  }
  return names;
}

function isKnownCommand(name: string): name is KnownCommand {
  return Object.hasOwn(COMMAND_TABLE, name);
}

const CURSOR_FLAGS_AT = 5;
/** No server looks at another flag to open one. */
const CURSOR_TYPE_READ_ONLY = 1;

/** An execution that asks for no cursor gets none, whatever the status flags then say. */
export function responseShape(row: CommandRow | undefined, payload: Uint8Array): ResponseShape {
  const shape = row?.response ?? 'none';
  const asksForCursor = ((payload[CURSOR_FLAGS_AT] ?? 0) & CURSOR_TYPE_READ_ONLY) !== 0;
  return shape === 'execution' && !asksForCursor ? 'result' : shape;
}
