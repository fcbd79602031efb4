// What Interlock itself says in a command phase: errors in the place of a response to the client,
// and to the guard what became of what it permitted.
import type { ErrorCode } from '../wire/error-codes.js';
import { errPacket } from '../wire/packets/err-packet.js';
import { okPacket } from '../wire/packets/ok-packet.js';
import type { CommandUnderWay } from './activity.js';
import type { Emit, Outcome } from './effects.js';
import type { Refusal } from './refusals.js';
import type { ResponsePhase } from './response-phase.js';
import type { SessionState } from './session-state.js';

export class Answers {
  readonly #state: SessionState;
  readonly #emit: Emit;

  constructor(state: SessionState, emit: Emit) {
    this.#state = state;
    this.#emit = emit;
  }

  /** Right behind the command's last packet. */
  refusal({ name, packet }: CommandUnderWay, { error, message }: Refusal): void {
    if (name === 'COM_STMT_PREPARE') this.#state.statements.forgetLast();
    this.error(error, message, packet.sequenceId + 1);
  }

  /** To what was for Interlock itself: the session is as it was. */
  ok({ packet }: CommandUnderWay): void {
    const bytes = okPacket(this.#state.statusFlags, packet.sequenceId + 1);
    this.#emit({ kind: 'to-client', bytes });
  }

  /** Nothing where no packet could be told from what stands there. */
  error(error: ErrorCode, message: string, sequenceId: number | undefined): void {
    if (sequenceId === undefined) return;
    const bytes = errPacket(error, message, { sequenceId, withSqlState: true });
    this.#emit({ kind: 'to-client', bytes });
  }

  /** Its response has ended: what became of it, and of the transaction it may have ended. */
  responded(command: CommandUnderWay, response: ResponsePhase): void {
    const { name, text, isInFlight, recordId } = command;
    const { errorCode, statusFlags } = response;
    const isOk = errorCode === undefined;
    const { transaction } = this.#state;
    const isRecorded = recordId !== undefined && recordId !== '';
    const after = transaction.responded({ name, text, isInFlight, isRecorded, isOk, statusFlags });
    const outcome = outcomeOf(response);
    this.outcome(recordId, after.isOpen ? { ...outcome, isOpen: true } : outcome);
    if (!after.hasEnded) return;
    const end = { ...gtidsOf(response), ...(after.isUndone ? { isUndone: true as const } : {}) };
    this.#emit({ kind: 'transaction-ended', end });
  }

  /** Nothing to tell of what the guard was never asked about. */
  outcome(recordId: string | undefined, outcome: Outcome): void {
    if (recordId !== undefined && recordId !== '')
      this.#emit({ kind: 'answered', recordId, outcome });
  }
}

export function outcomeOf(response: ResponsePhase): Outcome {
  const { errorCode } = response;
  const gtids = gtidsOf(response);
  return errorCode === undefined
    ? { kind: 'ok', ...gtids }
    : { kind: 'error', errorCode, ...gtids };
}

function gtidsOf({ told }: ResponsePhase): { readonly gtids?: readonly string[] } {
  return told.gtids.length === 0 ? {} : { gtids: told.gtids };
}
