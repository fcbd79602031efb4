// The only maker of a Permit, without which nothing reaches a server's command phase. A permit is
// bound to the exact bytes that were judged: forwarding anything else is refused by `covers`.

import type { TextFacts } from '../sql/statement-facts.js';
import type { Decision } from './verdict.js';

declare const permitBrand: unique symbol;

/** Leave to forward exactly `payload` (by identity), once judged. */
export interface Permit {
  readonly [permitBrand]: true;
  readonly payload: Uint8Array;
}

/** For a text in which nothing is guarded, under any reading. Throws for any other. */
export function permitUnguarded(payload: Uint8Array, facts: TextFacts): Permit {
  if (facts.effects.length > 0) throw new Error('a guarded statement needs a decision');
  return { payload } as Permit;
}

/** For a command that carries no statement and whose policy in the command table is `forward`. */
export function permitCommand(payload: Uint8Array, policy: 'forward'): Permit {
  if (policy !== 'forward') throw new Error(`no permit for a command whose policy is ${policy}`);
  return { payload } as Permit;
}

/** For a guarded statement that was decided, and recorded. Throws for any other verdict. */
export function permitDecided(payload: Uint8Array, decision: Decision): Permit {
  if (decision.verdict !== 'permit') throw new Error(`no permit for ${decision.verdict}`);
  return { payload } as Permit;
}

/**
 * For a guarded statement that the primary process decided and recorded, as it answered the worker
 * that holds the payload: workers/remote-guard.ts says why that answer is about these bytes.
 */
export function permitRelayed(payload: Uint8Array, judgement: { readonly kind: string }): Permit {
  if (judgement.kind !== 'permitted') throw new Error(`no permit for ${judgement.kind}`);
  return { payload } as Permit;
}

/** Whether a permit was given for these very bytes. */
export function covers(permit: Permit, payload: Uint8Array): boolean {
  return permit.payload === payload;
}
