// A signature on its way into the store: looked up, verified, and taken or refused with the reason.
// Carried over the admin interface or presented in a session, it is the same.
import type { Approvers, Seal } from './approvers.js';
import { type Assessment, assess } from './assessment.js';
import { sealObjection, staleSeal } from './break-glass.js';
import { isAsked, isRequester } from './quorum.js';
import { type ReadRequests, readStored } from './read-requests.js';
import type { ApprovalRequest } from './request.js';
import type { ApprovalStore, RequestState, StoredRequest } from './store.js';
import { type Claims, type Decision, requestNamedBy, type Verified, verifyToken } from './token.js';

export type Submitted =
  | {
      readonly kind: 'taken';
      readonly decision: Decision;
      readonly person: string;
      readonly tokenId: string;
      /** False: this person's word was there already, and stands. */
      readonly isNew: boolean;
      /** It was a sealed key, for this reason. */
      readonly sealedFor?: string;
      readonly assessment: Assessment;
    }
  | {
      readonly kind: 'refused';
      readonly reason: string;
      /** It was good once, and its request has been used. */
      readonly isReplay: boolean;
      readonly request?: ApprovalRequest;
    };

interface Into {
  readonly store: ApprovalStore;
  readonly approvers: Approvers;
  readonly nowMs: number;
  readonly storeId: string;
  readonly kept?: ReadRequests;
}

export async function submit(token: string, into: Into): Promise<Submitted> {
  const id = requestNamedBy(token);
  if (id === undefined) return refused('it is no token of an approval');
  const stored = await into.store.find(id);
  if (stored === undefined) {
    return refused('it is for a request that this store of approvals does not hold');
  }
  const read = (into.kept ?? { read: readStored }).read(stored.body);
  if (read === undefined) return refused('its request cannot be read');
  const { request, bound } = read;
  if (stored.state === 'open' && request.store !== into.storeId) return refused(ENDS.restored);
  const verified = await verifyToken(token, request, { ...into, bound });
  if (verified.kind === 'invalid') return { ...refused(verified.reason), request };
  const known = stored.tokens.find((each) => each.id === verified.claims.jti);
  const against =
    known === undefined ? objection(verified, { stored, request, into }) : ended(stored);
  if (against !== undefined) {
    return { ...refused(against), isReplay: stored.state === 'used', request };
  }
  return await take(token, { verified, stored, into });
}

function refused(reason: string) {
  return { kind: 'refused', reason, isReplay: false } as const;
}

const ENDS: Readonly<Record<Exclude<RequestState, 'open'>, string>> = {
  used: 'its request has been used',
  denied: 'its request was denied',
  expired: 'its request has expired',
  restored: 'its request ended when the store was put back from a copy',
};

function ended({ state }: StoredRequest): string | undefined {
  return state === 'open' ? undefined : ENDS[state];
}

/** Why a signature that holds is not taken. */
function objection(
  { person, claims, seal }: Extract<Verified, { kind: 'valid' }>,
  to: { readonly stored: StoredRequest; readonly request: ApprovalRequest; readonly into: Into },
): string | undefined {
  const { stored, request, into } = to;
  const isOver = ended(stored);
  if (isOver !== undefined) return isOver;
  if (seal !== undefined) return objectionToSealed(seal, claims, { request, nowMs: into.nowMs });
  if (claims.decision === 'deny') return undefined;
  const { approvers, nowMs } = into;
  if (nowMs >= request.gatherUntilMs) return TOO_LATE;
  const { user } = request.requester;
  if (isRequester(person, { user, approvers })) {
    return `${person} uses the account ${user}, and nobody approves what they ask for themselves`;
  }
  const signer = approvers.people.get(person);
  if (signer === undefined || !isAsked(signer, request.rules)) {
    const groups = [...new Set(request.rules.flatMap(({ from }) => from))];
    return `${person} is in none of the groups asked for (${groups.join(', ')})`;
  }
  return undefined;
}

const TOO_LATE = 'the time to gather signatures is over';

function objectionToSealed(
  seal: Seal,
  { decision, reason, iat }: Claims,
  { request, nowMs }: { readonly request: ApprovalRequest; readonly nowMs: number },
): string | undefined {
  if (decision === 'deny')
    return 'a sealed key only approves; whoever has a key of their own denies';
  if (reason === undefined) return 'a sealed key needs a reason';
  if (nowMs >= request.gatherUntilMs) return TOO_LATE;
  return sealObjection(seal, request) ?? staleSeal({ iat }, request, nowMs);
}

async function take(
  token: string,
  of: {
    readonly verified: Extract<Verified, { kind: 'valid' }>;
    readonly stored: StoredRequest;
    readonly into: Into;
  },
): Promise<Submitted> {
  const { verified, stored, into } = of;
  const { person, claims } = verified;
  const { decision, jti } = claims;
  // Their word by a key that no longer counts is not in the way of another.
  const standing = (await assess(stored, into))?.signatures ?? [];
  const isRepeated =
    stored.tokens.some(({ id }) => id === jti) ||
    (decision === 'approve' && standing.some((each) => each.person === person));
  if (!isRepeated) {
    const row = { id: jti, person, decision, addedMs: into.nowMs, token };
    const added = await into.store.addToken(stored.id, row);
    if (added.kind === 'ended') return refused(ENDS[added.state]);
    if (added.kind === 'no-request') return refused('its request is gone');
  }
  const after = await into.store.find(stored.id);
  const assessment = after === undefined ? undefined : await assess(after, into);
  if (assessment === undefined) return refused('its request is gone');
  const { seal } = verified;
  return {
    ...{ kind: 'taken', decision, person, tokenId: jti, isNew: !isRepeated, assessment },
    ...(seal === undefined ? {} : { sealedFor: claims.reason ?? '' }),
  };
}
