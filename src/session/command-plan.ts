// What is to be done with a command before anything of it has left: forward it with the permit for
// its bytes, ask about it, refuse it, or drop it where the protocol has no answer. Sends nothing.
import type { Logging } from '../policy/logging.js';
import { type Permit, permitCommand, permitUnguarded } from '../policy/permit.js';
import type { TextFacts } from '../sql/statement-facts.js';
import { ER_SIGNAL_EXCEPTION } from '../wire/error-codes.js';
import { readComQueryText } from '../wire/packets/com-query.js';
import { readStatementId } from '../wire/packets/com-stmt-id.js';
import { type CommandUnderWay, NOTHING_READ } from './activity.js';
import { whyAsk } from './asked-why.js';
import type { Asking } from './asking.js';
import { staticReading } from './command-effects.js';
import { isDeclaredReader } from './declared-readers.js';
import { type JudgedSession, readJudged } from './judged-commands.js';
import { type Refusal, refusalByTable, refusalOfFailure, refusalOfUnknown } from './refusals.js';
import { type Settled, Settling } from './settling.js';
import { readTokenStatement, TOKENS_ALONE } from './token-statement.js';
import { mayCommit, mayFinishOthers } from './transaction.js';
import { heardFrom, mayGoUnasked } from './unasked.js';

export type Plan =
  | { readonly kind: 'forward'; readonly permit: Permit }
  /** The session can tell more of it before it is judged. */
  | { readonly kind: 'settle'; readonly settling: Settling }
  | { readonly kind: 'judge'; readonly text: Buffer; readonly facts: TextFacts }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  /** It was for Interlock itself, which answers OK. */
  | { readonly kind: 'answer' }
  | { readonly kind: 'drop' };

export function planOf(command: CommandUnderWay, session: JudgedSession): Plan {
  const plan = planByItself(command, session);
  command.commits = mayCommitInFlight(command, session);
  return judgedAllTheSame(command, plan, session);
}

/** What may commit something in flight, and all of a session that a sealed key has opened. */
function judgedAllTheSame(command: CommandUnderWay, plan: Plan, { state }: JudgedSession): Plan {
  const isRecorded = state.breakGlass !== undefined && command.row?.policy === 'judge';
  if (plan.kind !== 'forward' || !(command.commits || isRecorded)) return plan;
  const { text = command.payload, facts = NOTHING_READ } = command;
  return { kind: 'judge', text, facts };
}

/** While something is in flight, whatever may commit it is asked about. */
function mayCommitInFlight(command: CommandUnderWay, { state, options }: JudgedSession): boolean {
  const { holdsInFlight } = state.transaction;
  if (!holdsInFlight && options.holdsOpen?.() !== true) return false;
  const { row, name, payload, text } = command;
  if (row?.policy !== 'judge' || name === 'COM_STMT_PREPARE' || text === undefined) return false;
  if (!holdsInFlight) return mayFinishOthers(text);
  const isExecution = name === 'COM_STMT_EXECUTE' || name === 'COM_STMT_BULK_EXECUTE';
  if (isExecution) return state.statements.find(readStatementId(payload))?.mayCommit !== false;
  return name !== 'COM_QUERY' || mayCommit(text);
}

function planByItself(command: CommandUnderWay, session: JudgedSession): Plan {
  const { row, name, payload } = command;
  if (row === undefined || name === 'unknown') {
    return planOfRefusal(command, refusalOfUnknown(payload[0]));
  }
  switch (row.policy) {
    case 'judge':
      return planOfStatement(command, session);
    case 'forward':
      return planOfPlain(command, session);
    case 'replication':
      if (mayReadBinlog(payload, session)) return planOfPlain(command, session);
      return { kind: 'refuse', refusal: refusalByTable(name) };
    case 'refuse':
      return { kind: 'refuse', refusal: refusalByTable(name) };
  }
  row.policy satisfies never;
}

function mayReadBinlog(payload: Buffer, { state, options }: JudgedSession): boolean {
  if (options.server.binlogDump === 'allow') return true;
  return isDeclaredReader(payload, state.user, options.readers ?? []);
}

function planOfStatement(command: CommandUnderWay, session: JudgedSession): Plan {
  const own = readOwn(command, session);
  if (own !== undefined) return own;
  command.firing = session.options.firing?.();
  const reading = readJudged(command.name, command.payload, session);
  if (reading.kind === 'refused') return planOfRefusal(command, reading);
  command.prepared = reading.prepared;
  const plan = planOfFacts(command, reading.text, reading.facts);
  return plan.kind === 'judge' ? settledFirst(command, plan, session) : plan;
}

