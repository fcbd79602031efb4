// The way of a guarded statement: fresh links → verdict → record → permit or denial, in this order
// and nowhere else. Whatever goes wrong on the way is a built-in denial; nothing here rejects.
import type { Metrics } from '../admin/metrics.js';
import {
  type DecisionEvidence,
  type DecisionRecord,
  decisionRecord,
  type OutcomeRecord,
} from '../audit/record.js';
import type { Clock } from '../clock.js';
import type { EnforcementMode } from '../config/config.js';
import { messageOf } from '../errors.js';
import { builtInDenial } from '../policy/builtin.js';
import { decide } from '../policy/decide.js';
import { denialMessage } from '../policy/explain.js';
import { permitDecided, permitUnguarded } from '../policy/permit.js';
import type { RuleSet } from '../policy/rules.js';
import { objectsToSize, withSizes } from '../policy/size-ask.js';
import { travelOf } from '../policy/travel.js';
import type { Decision, Facts, Judgement, Question } from '../policy/verdict.js';
import type { RelinkResidue } from '../residue/relink.js';
import type { EffectObject, Sizes } from '../sql/effect.js';
import { pictureFrom } from '../topology/leg.js';
import type { BinlogCoordinates, Picture, ReachEntry } from '../topology/snapshot.js';
import { type AskCatalog, knownInFull } from './known-in-full.js';
import { Outcomes, type OutcomesParts } from './outcomes.js';

/** What became of a permitted statement, as its response told. */
export interface Outcome {
  readonly kind: 'ok' | 'error' | 'connection-lost';
  readonly errorCode?: number;
}

export interface Guard {
  /** Never rejects. */
  judge(question: Question): Promise<Judgement>;
  /** The response of a permitted statement has ended, or its connection has. Returns at once. */
  answered(recordId: string, outcome: Outcome): void;
}

