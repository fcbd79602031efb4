// What a sealed key may sign for: one statement of an account and on a server that it was made for,
// alone, whatever the quorum. Never a restore, never a denial. Pure.
import type { Seal } from './approvers.js';
import type { ApprovalRequest } from './request.js';

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
