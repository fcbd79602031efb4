// What a judged command would do: its text found in the payload, and read. Whatever cannot be
// read is refused here; nothing in this file permits anything.
import { InterlockError, messageOf } from '../errors.js';
import type { TextFacts } from '../sql/statement-facts.js';
import type { CommandName } from '../wire/commands.js';
import { ER_SIGNAL_EXCEPTION, type ErrorCode } from '../wire/error-codes.js';
import { readComQueryText } from '../wire/packets/com-query.js';
import { readStatementId } from '../wire/packets/com-stmt-id.js';
import { isReadOnly, LATCHED_MESSAGE } from './latch.js';
import { namedAsOfNow, preparedAsOfNow } from './prepared-again.js';
import type { PreparedText } from './prepared-text.js';
import {
  type Refusal,
  refusalOfFailure,
  refusalOfMalformed,
  refusalOfStatementId,
} from './refusals.js';
import type { SessionOptions } from './session-options.js';
import type { SessionState } from './session-state.js';

export type Reading =
  | {
      readonly kind: 'read';
      readonly text: Buffer;
      readonly facts: TextFacts;
      /** What it executes, where the session may have to be asked about that. */
      readonly prepared?: PreparedText | undefined;
    }
  | ({ readonly kind: 'refused' } & Refusal);

const NOTHING_GUARDED: TextFacts = { effects: [], statements: [] };

const refused = (error: ErrorCode, message: string): Reading => ({
  kind: 'refused',
  error,
  message,
});

export interface JudgedSession {
  readonly state: SessionState;
  readonly options: SessionOptions;
}

export function readJudged(name: CommandName, payload: Buffer, session: JudgedSession): Reading {
  try {
    return readByName(name, payload, session);
  } catch (thrown) {
    if (thrown instanceof InterlockError && thrown.code === 'MALFORMED_PACKET') {
      return { kind: 'refused', ...refusalOfMalformed(name, thrown.message) };
    }
    return { kind: 'refused', ...refusalOfFailure(messageOf(thrown)) };
  }
}

function readByName(
  name: CommandName,
  payload: Buffer,
  { state, options }: JudgedSession,
): Reading {
  if (name === 'COM_QUERY') {
    return readStatement(readComQueryText(payload, state.capabilities), state, options);
  }
  if (name === 'COM_STMT_EXECUTE' || name === 'COM_STMT_BULK_EXECUTE') {
    return readExecute(name, payload, { state, options });
  }
  if (name === 'COM_STMT_PREPARE') return readPrepare(payload.subarray(1), state, options);
  if (name === 'COM_REFRESH') return readRefresh(payload);
  if (name === 'COM_SHUTDOWN') return disguised('SHUTDOWN', 'relink');
  return { kind: 'refused', ...refusalOfFailure(`nothing reads ${name}`) };
}

function readStatement(text: Buffer, state: SessionState, options: SessionOptions): Reading {
  if (state.latched && !isReadOnly(text)) return refused(ER_SIGNAL_EXCEPTION, LATCHED_MESSAGE);
  const facts = options.readText(text, state.readContext(options.dialect()));
  const named = facts.effects.length === 0 ? undefined : preparedByName(facts, state);
  if (named === undefined) return { kind: 'read', text, facts };
  const prepared = namedAsOfNow(named, { state, options });
  return { kind: 'read', text, facts: prepared.worst, prepared };
}

/** EXECUTE s, alone in its text: what it does is what `s` was prepared from. */
function preparedByName(
  { effects, statements }: TextFacts,
  state: SessionState,
): PreparedText | undefined {
  const [effect, ...others] = effects;
  if (effect?.runs?.kind !== 'prepared') return undefined;
  if (others.length > 0 || statements.length !== 1) return undefined;
  return state.names.find(effect.runs.name);
}

function readPrepare(text: Buffer, state: SessionState, options: SessionOptions): Reading {
  const reading = readStatement(text, state, options);
  if (reading.kind === 'refused') return reading;
  if (state.statements.hasRoomFor({ ...reading, readOnly: false })) return reading;
  return refused(
    ER_SIGNAL_EXCEPTION,
    'Interlock refused: this session has prepared too much that is guarded. Close some of its ' +
      'statements first.',
  );
}

function readExecute(name: CommandName, payload: Buffer, session: JudgedSession): Reading {
  const { state } = session;
  const id = readStatementId(payload);
  const statement = state.statements.find(id);
  if (statement === undefined) {
    return { kind: 'refused', ...refusalOfStatementId(name, id) };
  }
  if (state.latched && !statement.readOnly) return refused(ER_SIGNAL_EXCEPTION, LATCHED_MESSAGE);
  const { text, facts, prepared } = preparedAsOfNow(statement, session);
  return { kind: 'read', text, facts, prepared };
}

/** https://dev.mysql.com/doc/dev/mysql-server/latest/mysql__com_8h.html (REFRESH_…) */
const REFRESH_SLAVE = 0x40;
const REFRESH_MASTER = 0x80;

/** The two flags that are statements in disguise are judged as those statements. */
function readRefresh(payload: Buffer): Reading {
  if (payload.length < 2) {
    throw new InterlockError('MALFORMED_PACKET', 'COM_REFRESH without its flags');
  }
  const flags = payload.subarray(1).readUIntLE(0, Math.min(payload.length - 1, 4));
  if ((flags & REFRESH_MASTER) !== 0) return disguised('RESET MASTER', 'destroy-history');
  if ((flags & REFRESH_SLAVE) !== 0) return disguised('RESET SLAVE', 'relink');
  return { kind: 'read', text: Buffer.alloc(0), facts: NOTHING_GUARDED };
}

function disguised(verb: string, effect: 'destroy-history' | 'relink'): Reading {
  const facts: TextFacts = {
    effects: [{ effect, verb, objects: [], deferred: false, reason: 'as a command byte' }],
    statements: [],
  };
  return { kind: 'read', text: Buffer.from(verb), facts };
}