/** What the guard needs of the rest, so that a test can hand it anything. */
export interface GuardParts {
  readonly clock: Clock;
  readonly newRecordId: () => string;
  readonly topology: {
    fresh(): Promise<Picture>;
    anew(sinceMs: number): Promise<Picture | undefined>;
    coordinates(server: string): Promise<BinlogCoordinates | undefined>;
  };
  /** What a relinking statement would replay; asked only of those. Never rejects. */
  readonly relinkResidue?: (ask: {
    readonly question: Question;
    readonly picture: Picture;
    readonly arrivedMs: number;
  }) => Promise<RelinkResidue>;
  /** How large these objects are, as far as it is known in time. Never rejects. */
  readonly sizes?: (
    server: string,
    objects: readonly EffectObject[],
    arrivedMs: number,
  ) => Promise<Sizes>;
  /** Where a permitted statement is in its server's log. */
  readonly places?: NonNullable<OutcomesParts['places']>;
  readonly catalog?: AskCatalog;
  /** Absent when none could ever be loaded. */
  readonly ruleSet: () => RuleSet | undefined;
  readonly modeOf: (server: string) => EnforcementMode;
  readonly audit: {
    append(record: DecisionRecord | OutcomeRecord): Promise<void>;
    /** The id under which this very denial is on record already, and counted. */
    repeatOf?(record: DecisionRecord): string | undefined;
  };
  /** Whether records show the literals of statements; masked if left out. */
  readonly literals?: NonNullable<DecisionEvidence['literals']>;
  /** A decision is on record: for the log. */
  readonly judged?: (record: DecisionRecord) => void;
  readonly metrics: Metrics;
  /** One line for people, when something failed that no client is told of. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Nothing guarded was found behind its CALL. */
const NOT_RECORDED = '';

export function createGuard(parts: GuardParts): Guard {
  const outcomes = new Outcomes(parts);
  return {
    judge: async (question) => {
      const startedMs = parts.clock.monotonic();
      const judgement = await judge(parts, outcomes, question);
      parts.metrics.decisionTook((parts.clock.monotonic() - startedMs) / 1000);
      return judgement;
    },
    answered: (recordId, outcome) => outcomes.answered(recordId, outcome),
  };
}

async function judge(parts: GuardParts, outcomes: Outcomes, asked: Question): Promise<Judgement> {
  const arrivedMs = parts.clock.monotonic();
  const { question, elsewhere, isHarmless, ...stay } = await knownInFull(parts, asked);
  if (isHarmless) {
    parts.metrics.unguarded(asked.requester.server);
    const permit = permitUnguarded(question.payload, question.facts);
    return { kind: 'permitted', permit, recordId: NOT_RECORDED, ...stay };
  }
  const newId = parts.newRecordId();
  const { facts, decision } = await decideFreshly(parts, question, { elsewhere, arrivedMs });
  const judged = { recordId: newId, question, facts, decision: ending(question, decision) };
  const { recordId, decision: known } = await record(parts, judged);
  const recorded = ending(question, known);
  count(parts.metrics, question, recorded);
  if (recorded.verdict === 'permit') {
    const permit = permitDecided(question.payload, recorded);
    outcomes.permitted(recordId, question, facts);
    return { kind: 'permitted', permit, recordId, ...stay };
  }
  const message = denialMessage({ decision: recorded, facts, recordId });
  const { afterwards } = recorded;
  return { kind: 'refused', message, recordId, ...(afterwards && { afterwards }) };
}

/** Most of a streamed statement is at the server: refused, it can only be cut off. */
function ending({ isStreamed }: Question, decision: Decision): Decision {
  const isCut = isStreamed === true && decision.verdict !== 'permit';
  return isCut ? { ...decision, afterwards: 'close' } : decision;
}

/** The facts as of now and what the rules say of them; a failure on the way is a denial too. */
async function decideFreshly(
  parts: GuardParts,
  question: Question,
  known: { readonly elsewhere: readonly ReachEntry[]; readonly arrivedMs: number },
): Promise<{ facts: Facts; decision: Decision }> {
  const { elsewhere, arrivedMs } = known;
  const { requester, refusal } = question;
  const ruleSet = parts.ruleSet();
  const revision = ruleSet?.revision ?? 'none';
  const blank: Facts = {
    requester,
    effects: question.facts.effects,
    logged: 'unknown',
    reach: [],
    nowMs: parts.clock.now(),
  };
  if (refusal !== undefined) {
    return { facts: blank, decision: builtInDenial(refusal.rule, refusal.reason, revision) };
  }
  const isRelink = question.facts.effects.some(({ effect }) => effect === 'relink');
  const judgeOn = async (asked: Picture): Promise<{ facts: Facts; decision: Decision }> => {
    const picture = pictureFrom(asked, requester.server, question.leg);
    const residue = isRelink
      ? await parts.relinkResidue?.({ question, picture, arrivedMs })
      : undefined;
    const facts = await sizedFacts(parts, ruleSet, arrivedMs, {
      ...blank,
      picture,
      ...travelOf(picture, question, elsewhere),
      ...(residue === undefined ? {} : { residue }),
    });
    return { facts, decision: decide(facts, ruleSet, parts.modeOf(requester.server)) };
  };
  try {
    // A skip counter or a position of a moment ago would permit what is replayed now.
    const asOfNow = isRelink ? await parts.topology.anew(arrivedMs) : undefined;
    const picture = asOfNow ?? (await parts.topology.fresh());
    const judged = await judgeOn(picture);
    // Nobody who has just severed a link is refused for what was true a moment ago.
    const isOld = picture.askedAtMonotonicMs < arrivedMs;
    if (judged.decision.wouldBe === 'permit' || !isOld) return judged;
    // Both looks share the one deadline that began with the statement.
    const again = await parts.topology.anew(arrivedMs);
    return again === undefined ? judged : await judgeOn(again);
  } catch (thrown) {
    const reason = messageOf(thrown);
    parts.warn('judging failed; the statement was refused', { server: requester.server, reason });
    return { facts: blank, decision: builtInDenial('built-in-failure', reason, revision) };
  }
}

/** With the sizes that a rule hangs on, if one does. */
async function sizedFacts(
  { sizes }: Pick<GuardParts, 'sizes'>,
  ruleSet: RuleSet | undefined,
  arrivedMs: number,
  facts: Facts,
): Promise<Facts> {
  const asked = objectsToSize(facts, ruleSet);
  if (asked.length === 0) return facts;
  const known = (await sizes?.(facts.requester.server, asked, arrivedMs)) ?? new Map();
  return withSizes(facts, asked, known);
}

/**
 * Puts the decision on disk. What cannot be recorded is not forwarded, except in shadow mode, whose
 * promise is that it refuses nothing that can be carried.
 */
async function record(
  parts: GuardParts,
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
    const denial = builtInDenial('built-in-audit-unavailable', reason, decision.revision);
    const shadowed = parts.modeOf(server) === 'shadow' && decision.verdict === 'permit';
    const shown: Decision = shadowed ? { ...denial, verdict: 'permit', mode: 'shadow' } : denial;
    return { decision: shown, recordId };
  }
}

function ageOf({ picture }: Facts, clock: Clock): number | undefined {
  if (picture === undefined) return undefined;
  return Math.max(0, Math.round(clock.monotonic() - picture.askedAtMonotonicMs));
}

function count(metrics: Metrics, question: Question, decision: Decision): void {
  const { server } = question.requester;
  const effects = question.facts.effects.map((entry) => entry.effect);
  metrics.guarded(server, [...new Set(effects)]);
  metrics.decision({
    server,
    rule: decision.rule,
    verdict: decision.wouldBe,
    mode: decision.mode,
  });
}
