// A guarded statement's decision, on disk before anything is forwarded or refused. What cannot be
// written is said, and is a denial. The other half of the evidence is outcomes.ts's.
import type { Metrics } from '../admin/metrics.js';
import { type DecisionEvidence, type DecisionRecord, decisionRecord } from '../audit/record.js';
import type { Clock } from '../clock.js';
import type { EnforcementMode } from '../config/config.js';
import { messageOf } from '../errors.js';
import { builtInDenial } from '../policy/builtin.js';
import { denialMessage } from '../policy/explain.js';
import type { Decision, Facts, Question } from '../policy/verdict.js';

export interface EvidenceParts {
  readonly clock: Clock;
  readonly modeOf: (server: string) => EnforcementMode;
  readonly audit: {
    append(record: DecisionRecord): Promise<void>;
    /** The id under which this very denial is on record already, and counted. */
    repeatOf?(record: DecisionRecord): string | undefined;
  };
  readonly metrics: Pick<Metrics, 'auditRecord' | 'auditWriteFailed'>;
  /** Whether records show the literals of statements; masked if left out. */
  readonly literals?: NonNullable<DecisionEvidence['literals']>;
  /** A decision is on record: for the log. */
  readonly judged?: (record: DecisionRecord) => void;
  /** One line for people, when something failed that no client is told of. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/**
 * Puts the decision on disk. What cannot be recorded is not forwarded, except in shadow mode, whose
 * promise is that it refuses nothing that can be carried.
 */
export async function recordDecision(
  parts: EvidenceParts,
  judged: {
    readonly recordId: string;
    readonly question: Question;
    readonly facts: Facts;
    readonly decision: Decision;
  },
): Promise<{ readonly decision: Decision; readonly recordId: string }> {
  const { question, facts, decision, recordId } = judged;
  const server = question.requester.server;
  const message =
    decision.verdict === 'permit' ? undefined : denialMessage({ decision, facts, recordId });
  try {
    const linksAgeMs = ageOf(facts, parts.clock);
    const entry = decisionRecord({
      ...{ id: recordId, question, facts, decision },
      ...(linksAgeMs === undefined ? {} : { linksAgeMs }),
      ...(message === undefined ? {} : { message }),
      ...(parts.literals === undefined ? {} : { literals: parts.literals }),
    });
    const first = parts.audit.repeatOf?.(entry);
    if (first !== undefined) return { decision, recordId: first };
    await parts.audit.append(entry);
    parts.metrics.auditRecord();
    parts.judged?.(entry);
    return { decision, recordId };
  } catch (thrown) {
    const reason = messageOf(thrown);
    parts.metrics.auditWriteFailed();
    parts.warn('the audit record could not be written', { server, recordId, reason });
    const failed = builtInDenial('built-in-audit-unavailable', reason, decision.revision);
    const { approval } = decision;
    // Nothing is lost in silence: what was taken for this attempt is not given back.
    const denial =
      approval?.isUsed === true
        ? { ...failed, approval: { note: `The approval ${approval.request} is used up.` } }
        : failed;
    const shadowed = parts.modeOf(server) === 'shadow' && decision.verdict === 'permit';
    const shown: Decision = shadowed ? { ...denial, verdict: 'permit', mode: 'shadow' } : denial;
    return { decision: shown, recordId };
  }
}

function ageOf({ picture }: Facts, clock: Clock): number | undefined {
  if (picture === undefined) return undefined;
  return Math.max(0, Math.round(clock.monotonic() - picture.askedAtMonotonicMs));
}
