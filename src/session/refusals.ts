// What a client reads when a command is refused or cannot be answered: who, what, how to mend.
// Denials by rules are the guard's words; these are the session's own. Never quotes a statement.
import type { ServerConfig } from '../config/config.js';
import type { CommandName } from '../wire/commands.js';
import {
  ER_MALFORMED_PACKET,
  ER_UNKNOWN_COM_ERROR,
  ER_UNKNOWN_STMT_HANDLER,
  type ErrorCode,
} from '../wire/error-codes.js';
import { COMMAND_TABLE } from './command-table.js';

export type NamedServer = Pick<ServerConfig, 'name' | 'host' | 'port'>;

export interface Refusal {
  readonly error: ErrorCode;
  readonly message: string;
}

export function serverPlace({ name, host, port }: NamedServer): string {
  return `server ${name} (${host}:${port})`;
}

export function refusalOfUnknown(byte: number | undefined): Refusal {
  if (byte === undefined) return refusalOfMalformed('unknown', 'it is empty');
  const hex = `0x${byte.toString(16).padStart(2, '0')}`;
  const message =
    `Interlock refused: it does not know command ${hex}, and what it does not know it does ` +
    'not pass on. Rule built-in-unknown-command';
  return { error: ER_UNKNOWN_COM_ERROR, message };
}

export function refusalByTable(name: Exclude<CommandName, 'unknown'>): Refusal {
  const reason = COMMAND_TABLE[name].reason ?? 'the command table says so';
  const message = `Interlock refused: ${name} is not passed on: ${reason}`;
  return { error: ER_UNKNOWN_COM_ERROR, message };
}

export function refusalOfMalformed(name: CommandName, why: string): Refusal {
  const message = `Interlock refused: malformed ${name} packet (${why}). Rule built-in-malformed`;
  return { error: ER_MALFORMED_PACKET, message };
}

export function refusalOfStatementId(name: CommandName, id: number): Refusal {
  const message =
    `Interlock refused: ${name} of statement ${id}, which was not prepared in this session ` +
    'through Interlock. Prepare it first.';
  return { error: ER_UNKNOWN_STMT_HANDLER, message };
}

export function lostDuringCommand(server: NamedServer, why: string): string {
  return `Interlock: lost the connection to ${serverPlace(server)} during this command: ${why}`;
}
