// What a session is doing in its command phase, and where an answer of ours would stand.
import type { Judgement, Question } from '../policy/verdict.js';
import type { FiringNames } from '../sql/firing-names.js';
import type { TextFacts } from '../sql/statement-facts.js';
import type { CommandName } from '../wire/commands.js';
import { HEADER_BYTES, type WirePacket } from '../wire/framer.js';
import type { ComChangeUser } from '../wire/packets/com-change-user.js';
import { ERR_HEADER } from '../wire/packets/err-packet.js';
import type { Asking } from './asking.js';
import type { Confirmed } from './command-effects.js';
import type { CommandRow, ResponseShape } from './command-table.js';
import type { Outcome } from './effects.js';
import type { PreparedText } from './prepared-text.js';
import type { Refusal } from './refusals.js';
import type { ResponsePhase } from './response-phase.js';
import type { Settled } from './settling.js';
import type { StreamedCommand } from './streamed-command.js';
import type { StillUnasked } from './unasked.js';

/**
 * A command on its way, from its first byte here to the end of its response. What is learned of it
 * on the way is filled in, not copied into a new object: there is one for every statement.
 */
export interface CommandUnderWay extends Confirmed {
  readonly packet: WirePacket;
  /** Absent for a command that is not in the table. */
  readonly row: CommandRow | undefined;
  text: Buffer | undefined;
  facts: TextFacts | undefined;
  /** Under every reading there is, whatever was settled later. */
  worst: TextFacts | undefined;
  /** What it executes, or what it prepares is kept as, where the session must be asked about it. */
  prepared: PreparedText | undefined;
  /** What fired code when it was read. */
  firing: FiringNames | undefined;
  /** What the session told of it before it was judged. */
  settled: Settled | undefined;
  /** Set while the guard may find that its session need not be asked. */
  unasked: StillUnasked | undefined;
  changeUser: ComChangeUser | undefined;
  recordId: string | undefined;
  staysPut: true | undefined;
  /** It may commit what is in flight, so it is asked about, guarded or not. */
  commits: boolean;
  /** It passed only because its links were severed. */
  isInFlight: boolean;
  /** Set when it is asked about only to be refused, and recorded. */
  refusal: Refusal | undefined;
  /** Set when all but its last packet has left: `packet` is that one. A refusal ends the session. */
  streamedShape: ResponseShape | undefined;
}

export function commandUnderWay(
  packet: WirePacket,
  name: CommandName,
  row: CommandRow | undefined,
): CommandUnderWay {
  return {
    packet,
    name,
    payload: packet.payload,
    row,
    text: undefined,
    facts: undefined,
    worst: undefined,
    prepared: undefined,
    firing: undefined,
    settled: undefined,
    unasked: undefined,
    changeUser: undefined,
    recordId: undefined,
    staysPut: undefined,
    commits: false,
    isInFlight: false,
    refusal: undefined,
    streamedShape: undefined,
  };
}

export interface Responding {
  readonly kind: 'responding';
  readonly command: CommandUnderWay;
  readonly response: ResponsePhase;
}

export type Activity =
  | { readonly kind: 'idle' }
  | { readonly kind: 'streaming'; readonly streamed: StreamedCommand }
  | { readonly kind: 'asking'; readonly command: CommandUnderWay; readonly asking: Asking }
  | { readonly kind: 'judging'; readonly command: CommandUnderWay }
  | Responding
  | { readonly kind: 'quitting' }
  | { readonly kind: 'ended' };

export const IDLE: Activity = { kind: 'idle' };

export type Refused = Extract<Judgement, { kind: 'refused' }>;

export const NOTHING_READ: TextFacts = { effects: [], statements: [] };
export const LOST: Outcome = { kind: 'connection-lost' };

/** What the guard is asked about a command; a refusal of ours travels with it. */
export function questionOf(
  { name, payload, refusal, streamedShape, settled, unasked, commits }: CommandUnderWay,
  asked: Pick<Question, 'requester' | 'tokens' | 'breakGlass' | 'text' | 'facts'>,
): Question {
  const logging = settled?.logging === undefined ? {} : { logging: settled.logging };
  const leg = settled?.leg === undefined ? {} : { leg: settled.leg };
  const open = unasked === undefined ? {} : { isUnasked: true as const, leg: unasked.leg };
  const whole = {
    ...asked,
    ...logging,
    ...leg,
    ...open,
    command: name,
    payload,
    ...(commits && { commits }),
  };
  const question = streamedShape === undefined ? whole : { ...whole, isStreamed: true as const };
  return refusal?.builtIn === undefined ? question : { ...question, refusal: refusal.builtIn };
}

export function hearsPermit(
  command: CommandUnderWay,
  { recordId, staysPut, isInFlight, breakGlass }: Extract<Judgement, { kind: 'permitted' }>,
  state: { breakGlass: string | undefined },
): void {
  command.recordId = recordId;
  command.staysPut = staysPut;
  command.isInFlight = isInFlight === true;
  state.breakGlass ??= breakGlass;
}

/** Undefined in the middle of a packet, where nothing more can be said. */
export function sequenceIdOfAnswer(activity: Activity): number | undefined {
  if (isDeciding(activity)) return activity.command.packet.sequenceId + 1;
  if (activity.kind === 'streaming') return activity.streamed.sequenceId + 1;
  if (activity.kind !== 'responding') return 0;
  return activity.response.atBoundary ? activity.response.sequenceId + 1 : undefined;
}

/** Nothing of the command has left yet: it waits for an answer, the session's or the guard's. */
export function isDeciding(
  activity: Activity,
): activity is Extract<Activity, { kind: 'asking' | 'judging' }> {
  return activity.kind === 'asking' || activity.kind === 'judging';
}

/** Between two packets of a response. */
export function isAtBoundary(activity: Activity): boolean {
  return activity.kind === 'responding' && activity.response.atBoundary;
}

/** Whether what the client sends now has to wait. */
export function isBusy(activity: Activity): boolean {
  if (isDeciding(activity)) return true;
  return activity.kind === 'responding' && activity.response.awaiting === 'packets';
}

/** Whether the next packet is looked at: a command, or what a response waits for. */
export function takesFromClient(activity: Activity): boolean {
  return activity.kind === 'idle' || (activity.kind === 'responding' && !isBusy(activity));
}

/** Whether this is an error that the server sends unasked, and the client may read now. */
export function hearsError({ kind }: Activity, chunk: Uint8Array): boolean {
  const isError = chunk[HEADER_BYTES] === ERR_HEADER;
  return isError && (kind === 'idle' || kind === 'streaming');
}
