// What a session is doing in its command phase, and where an answer of ours would stand.
import type { Judgement, Question } from '../policy/verdict.js';
import type { TextFacts } from '../sql/statement-facts.js';
import type { WirePacket } from '../wire/framer.js';
import type { Confirmed } from './command-effects.js';
import type { CommandRow } from './command-table.js';
import type { Outcome } from './effects.js';
import type { Refusal } from './refusals.js';
import type { ResponsePhase } from './response-phase.js';

/** A command on its way, from its first byte here to the end of its response. */
export interface CommandUnderWay extends Confirmed {
  readonly packet: WirePacket;
  /** Absent for a command that is not in the table. */
  readonly row?: CommandRow;
  readonly recordId?: string;
  /** Set when it is asked about only to be refused, and recorded. */
  readonly refusal?: Refusal;
}

export type Activity =
  | { readonly kind: 'idle' }
  | { readonly kind: 'judging'; readonly command: CommandUnderWay }
  | {
      readonly kind: 'responding';
      readonly command: CommandUnderWay;
      readonly response: ResponsePhase;
    }
  | { readonly kind: 'quitting' }
  | { readonly kind: 'ended' };

export type Refused = Extract<Judgement, { kind: 'refused' }>;

export const NOTHING_READ: TextFacts = { effects: [], statements: [] };
export const LOST: Outcome = { kind: 'connection-lost' };

/** What the guard is asked about a command; a refusal of ours travels with it. */
export function questionOf(
  { name, payload, refusal }: CommandUnderWay,
  asked: Pick<Question, 'requester' | 'text' | 'facts'>,
): Question {
  const question = { ...asked, command: name, payload };
  return refusal?.builtIn === undefined ? question : { ...question, refusal: refusal.builtIn };
}

/** Undefined in the middle of a packet, where nothing more can be said. */
export function sequenceIdOfAnswer(activity: Activity): number | undefined {
  if (activity.kind === 'judging') return activity.command.packet.sequenceId + 1;
  if (activity.kind !== 'responding') return 0;
  return activity.response.atBoundary ? activity.response.sequenceId + 1 : undefined;
}
