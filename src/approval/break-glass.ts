// What a sealed key may sign for: one statement of an account and on a server that it was made for,
// alone, whatever the quorum. Never a restore, never a denial. Pure.
import type { Seal } from './approvers.js';
import type { ApprovalRequest } from './request.js';
import { CLOCK_SKEW_MS } from './token.js';

/** Why this key's word does not count for this request; undefined if it does. */
export function sealObjection(seal: Seal, request: ApprovalRequest): string | undefined {
  if (request.kind === 'batch') {
    return 'a sealed key signs for one statement: a restore needs people, or severed links';
  }
  const { server, requester } = request;
  if (!seal.servers.includes(server.name)) return `this sealed key is not for ${server.name}`;
  if (seal.accounts.includes(requester.user)) return undefined;
  return `this sealed key is not for the account ${requester.user}`;
}

/**
 * A signature that was made and kept is none for the moment: one that comes later than it could be used.
 * `atMs` is when it was handed in.
 */
export function staleSeal(
  { iat }: { readonly iat: number },
  request: ApprovalRequest,
  atMs: number,
): string | undefined {
  if (request.kind === 'batch') return undefined;
  const { breakGlassMs } = request;
  if (atMs < iat * 1000 + breakGlassMs + CLOCK_SKEW_MS) return undefined;
  const minutes = Math.round(breakGlassMs / 6000) / 10;
  return `a sealed key's signature is handed in within ${minutes} min: sign again, and compare the clocks`;
}
