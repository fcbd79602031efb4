// A statement that nothing guards, in a session that a sealed key has opened: no rule is asked, and yet
// it is on disk before it is forwarded. What cannot be written down does not run there.
import { denialMessage } from '../policy/explain.js';
import { permitUnguarded } from '../policy/permit.js';
import type { RuleSet } from '../policy/rules.js';
import {
  type Decision,
  type Facts,
  type Judgement,
  NO_RULE,
  type Question,
} from '../policy/verdict.js';
import { type EvidenceParts, recordDecision } from './evidence.js';
import type { Outcomes } from './outcomes.js';

export async function recordAll(
  parts: EvidenceParts & {
    readonly newRecordId: () => string;
    readonly ruleSet: () => RuleSet | undefined;
  },
  outcomes: Pick<Outcomes, 'permitted'>,
  question: Question,
  stay: { readonly staysPut?: true },
): Promise<Judgement> {
  const { requester, facts: read } = question;
  const facts: Facts = {
    requester,
    effects: read.effects,
    logged: 'unknown',
    reach: [],
    nowMs: parts.clock.now(),
  };
  const decision: Decision = {
    ...{ verdict: 'permit', wouldBe: 'permit', rule: NO_RULE, matches: [] },
    mode: parts.modeOf(requester.server),
    revision: parts.ruleSet()?.revision ?? 'none',
  };
  const judged = { recordId: parts.newRecordId(), question, facts, decision };
  const { recordId, decision: recorded } = await recordDecision(parts, judged);
  if (recorded.verdict !== 'permit') {
    const message = denialMessage({ decision: recorded, facts, recordId });
    return { kind: 'refused', message, recordId };
  }
  outcomes.permitted(recordId, question, facts);
  return {
    kind: 'permitted',
    // The decision above is made here for the record; the permit is had only for what is unguarded.
    permit: permitUnguarded(question.payload, read),
    recordId,
    ...stay,
  };
}
