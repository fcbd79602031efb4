// What a client reads when a command is refused or cannot be answered: who, what, how to mend.
// Denials by rules are the guard's words; these are the session's own. Never quotes a statement.
import type { BuiltInRule, Question } from '../policy/verdict.js';
import type { CommandName } from '../wire/commands.js';
import {
  ER_MALFORMED_PACKET,
  ER_SIGNAL_EXCEPTION,
  ER_UNKNOWN_COM_ERROR,
  ER_UNKNOWN_STMT_HANDLER,
  type ErrorCode,
} from '../wire/error-codes.js';
import { COMMAND_TABLE } from './command-table.js';

export interface Refusal {
  readonly error: ErrorCode;
  readonly message: string;
  /** Set for what is a denial, and recorded as one: the guard words it. */
  readonly builtIn?: NonNullable<Question['refusal']>;
}

export function refusalOfUnknown(byte: number | undefined): Refusal {
  if (byte === undefined) return refusalOfMalformed('unknown', 'it is empty');
  const hex = `0x${byte.toString(16).padStart(2, '0')}`;
  const reason = `command ${hex} is unknown, and what is unknown is not passed on`;
  return builtIn(ER_UNKNOWN_COM_ERROR, 'built-in-unknown-command', reason);
}

/** What cannot be read is not passed on. */
export function refusalOfFailure(why: string): Refusal {
  const reason = `reading this statement failed: ${why.slice(0, 200)}`;
  return builtIn(ER_SIGNAL_EXCEPTION, 'built-in-failure', reason);
}

function builtIn(error: ErrorCode, rule: BuiltInRule, reason: string): Refusal {
  const message = `Interlock refused: ${reason}. Rule ${rule}`;
  return { error, message, builtIn: { rule, reason } };
}

export function refusalByTable(name: Exclude<CommandName, 'unknown'>): Refusal {
  const reason = COMMAND_TABLE[name].reason ?? 'the command table says so';
  const message = `Interlock refused: ${name} is not passed on: ${reason}`;
  return { error: ER_UNKNOWN_COM_ERROR, message };
}

export function refusalOfMalformed(name: CommandName, why: string): Refusal {
  return builtIn(ER_MALFORMED_PACKET, 'built-in-malformed', `malformed ${name} packet (${why})`);
}

export function refusalOfStatementId(name: CommandName, id: number): Refusal {
  const message =
    `Interlock refused: ${name} of statement ${id}, which was not prepared in this session ` +
    'through Interlock. Prepare it first.';
  return { error: ER_UNKNOWN_STMT_HANDLER, message };
}
