// The audit record: one JSON object a line, `v: 1`. Fields are added, never renamed. What of the
// text may be shown is redact.ts's; putting it on disk is sink.ts's.
import { type Logging, reachOfStatement } from '../policy/logging.js';
import type { Decision, Facts, Question, RuleMatch, VerdictKind } from '../policy/verdict.js';
import type { ResidueState } from '../residue/pair.js';
import { type EffectObject, objectLabel, type StatementEffect } from '../sql/effect.js';
import type {
  BinlogCoordinates,
  Identity,
  Link,
  LinkState,
  ReachEntry,
  ServerView,
} from '../topology/snapshot.js';
import { type ApprovalEvidence, type ApprovalRecord, approvalEvidence } from './approval-record.js';
import type { LoggedRecord, OutcomeRecord } from './outcome-record.js';
import { type Literals, redactStatement } from './redact.js';
import type { RepeatRecord } from './repeat-record.js';

/** A guarded statement as it was judged: on disk before it is forwarded or refused. */
export interface DecisionRecord {
  readonly v: 1;
  readonly kind: 'decision';
  /** What the error message ends with. */
  readonly id: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  readonly server: string;
  readonly user: string;
  readonly client: { readonly address: string; readonly port: number };
  readonly session: number;
  readonly threadId: number;
  readonly program?: string;
  readonly database?: string;
  readonly command: string;
  /** Literals masked; over 64 KiB as head and tail. */
  readonly statement: string;
  readonly statementBytes: number;
  readonly statementSha256: string;
  readonly effects: readonly {
    readonly effect: string;
    readonly verb: string;
    readonly objects: readonly string[];
    /** The same objects as rules match them: schema and name apart, sizes where a rule asked. */
    readonly names: readonly EffectObject[];
    readonly deferred: boolean;
    /** Its text may have switched logging before it. */
    readonly isLoggingOpen?: true;
    readonly reason?: string;
  }[];
  readonly logged: boolean | 'unknown';
  /** For each kind of link, as the session said; absent where it was not asked or not answered. */
  readonly logging?: Logging;
  /** Its session was not asked, because every answer would have led to the same permit. */
  readonly isUnasked?: true;
  readonly mode: 'enforce' | 'shadow';
  readonly verdict: VerdictKind;
  /** What the rule says, when shadow mode let it pass. */
  readonly wouldBe: VerdictKind;
  readonly rule: string;
  readonly rules: readonly RuleMatch[];
  readonly revision: string;
  readonly links: readonly {
    readonly source: string;
    readonly consumer: string;
    readonly state: LinkState;
    readonly reason: string;
  }[];
  /** Age of the link states when they were used; absent when no picture could be had. */
  readonly linksAgeMs?: number;
  readonly reach: readonly RecordedReach[];
  /** Where not all effects reach the same: whom those reach that go by what the session logs. */
  readonly travelsTo?: readonly RecordedReach[];
  /** Of the guarded server, as it answered; absent where it did not. */
  readonly identity?: Identity & { readonly version: string };
  /** How the guarded server compares names; absent where unknown. */
  readonly lowerCaseTableNames?: number;
  /** What a relinking statement would replay, by pair. */
  readonly residue?: {
    readonly state: ResidueState;
    readonly pairs: readonly {
      readonly source: string;
      readonly consumer: string;
      readonly state: ResidueState;
      readonly count: number;
    }[];
  };
  /** Of the guarded server, before the statement; absent where unknown or the binlog is off. */
  readonly binlogBefore?: BinlogCoordinates;
  /** What it passed on, or waits for. */
  readonly approval?: ApprovalEvidence;
  /** The session is recorded whole: a sealed key let this request pass in it. */
  readonly breakGlass?: string;
  /** What was wrong and how to mend it, for built-in denials. */
  readonly reason?: string;
  /** What the client was told. */
  readonly message?: string;
}

export interface RecordedReach {
  readonly server: string;
  readonly path: readonly string[];
  readonly state: LinkState;
  readonly writable: boolean;
}

export type AuditRecord =
  | DecisionRecord
  | OutcomeRecord
  | RepeatRecord
  | LoggedRecord
  | ApprovalRecord;

