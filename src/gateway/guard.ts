// The way of a guarded statement: fresh links → verdict → record → permit or denial, in this order
// and nowhere else. Whatever goes wrong on the way is a built-in denial; nothing here rejects.
import type { Metrics } from '../admin/metrics.js';
import type { Approvals } from '../approval/approvals.js';
import { messageOf } from '../errors.js';
import type { Doom, Landing } from '../flight/book.js';
import type { Flights, Settled } from '../flight/flights.js';
import { builtInDenial } from '../policy/builtin.js';
import { decide } from '../policy/decide.js';
import { denialMessage } from '../policy/explain.js';
import { permitDecided, permitUnguarded } from '../policy/permit.js';
import type { RuleSet } from '../policy/rules.js';
import { objectsToSize, withSizes } from '../policy/size-ask.js';
import { travelOf } from '../policy/travel.js';
import type { Decision, Facts, Judgement, Question } from '../policy/verdict.js';
import type { RelinkResidue } from '../residue/relink.js';
import type { TransactionEnd } from '../session/effects.js';
import type { EffectObject, Sizes } from '../sql/effect.js';
import { pictureFrom } from '../topology/leg.js';
import type { Picture, ReachEntry } from '../topology/snapshot.js';
import { askPeople, type SettleAs } from './ask-people.js';
import { type EvidenceParts, recordDecision } from './evidence.js';
import { type AskCatalog, knownInFull } from './known-in-full.js';
import { Outcomes, type OutcomesParts } from './outcomes.js';
import { recordAll } from './record-all.js';
import { settleUnasked } from './unasked.js';

/** What became of a permitted statement, as its response told. */
export type Outcome = Landing;

export interface Guard {
  /** Never rejects. `doom` is called later if what was permitted must not go on. */
  judge(question: Question, doom: (doom: Doom) => void): Promise<Judgement>;
  /** The response of a permitted statement has ended, or its connection has. Returns at once. */
  answered(recordId: string, outcome: Outcome): void;
  /** What the session's open transaction held in flight is so no more. */
  transactionEnded(session: number, end: TransactionEnd): void;
  /** The session has ended. */
  left(session: number): void;
  /** Whether a session on this server could finish a transaction that is in flight in another. */
  holdsOpen(server: string): boolean;
}

/** The one that judges in this process; workers have one that asks it. */
export interface OwnGuard extends Guard {
  /** Once what became of all that has been answered by now is on record. Never rejects. */
  settled(): Promise<void>;
}

