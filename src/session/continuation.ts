// What a client sends in the middle of a response because the server asked for it: a file's pieces,
// or its part of a COM_CHANGE_USER dialogue. Never a command: its sequence ids go on.
import type { WirePacket } from '../wire/framer.js';
import type { Emit } from './effects.js';
import type { ResponsePhase } from './response-phase.js';

export function passContinuation(packet: WirePacket, response: ResponsePhase, emit: Emit): void {
  response.expectNext(packet);
  const kind = response.awaiting === 'file' ? 'forward-file-data' : 'forward-authentication';
  for (const bytes of packet.frames) emit({ kind, bytes });
  const isLast = kind === 'forward-authentication' || packet.payload.length === 0;
  response.follow(packet.sequenceId, isLast);
}
