// The only maker of a Permit, without which nothing reaches a server's command phase. A permit is
// bound to the exact bytes that were judged: forwarding anything else is refused by `covers`.

import type { TextFacts } from '../sql/statement-facts.js';
import type { Capabilities } from '../wire/capabilities.js';
import { HEADER_BYTES, MAX_PAYLOAD_BYTES, type WirePacket } from '../wire/framer.js';
import { comQuery } from '../wire/packets/com-query.js';
import { type Inquiry, inquiryText } from './inquiry.js';
import type { Decision } from './verdict.js';

declare const permitBrand: unique symbol;
declare const holdBrand: unique symbol;

/** Leave to forward exactly `payload` (by identity), once judged. */
export interface Permit {
  readonly [permitBrand]: true;
  readonly payload: Uint8Array;
}

/**
 * Leave to forward a piece of a command that is still on its way here. It can't be had for the
 * last packet, without which no server runs anything: that one needs a Permit.
 */
export interface Hold {
  readonly [holdBrand]: true;
  readonly piece: Uint8Array;
}

/** `packetBytes` is the length of the packet that the piece is of: a full one has a successor. */
export function holdPiece(piece: Uint8Array, packetBytes: number): Hold {
  if (packetBytes !== MAX_PAYLOAD_BYTES) throw new Error('a last packet needs a permit');
  return { piece } as Hold;
}

/** Whether the hold was given for these very bytes. */
export function holds(hold: Hold, piece: Uint8Array): boolean {
  return hold.piece === piece;
}

/** For a text in which nothing is guarded, under any reading. Throws for any other. */
export function permitUnguarded(payload: Uint8Array, facts: TextFacts): Permit {
  if (facts.effects.length > 0) throw new Error('a guarded statement needs a decision');
  return permitOf(payload);
}

/** For a command that carries no statement and whose policy in the command table is `forward`. */
export function permitCommand(payload: Uint8Array, policy: 'forward'): Permit {
  if (policy !== 'forward') throw new Error(`no permit for a command whose policy is ${policy}`);
  return permitOf(payload);
}

/** For a guarded statement that was decided, and recorded. Throws for any other verdict. */
export function permitDecided(payload: Uint8Array, decision: Decision): Permit {
  if (decision.verdict !== 'permit') throw new Error(`no permit for ${decision.verdict}`);
  return permitOf(payload);
}

/**
 * For a guarded statement that the primary process decided and recorded, as it answered the worker
 * that holds the payload: workers/remote-guard.ts says why that answer is about these bytes.
 */
export function permitRelayed(payload: Uint8Array, judgement: { readonly kind: string }): Permit {
  if (judgement.kind !== 'permitted') throw new Error(`no permit for ${judgement.kind}`);
  return permitOf(payload);
}

/**
 * A question of Interlock's own in the client's session, with the permit for it: the bytes are made
 * here, from the closed list in inquiry.ts, so that no other bytes can be sent by this way.
 */
export function permitInquiry(
  inquiry: Inquiry,
  capabilities: Capabilities,
): { readonly packet: WirePacket; readonly permit: Permit } {
  const frame = comQuery(inquiryText(inquiry), capabilities);
  const payload = frame.subarray(HEADER_BYTES);
  return { packet: { payload, frames: [frame], sequenceId: 0 }, permit: permitOf(payload) };
}

/** Whether a permit was given for these very bytes. */
export function covers(permit: Permit, payload: Uint8Array): boolean {
  return permit.payload === payload;
}

function permitOf(payload: Uint8Array): Permit {
  return { payload } as Permit;
}