/** What the guard needs of the rest, so that a test can hand it anything. */
export interface GuardParts extends EvidenceParts, OutcomesParts {
  readonly newRecordId: () => string;
  readonly topology: OutcomesParts['topology'] & {
    /** The last one, however old: never for a verdict. */
    current(): Picture | undefined;
    fresh(): Promise<Picture>;
    anew(sinceMs: number): Promise<Picture | undefined>;
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
  readonly catalog?: AskCatalog;
  readonly flights: Flights;
  /** Absent: nobody can approve anything. */
  readonly approvals?: Pick<Approvals, 'resolve'>;
  /** Absent when none could ever be loaded. */
  readonly ruleSet: () => RuleSet | undefined;
  readonly audit: EvidenceParts['audit'] & OutcomesParts['audit'];
  readonly metrics: Metrics;
}

/** Nothing guarded was found behind its CALL, and it commits nothing in flight. */
const NOT_RECORDED = '';

export function createGuard(parts: GuardParts): OwnGuard {
  const outcomes = new Outcomes(parts);
  return {
    judge: async (question, doom) => {
      const startedMs = parts.clock.monotonic();
      const judgement = await judge(parts, outcomes, { question, doom });
      if (judgement.kind !== 'ask') {
        parts.metrics.decisionTook((parts.clock.monotonic() - startedMs) / 1000);
      }
      return judgement;
    },
    answered: (recordId, outcome) => {
      parts.flights.landed(recordId, outcome);
      outcomes.answered(recordId, outcome);
    },
    transactionEnded: (session, end) => {
      parts.flights.transactionEnded(session);
      outcomes.transactionEnded(session, end);
    },
    left: (session) => {
      parts.flights.left(session);
      outcomes.left(session);
    },
    holdsOpen: (server) => parts.flights.holdsOpen(server),
    settled: () => outcomes.settled(),
  };
}

interface Asked {
  readonly question: Question;
  readonly doom: (doom: Doom) => void;
}

async function judge(parts: GuardParts, outcomes: Outcomes, asked: Asked): Promise<Judgement> {
  const arrivedMs = parts.clock.monotonic();
  const known = await knownInFull(parts, asked.question);
  const { question, elsewhere, isHarmless, ...stay } = known;
  const { doom } = asked;
  if ((isHarmless || isUnguarded(question)) && !parts.flights.concerns(question)) {
    parts.metrics.unguarded(question.requester.server);
    if (question.breakGlass !== undefined) return await recordAll(parts, outcomes, question, stay);
    const permit = permitUnguarded(question.payload, question.facts);
    return { kind: 'permitted', permit, recordId: NOT_RECORDED, ...stay };
  }
  const newId = parts.newRecordId();
  const around = { recordId: newId, doom, elsewhere, arrivedMs };
  const settled: Judging | undefined =
    question.isUnasked === true
      ? await settleUnasked(parts, question, around)
      : await decideFreshly(parts, question, around);
  if (settled === undefined) return { kind: 'ask' };
  const told = await askPeople(parts, { ...around, question, ...settled });
  const { facts, isInFlight, decision } = told;
  const judged = { recordId: newId, question, facts, decision: ending(question, decision) };
  const { recordId, decision: written } = await recordDecision(parts, judged);
  const recorded = ending(question, written);
  count(parts.metrics, question, recorded);
  if (recorded.verdict === 'permit') {
    const permit = permitDecided(question.payload, recorded);
    outcomes.permitted(recordId, question, facts);
    const glass = recorded.approval?.isSealed === true ? recorded.approval.request : undefined;
    const opens = glass === undefined ? {} : { breakGlass: glass };
    const watched = isInFlight ? { isInFlight } : {};
    return { kind: 'permitted', permit, recordId, ...stay, ...watched, ...opens };
  }
  parts.flights.forget(newId);
  const message = denialMessage({ decision: recorded, facts, recordId });
  const { afterwards } = recorded;
  return { kind: 'refused', message, recordId, ...(afterwards && { afterwards }) };
}

/** It was asked about in case it commits something in flight, or only to be recorded. */
function isUnguarded({ commits, breakGlass, facts, refusal }: Question): boolean {
  const isAskedAllTheSame = commits === true || breakGlass !== undefined;
  return isAskedAllTheSame && facts.effects.length === 0 && refusal === undefined;
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
  around: {
    readonly recordId: string;
    readonly doom: (doom: Doom) => void;
    readonly elsewhere: readonly ReachEntry[];
    readonly arrivedMs: number;
  },
): Promise<Judging> {
  const { elsewhere, arrivedMs, recordId, doom } = around;
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
    const decision = builtInDenial(refusal.rule, refusal.reason, revision);
    return { facts: blank, decision, isInFlight: false };
  }
  const mode = parts.modeOf(requester.server);
  const isRelink = question.facts.effects.some(({ effect }) => effect === 'relink');
  const judgeOn = async (asked: Picture): Promise<Judging> => {
    const picture = pictureFrom(asked, requester.server, question.leg);
    const residue = isRelink
      ? await parts.relinkResidue?.({ question, picture, arrivedMs })
      : undefined;
    const sized = await sizedFacts(parts, ruleSet, arrivedMs, {
      ...blank,
      picture,
      ...travelOf(picture, question, elsewhere),
      ...(residue === undefined ? {} : { residue }),
    });
    const judge = (seen: Picture): { facts: Facts; decision: Decision } => {
      const from = pictureFrom(seen, requester.server, question.leg);
      const facts = { ...sized, picture: from, ...travelOf(from, question, elsewhere) };
      return { facts, decision: decide(facts, ruleSet, mode) };
    };
    const asking = { question, recordId, doom, picture, mode };
    return {
      ...parts.flights.settle({ ...asking, judge }),
      settleAs: ({ accept, request: approval }) =>
        parts.flights.settle({ ...asking, approval, judge: (seen) => accept(judge(seen)) }),
    };
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
    const decision = builtInDenial('built-in-failure', reason, revision);
    return { facts: blank, decision, isInFlight: false };
  }
}

/** With how to settle it once more, as people have accepted it. */
interface Judging extends Settled {
  readonly settleAs?: SettleAs;
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

function count(metrics: Metrics, question: Question, decision: Decision): void {
  const { server } = question.requester;
  const effects = question.facts.effects.map((entry) => entry.effect);
  metrics.guarded(server, [...new Set(effects)]);
  metrics.decision({
    server,
    rule: decision.rule,
    // What people approved was not stopped; what shadow let pass would have been.
    verdict: decision.mode === 'shadow' ? decision.wouldBe : decision.verdict,
    mode: decision.mode,
  });
}
