// What commands do to the session itself: checked before they are forwarded, and noted once the
// server has confirmed them.
import { messageOf } from '../errors.js';
import type { FiringNames } from '../sql/firing-names.js';
import type { TextFacts } from '../sql/statement-facts.js';
import { CLIENT_SESSION_TRACK, hasCapability } from '../wire/capabilities.js';
import type { CommandName } from '../wire/commands.js';
import { ER_HANDSHAKE_ERROR, ER_SECURE_TRANSPORT_REQUIRED } from '../wire/error-codes.js';
import { type ComChangeUser, readComChangeUser } from '../wire/packets/com-change-user.js';
import { readStatementId } from '../wire/packets/com-stmt-id.js';
import type { JudgedSession } from './judged-commands.js';
import { isReadOnly } from './latch.js';
import { changeUserRefused, isUnreadable, nameRefused } from './login-refusals.js';
import { PreparedText } from './prepared-text.js';
import { type Refusal, refusalOfMalformed, refusalOfStatementId } from './refusals.js';
import type { ResponsePhase } from './response-phase.js';
import { accountName, type SessionState, schemaName } from './session-state.js';
import type { Settled } from './settling.js';
import { mayCommit } from './transaction.js';
import { stillHeard } from './unasked.js';

/** A command that was forwarded, with what was read of it. */
export interface Confirmed {
  readonly name: CommandName;
  readonly payload: Buffer;
  readonly text?: Buffer | undefined;
  readonly facts?: TextFacts | undefined;
  readonly worst?: TextFacts | undefined;
  readonly settled?: Settled | undefined;
  readonly changeUser?: ComChangeUser | undefined;
  readonly firing?: FiringNames | undefined;
  /** The routines that it CALLs were read, and leave the default schema alone. */
  readonly staysPut?: true | undefined;
}

export type StaticReading =
  | { readonly kind: 'pass'; readonly changeUser?: ComChangeUser }
  /** The protocol has no answer to it, so none is given. */
  | { readonly kind: 'drop' }
  | ({ readonly kind: 'refuse' } & Refusal);

const PASS: StaticReading = { kind: 'pass' };
const DROP: StaticReading = { kind: 'drop' };
/** The command byte, the statement's id and the parameter's number. */
const LONG_DATA_BYTES = 7;

export function staticReading(
  name: CommandName,
  payload: Buffer,
  state: SessionState,
): StaticReading {
  const hasNoAnswer = name === 'COM_STMT_CLOSE' || name === 'COM_STMT_SEND_LONG_DATA';
  try {
    if (name === 'COM_CHANGE_USER') return readChangeUser(payload, state);
    if (!hasNoAnswer && name !== 'COM_STMT_RESET' && name !== 'COM_STMT_FETCH') return PASS;
    return readKnownStatement(name, payload, state, hasNoAnswer);
  } catch (thrown) {
    if (hasNoAnswer) return DROP;
    return { kind: 'refuse', ...refusalOfMalformed(name, messageOf(thrown)) };
  }
}

function readChangeUser(payload: Buffer, state: SessionState): StaticReading {
  if (state.isClearOnward) {
    return { kind: 'refuse', error: ER_SECURE_TRANSPORT_REQUIRED, message: changeUserRefused() };
  }
  const changeUser = readComChangeUser(payload, state.capabilities);
  if (!isUnreadable(changeUser.user)) return { kind: 'pass', changeUser };
  return { kind: 'refuse', error: ER_HANDSHAKE_ERROR, message: nameRefused() };
}

function readKnownStatement(
  name: CommandName,
  payload: Buffer,
  state: SessionState,
  hasNoAnswer: boolean,
): StaticReading {
  // MySQL 9 answers one that is too short with an error, which would pass for the next response.
  if (name === 'COM_STMT_SEND_LONG_DATA' && payload.length < LONG_DATA_BYTES) return DROP;
  const id = readStatementId(payload);
  if (state.statements.find(id) === undefined) {
    if (hasNoAnswer) return DROP;
    return { kind: 'refuse', ...refusalOfStatementId(name, id) };
  }
  if (name === 'COM_STMT_CLOSE') state.statements.remove(id);
  return PASS;
}

/** Moves the session to where the server now says it is. */
export function afterResponse(
  session: JudgedSession,
  command: Confirmed,
  response: ResponsePhase,
): void {
  const { state } = session;
  const isOk = response.errorCode === undefined;
  const { name, payload } = command;
  if (name === 'COM_INIT_DB') {
    if (isOk) state.database = schemaName(payload.subarray(1));
  } else if (name === 'COM_CHANGE_USER') changedUser(state, command.changeUser, isOk);
  else if (name === 'COM_RESET_CONNECTION') {
    // MySQL 5.6 does not know it.
    if (isOk) connectionReset(state);
  } else if (name === 'COM_STMT_PREPARE') prepared(state, command, response.statementId);
  else {
    // What a text prepares under a name it prepares first of all: in the schema before it moves.
    named(session, command, isOk);
    if (command.staysPut !== true) moved(state, command.facts, isOk);
  }
  state.heard = stillHeard(state.heard, command);
  state.tracksTransactions ||= response.told.tracksTransactions;
  const isTracked = hasCapability(state.capabilities, CLIENT_SESSION_TRACK);
  state.owesTracking = isTracked && !isOk && command.facts?.movesTo === 'unknown';
  if (response.statusFlags !== undefined) state.statusFlags = response.statusFlags;
  // Where the server tracks the session's schema, its word is better than our reading.
  const { schema } = response.told;
  if (schema !== undefined) state.database = schema || undefined;
}

function connectionReset(state: SessionState): void {
  state.statements.clear();
  state.names.clear();
  state.tokens.clear();
}

function changedUser(state: SessionState, change: ComChangeUser | undefined, isOk: boolean): void {
  connectionReset(state);
  if (!isOk || change === undefined) {
    state.database = undefined;
    return;
  }
  state.user = accountName(change.user, 'change-user');
  state.database = schemaName(change.database ?? Buffer.alloc(0));
  state.program = change.attributes.get('program_name') ?? state.program;
}

function prepared(state: SessionState, command: Confirmed, id: number | undefined): void {
  const { text, worst: facts, settled, firing } = command;
  if (id === undefined || text === undefined || facts === undefined) state.statements.forgetLast();
  else {
    const read = { asked: settled?.reading, database: state.database, firing };
    const isRecorded = state.breakGlass !== undefined;
    const may = { readOnly: isReadOnly(text), mayCommit: mayCommit(text), isRecorded };
    state.statements.add(id, { text, facts, ...may }, read);
  }
}

/** What PREPARE made of a name, once the server said so. */
function named({ state, options }: JudgedSession, command: Confirmed, isOk: boolean): void {
  const { facts, settled } = command;
  state.names.note(facts?.prepares, isOk, (text) => {
    const { database } = state;
    const worst = options.readText(text, state.readContext(options.dialect()));
    const firing = options.firing?.();
    return new PreparedText(text, { worst, asked: settled?.reading, database, firing });
  });
}

/** After an error several statements may have run or not: then the schema is not known. */
function moved(state: SessionState, facts: TextFacts | undefined, isOk: boolean): void {
  const movesTo = facts?.movesTo;
  if (movesTo === undefined) return;
  if (!isOk && facts?.statements.length === 1) return;
  state.database = isOk && movesTo !== 'unknown' ? movesTo.schema : undefined;
}
