// What a session is doing in its command phase, and where an answer of ours would stand.
import type { WirePacket } from '../wire/framer.js';
import type { Confirmed } from './command-effects.js';
import type { CommandRow } from './command-table.js';
import type { ResponsePhase } from './response-phase.js';

/** A command on its way, from its first byte here to the end of its response. */
export interface CommandUnderWay extends Confirmed {
  readonly packet: WirePacket;
  readonly row: CommandRow;
  readonly recordId?: string;
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

/** Undefined in the middle of a packet, where nothing more can be said. */
export function sequenceIdOfAnswer(activity: Activity): number | undefined {
  if (activity.kind === 'judging') return activity.command.packet.sequenceId + 1;
  if (activity.kind !== 'responding') return 0;
  return activity.response.atBoundary ? activity.response.sequenceId + 1 : undefined;
}
