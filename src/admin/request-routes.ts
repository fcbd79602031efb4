// What the running Interlock answers about requests for approval: the open ones, one of them, and
// what became of a signature it was handed. Changes nothing but by a signature; runs no SQL.
import type { Approvals } from '../approval/approvals.js';
import type { Assessment } from '../approval/assessment.js';
import type { RequestView, TokenAnswer } from '../approval/request-schema.js';
import type { Submitted } from '../approval/submission.js';
import { InterlockError } from '../errors.js';
import type { Query } from './admin-server.js';

type Source = Pick<Approvals, 'list' | 'find' | 'submit'> | undefined;

export function requestRoutes(approvals: Source) {
  return {
    '/requests': async ({ id }: Query) => {
      const people = configured(approvals);
      if (id === undefined) return (await people.list()).map(viewOf);
      if (!isRequestId(id)) return undefined;
      const found = await people.find(id);
      return found === undefined ? undefined : viewOf(found);
    },
  };
}

export function tokenRoutes(approvals: Source) {
  return {
    '/tokens': async (body: unknown): Promise<TokenAnswer> => {
      const people = configured(approvals);
      const token =
        typeof body === 'object' && body !== null && 'token' in body ? body.token : undefined;
      if (typeof token !== 'string') return { kind: 'refused', reason: 'there is no token in it' };
      return answerOf(await people.submit(token.trim()));
    },
  };
}

/** Said twice in a query it is a list. */
function isRequestId(id: unknown): id is string {
  return typeof id === 'string' && /^[A-Za-z0-9]{1,32}$/.test(id);
}

function configured<T>(approvals: T | undefined): T {
  if (approvals !== undefined) return approvals;
  const text =
    'no approvals are configured here: name who may sign under approvals.approvers, and start it again';
  throw new InterlockError('ADMIN_UNAVAILABLE', text);
}

function answerOf(submitted: Submitted): TokenAnswer {
  if (submitted.kind === 'refused') return { kind: 'refused', reason: submitted.reason };
  const { decision, person, isNew, assessment } = submitted;
  return { kind: 'taken', decision, person, isNew, view: viewOf(assessment) };
}

export function viewOf(assessment: Assessment): RequestView {
  const { request, phase, signatures, quorum, executeUntilMs, stored } = assessment;
  const denial = stored.tokens.find(({ decision }) => decision === 'deny');
  return {
    request,
    phase,
    signed: signatures.map(({ person, addedMs, isSealed }) => ({
      person,
      atMs: addedMs,
      ...(isSealed ? { sealed: true } : {}),
    })),
    missing: quorum.missing,
    used: stored.used,
    ...(stored.hold === undefined ? {} : { hold: stored.hold }),
    ...(denial === undefined ? {} : { deniedBy: denial.person }),
    ...(executeUntilMs === undefined ? {} : { executeUntilMs }),
  };
}
