// What became of a request for approval, as the audit file tells it: who signed, what was used. Never
// a token itself, and nothing of the statement: the decision record has that, with literals masked.

import type { Decision, DecisionApproval } from '../policy/verdict.js';

/** In a decision record: the request it passed on, and who has signed; or the one it waits for. */
export type ApprovalEvidence = Pick<DecisionApproval, 'request' | 'by' | 'isSealed'>;

export function approvalEvidence({ approval }: Decision): { readonly approval?: ApprovalEvidence } {
  if (approval?.request === undefined) return {};
  const { request, by, isSealed } = approval;
  const sealed = isSealed === true ? { isSealed } : {};
  return { approval: { request, ...(by === undefined ? {} : { by }), ...sealed } };
}

export interface ApprovalRecord {
  readonly v: 1;
  readonly kind: 'approval';
  /** Of the request, as in the error message and in `approval.request` of decision records. */
  readonly id: string;
  readonly time: string;
  readonly event: 'requested' | 'approved' | 'denied' | 'refused' | 'used' | 'expired';
  readonly server?: string;
  /** Who asks. */
  readonly user?: string;
  readonly address?: string;
  /** Who signed. */
  readonly person?: string;
  /** Ids (`jti`) of the signatures. */
  readonly tokens?: readonly string[];
  /** Of the decision that used it. */
  readonly record?: string;
  /** Why a signature was not taken, or why a sealed key was. */
  readonly reason?: string;
  /** A sealed key signed, or was enough for it to be used. */
  readonly isSealed?: true;
}