/** What is said to Interlock and to nobody else; undefined for everything else. */
function readOwn({ name, payload }: CommandUnderWay, session: JudgedSession): Plan | undefined {
  // This is asked of every statement: few have an `@` in them.
  if (!payload.includes(AT)) return undefined;
  const text = ownText(name, payload, session);
  const said = text === undefined ? undefined : readTokenStatement(text);
  if (said === undefined || said.kind === 'none') return undefined;
  if (said.kind === 'presents' && name === 'COM_QUERY') {
    session.state.tokens.present(said.tokens);
    return { kind: 'answer' };
  }
  const { message } = said.kind === 'misplaced' ? said : TOKENS_ALONE;
  return { kind: 'refuse', refusal: { error: ER_SIGNAL_EXCEPTION, message } };
}

const AT = 0x40;

function ownText(name: string, payload: Buffer, { state }: JudgedSession): Buffer | undefined {
  if (name === 'COM_STMT_PREPARE') return payload.subarray(1);
  if (name !== 'COM_QUERY') return undefined;
  try {
    return readComQueryText(payload, state.capabilities);
  } catch {
    // Malformed: whoever reads it next says so.
    return undefined;
  }
}

export function planOfFacts(command: CommandUnderWay, text: Buffer, facts: TextFacts): Plan {
  command.text = text;
  command.facts = facts;
  command.worst = facts;
  if (facts.effects.length > 0) return { kind: 'judge', text, facts };
  return { kind: 'forward', permit: permitUnguarded(command.payload, facts) };
}

/** A built-in denial is recorded before it is answered; other refusals need no record. */
function planOfRefusal(command: CommandUnderWay, refusal: Refusal): Plan {
  if (refusal.builtIn === undefined) return { kind: 'refuse', refusal };
  command.refusal = refusal;
  return { kind: 'judge', text: command.payload, facts: NOTHING_READ };
}

/** As it is where the session could tell nothing, would notice, or need perhaps not be asked. */
function settledFirst(
  command: CommandUnderWay,
  judged: Extract<Plan, { kind: 'judge' }>,
  { state, options }: JudgedSession,
): Plan {
  const unsettled = { text: judged.text, worst: judged.facts, prepared: command.prepared };
  const why = whyAsk(command.name, unsettled, state);
  if (why === undefined) return judged;
  const { readText } = options;
  const settling = new Settling(unsettled, { state, dialect: options.dialect(), readText });
  const { heard } = state;
  if (heard !== undefined && mayGoUnasked(command.name, unsettled, why)) {
    command.unasked = { settling, ...heard };
    return judged;
  }
  options.metrics.asked(options.server.name, why);
  return { kind: 'settle', settling };
}

/** The guard says that the session's answers matter. */
export function planOfAsking(command: CommandUnderWay, { options }: JudgedSession): Plan {
  const { unasked } = command;
  command.unasked = undefined;
  if (unasked === undefined) return { kind: 'refuse', refusal: refusalOfFailure(NOT_OPEN) };
  options.metrics.asked(options.server.name, 'logging');
  return { kind: 'settle', settling: unasked.settling };
}

const NOT_OPEN = 'its session was to be asked once more';

/** What is left to do once the session has told what it could. */
export function planOfSettled(
  command: CommandUnderWay,
  { settling, tracksTransactions }: Asking,
  session: JudgedSession,
): Plan {
  const { state } = session;
  const { text = command.payload } = command;
  const { settled } = settling;
  command.settled = { ...settled, logging: ofAllStatements(settled) };
  state.tracksTransactions ||= tracksTransactions;
  state.heard = heardFrom(settled);
  // What we held for known is only a hint; what the server says is so.
  if (settled.reading !== undefined && state.database !== settled.database) {
    state.database = settled.database;
  }
  command.facts = settled.facts;
  if (settled.facts.effects.length > 0) return { kind: 'judge', text, facts: settled.facts };
  const permit = permitUnguarded(command.payload, settled.facts);
  return judgedAllTheSame(command, { kind: 'forward', permit }, session);
}

/** Before a later statement a function of an earlier one may have set what Galera looks at. */
function ofAllStatements({ logging, facts }: Settled): Logging | undefined {
  if (logging === undefined || facts.statements.length <= 1) return logging;
  return { binlog: logging.binlog, galera: logging.galera === false ? 'unknown' : logging.galera };
}

/** Commands without a statement: some must still make sense before they pass. */
function planOfPlain(command: CommandUnderWay, { state }: JudgedSession): Plan {
  const reading = staticReading(command.name, command.payload, state);
  if (reading.kind === 'drop') return reading;
  if (reading.kind === 'refuse') return planOfRefusal(command, reading);
  command.changeUser = reading.changeUser;
  return { kind: 'forward', permit: permitCommand(command.payload, 'forward') };
}