/** Everything a decision record is made of. */
export interface DecisionEvidence {
  readonly id: string;
  readonly question: Question;
  readonly facts: Facts;
  readonly decision: Decision;
  /** Measured by the caller on the clock that only goes forward; else told from the facts. */
  readonly linksAgeMs?: number;
  /** What the client is told; absent for what is let through. */
  readonly message?: string;
  /** Secrets are masked whatever this says. */
  readonly literals?: Literals;
}

/** The record of one judged statement. Pure: the caller brings id and time. */
export function decisionRecord(evidence: DecisionEvidence): DecisionRecord {
  const { question, decision, facts } = evidence;
  return {
    v: 1,
    kind: 'decision',
    id: evidence.id,
    time: new Date(facts.nowMs).toISOString(),
    ...whoAsked(question),
    command: question.command,
    ...redactStatement(question.text, evidence.literals),
    effects: facts.effects.map(effectEntry),
    logged: facts.logged,
    mode: decision.mode,
    verdict: decision.verdict,
    wouldBe: decision.wouldBe,
    rule: decision.rule,
    rules: decision.matches,
    revision: decision.revision,
    ...linkEvidence(question.requester.server, evidence),
    ...(facts.logging === undefined ? {} : { logging: facts.logging }),
    ...(question.isUnasked === true ? { isUnasked: true as const } : {}),
    reach: reachEntries(reachOfStatement(facts)),
    ...travelEvidence(facts),
    ...serverEvidence(facts.picture?.views.get(question.requester.server)),
    ...(facts.residue === undefined ? {} : { residue: residueEvidence(facts.residue) }),
    ...approvalEvidence(decision),
    ...(question.breakGlass === undefined ? {} : { breakGlass: question.breakGlass }),
    ...(decision.reason === undefined ? {} : { reason: decision.reason }),
    ...(evidence.message === undefined ? {} : { message: evidence.message }),
  };
}

function reachEntries(reach: readonly ReachEntry[]): readonly RecordedReach[] {
  return reach.map(({ server, path, state, writable }) => ({ server, path, state, writable }));
}

function travelEvidence(facts: Facts): Pick<DecisionRecord, 'travelsTo'> {
  const { travelsTo } = facts;
  const isAll = travelsTo === undefined || reachOfStatement(facts) === travelsTo;
  return isAll ? {} : { travelsTo: reachEntries(travelsTo) };
}

function whoAsked({ requester }: Question) {
  return {
    server: requester.server,
    user: requester.user,
    client: { address: requester.address, port: requester.port },
    session: requester.session,
    threadId: requester.threadId,
    ...(requester.program === undefined ? {} : { program: requester.program }),
    ...(requester.database === undefined ? {} : { database: requester.database }),
  };
}

function effectEntry(effect: StatementEffect): DecisionRecord['effects'][number] {
  return {
    effect: effect.effect,
    verb: effect.verb,
    objects: effect.objects.map(objectLabel),
    names: effect.objects,
    deferred: effect.deferred,
    ...(effect.isLoggingOpen === true ? { isLoggingOpen: true } : {}),
    ...(effect.reason === undefined ? {} : { reason: effect.reason }),
  };
}

/** The links out of the guarded server, whatever their state, and those its reach goes over. */
function linkEvidence(server: string, evidence: DecisionEvidence) {
  const { picture, reach, nowMs } = evidence.facts;
  if (picture === undefined) return { links: [] };
  const hops = new Set(reach.flatMap(({ path }) => path.slice(0, -1)));
  const matters = (link: Link) =>
    link.source === server || (hops.has(link.source) && link.state !== 'severed');
  return {
    links: picture.links
      .filter(matters)
      .map(({ source, consumer, state, reason }) => ({ source, consumer, state, reason })),
    linksAgeMs: evidence.linksAgeMs ?? Math.max(0, nowMs - picture.askedAtMs),
  };
}

function serverEvidence(view?: ServerView) {
  if (view?.kind !== 'answered') return {};
  const { identity, versionText: version, lowerCaseTableNames, coordinates } = view;
  return {
    identity: { ...identity, version },
    lowerCaseTableNames,
    ...(coordinates === undefined ? {} : { binlogBefore: coordinates }),
  };
}

function residueEvidence({ state, pairs }: NonNullable<Facts['residue']>) {
  return {
    state,
    pairs: pairs.map((pair) => ({
      source: pair.source,
      consumer: pair.consumer,
      state: pair.state,
      count: pair.count,
    })),
  };
}
