// What a rule leaves to people passes when they have signed for it; its use is taken by then. From then
// on it is in flight like what passes while nobody follows: until it is logged no link may get worse than
// what was signed. Without approvals, or with anything in doubt, the decision stays what rules made of it.
import type { Approvals } from '../approval/approvals.js';
import { type Asked, type Situation, situationOf, worsened } from '../approval/request.js';
import type { Judged } from '../flight/book.js';
import type { Settled } from '../flight/flights.js';
import type { CompiledRule } from '../policy/compiled-rule.js';
import type { RuleSet } from '../policy/rules.js';
import type { DecisionApproval } from '../policy/verdict.js';

/** Settles the statement once more, each judgement of it being put through `accept`. */
export type SettleAs = (approved: {
  readonly accept: (judged: Judged) => Judged;
  readonly request: string;
}) => Settled;

interface Judging extends Omit<Asked, 'rules'>, Settled {
  readonly recordId: string;
  readonly arrivedMs: number;
  /** Absent where nothing could be judged. */
  readonly settleAs?: SettleAs;
}

/** What people saw must hold now, not a moment ago. */
const NOT_ANEW = 'Nothing can be approved: the links could not be looked at anew.';

export async function askPeople(
  parts: {
    readonly approvals?: Pick<Approvals, 'resolve'>;
    readonly ruleSet: () => RuleSet | undefined;
  },
  judged: Judging,
): Promise<Settled> {
  const { decision, recordId, facts, question, isInFlight, settleAs } = judged;
  const { approvals } = parts;
  const asIs = { facts, decision, isInFlight };
  if (approvals === undefined || decision.verdict !== 'require-approval') return asIs;
  const withApproval = (approval: DecisionApproval): Settled => ({
    ...asIs,
    decision: { ...decision, approval },
  });
  const seenAtMs = facts.picture?.askedAtMonotonicMs ?? Number.NEGATIVE_INFINITY;
  if (settleAs === undefined || seenAtMs < judged.arrivedMs) {
    return withApproval({ note: NOT_ANEW });
  }
  const rules = parts.ruleSet()?.rules ?? [];
  const standing = await approvals.resolve({ question, facts, decision, rules }, recordId);
  if (standing.kind !== 'approved') return withApproval(standing.approval);
  const { approval, signed } = standing;
  const { request = '' } = approval;
  const settled = settleAs({ accept: (each) => accepted(each, signed, rules), request });
  return { ...settled, decision: decided(settled, decision, approval) };
}

/** As it would be judged again: permitted while nothing is worse than what was signed for. */
function accepted(judged: Judged, signed: Situation, rules: readonly CompiledRule[]): Judged {
  const { facts, decision } = judged;
  if (decision.verdict !== 'require-approval') return judged;
  const isWorse = worsened(signed, situationOf({ facts, decision, rules })).length > 0;
  return isWorse ? judged : { facts, decision: { ...decision, verdict: 'permit' } };
}

function decided(
  { decision: now }: Settled,
  before: Settled['decision'],
  approval: DecisionApproval,
): Settled['decision'] {
  if (now.verdict === 'permit') return { ...before, verdict: 'permit', approval };
  // In the moment between something was linked. Nothing is lost in silence.
  const note = `The approval ${approval.request} is used up.`;
  return approval.isUsed === true ? { ...now, approval: { note } } : now;
}
