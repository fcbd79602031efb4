// Where a stored request stands, by the keys and the rules as they are now: what was signed, by whom,
// and what is missing. Every signature is verified anew each time; nothing here changes anything.
import type { Approvers } from './approvers.js';
import { sealObjection, staleSeal } from './break-glass.js';
import { type Quorum, quorumOf, type Signature } from './quorum.js';
import { type ReadRequest, type ReadRequests, readStored } from './read-requests.js';
import type { ApprovalRequest, RuleNeed } from './request.js';
import type { StoredRequest } from './store.js';
import { verifyToken } from './token.js';

export type Phase =
  /** Takes signatures. */
  | 'gathering'
  /** Enough have signed, and there is time left to run it. */
  | 'approved'
  /** The time to gather, or to run it, is over. */
  | 'lapsed'
  | Exclude<StoredRequest['state'], 'open'>;

export interface Assessment {
  readonly stored: StoredRequest;
  readonly request: ApprovalRequest;
  readonly phase: Phase;
  readonly signatures: readonly Signed[];
  readonly quorum: Quorum;
  /** The sealed key that it is approved by, where not enough people have signed. */
  readonly sealedBy?: Signed;
  /** The first moment at which it is too late to run it; absent while some have not signed. */
  readonly executeUntilMs?: number;
}

export interface Signed extends Signature {
  readonly tokenId: string;
  /** It is a sealed key's, and `person` is the key's name. */
  readonly isSealed: boolean;
}

export interface AssessedBy {
  readonly approvers: Approvers;
  readonly nowMs: number;
  /** The store as it is now: what was asked for in another one has ended with that. */
  readonly storeId: string;
  readonly kept?: ReadRequests;
  /** What the rules ask for now; what they asked for then if left out. */
  readonly needs?: readonly RuleNeed[];
}

/**
 * Undefined for a row that is no request, or is not kept under what it says. Of the columns beside the
 * body nothing is signed: who may write to the store could put one request in another's place.
 */
export async function assess(
  stored: StoredRequest,
  by: AssessedBy,
): Promise<Assessment | undefined> {
  const read = (by.kept ?? { read: readStored }).read(stored.body);
  const { request, fingerprint } = read ?? {};
  if (read === undefined || request?.id !== stored.id || fingerprint !== stored.fingerprint) {
    return undefined;
  }
  const { approvers, nowMs, storeId } = by;
  const signatures = await validSignatures(stored, read, by);
  const { user } = request.requester;
  const people = signatures.filter(({ isSealed }) => !isSealed);
  const asked = quorumOf(people, by.needs ?? request.rules, { user, approvers });
  const sealedBy =
    asked.reachedAtMs === undefined ? signatures.find(({ isSealed }) => isSealed) : undefined;
  const quorum = sealedBy === undefined ? asked : { reachedAtMs: sealedBy.addedMs, missing: [] };
  const executeUntilMs = untilMs({ request, stored, quorum, sealedBy });
  return {
    stored,
    request,
    signatures,
    quorum,
    phase:
      stored.state === 'open' && request.store !== storeId
        ? 'restored'
        : phaseOf(stored, { nowMs, executeUntilMs, gatherUntilMs: request.gatherUntilMs }),
    ...(executeUntilMs === undefined ? {} : { executeUntilMs }),
    ...(sealedBy === undefined ? {} : { sealedBy }),
  };
}

/** A batch that has begun may go on for as long as was signed; a sealed key's word is short. */
function untilMs({
  request,
  stored: { hold },
  quorum: { reachedAtMs },
  sealedBy,
}: Pick<Assessment, 'request' | 'stored' | 'quorum'> & {
  readonly sealedBy: Signed | undefined;
}): number | undefined {
  if (reachedAtMs === undefined) return undefined;
  if (request.kind === 'batch') {
    const beginUntilMs = reachedAtMs + request.executeMs;
    return hold === undefined ? beginUntilMs : Math.min(hold.sinceMs, beginUntilMs) + request.runMs;
  }
  const { executeMs, breakGlassMs } = request;
  const forMs = sealedBy === undefined ? executeMs : Math.min(executeMs, breakGlassMs);
  return reachedAtMs + forMs;
}

async function validSignatures(
  stored: StoredRequest,
  { request, bound }: ReadRequest,
  by: AssessedBy,
): Promise<Assessment['signatures']> {
  const signatures = [];
  for (const { id, token, addedMs } of stored.tokens) {
    // None is taken then; a moment that somebody wrote there later gives it no more time.
    if (addedMs >= request.gatherUntilMs) continue;
    const verified = await verifyToken(token, request, { ...by, bound });
    if (verified.kind === 'invalid' || verified.claims.decision !== 'approve') continue;
    const { person, seal, claims } = verified;
    const objection = seal && (sealObjection(seal, request) ?? staleSeal(claims, request, addedMs));
    if (objection !== undefined) continue;
    const groups = by.approvers.people.get(person)?.groups ?? [];
    const isSealed = seal !== undefined;
    signatures.push({ person, groups, addedMs, tokenId: id, isSealed });
  }
  return signatures;
}

function phaseOf(
  { state }: StoredRequest,
  time: {
    readonly nowMs: number;
    readonly gatherUntilMs: number;
    readonly executeUntilMs: number | undefined;
  },
): Phase {
  if (state !== 'open') return state;
  const { nowMs, executeUntilMs, gatherUntilMs } = time;
  if (executeUntilMs !== undefined) return nowMs < executeUntilMs ? 'approved' : 'lapsed';
  return nowMs < gatherUntilMs ? 'gathering' : 'lapsed';
}
