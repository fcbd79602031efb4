// What a rule leaves to people passes when they have signed for it; its use is taken by then. Without
// approvals, or with anything in doubt, the decision stays what the rules made of it.
import type { Approvals } from '../approval/approvals.js';
import type { Asked } from '../approval/request.js';
import type { RuleSet } from '../policy/rules.js';
import type { Decision } from '../policy/verdict.js';

/** What people saw must hold now, not a moment ago. */
const NOT_ANEW = 'Nothing can be approved: the links could not be looked at anew.';

export async function askPeople(
  parts: {
    readonly approvals?: Pick<Approvals, 'resolve'>;
    readonly ruleSet: () => RuleSet | undefined;
  },
  judged: Omit<Asked, 'rules'> & { readonly recordId: string; readonly arrivedMs: number },
): Promise<Decision> {
  const { decision, recordId, facts, question } = judged;
  const { approvals } = parts;
  if (approvals === undefined || decision.verdict !== 'require-approval') return decision;
  const seenAtMs = facts.picture?.askedAtMonotonicMs ?? Number.NEGATIVE_INFINITY;
  if (seenAtMs < judged.arrivedMs) return { ...decision, approval: { note: NOT_ANEW } };
  const rules = parts.ruleSet()?.rules ?? [];
  const asked = { question, facts, decision, rules };
  const { kind, approval } = await approvals.resolve(asked, recordId);
  return kind === 'approved'
    ? { ...decision, verdict: 'permit', approval }
    : { ...decision, approval };
}
