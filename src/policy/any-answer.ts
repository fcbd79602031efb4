// What the rules say of a statement whose session was not asked: under everything that it could have
// answered. A permit that is the same under each of them needs no question. Pure; what is not certain
// is never a permit here, it is asked about.
import type { EnforcementMode } from '../config/config.js';
import type { StatementEffect } from '../sql/effect.js';
import type { Picture, ReachEntry } from '../topology/snapshot.js';
import { decide, type JudgingRules } from './decide.js';
import type { Logging } from './logging.js';
import { objectsToSize } from './size-ask.js';
import { travelOf } from './travel.js';
import type { Decision, Facts, Question } from './verdict.js';

export interface Unasked {
  readonly facts: Facts;
  /** Refused if it would be under any answer. */
  readonly decision: Decision;
  /** It passes by the same rules whatever the session would have answered. */
  readonly isCertain: boolean;
}

/** `undefined` is a session that does not answer. RSU is to Galera as if it were off, or as if not. */
const ANSWERS: readonly (Logging | undefined)[] = [
  undefined,
  ...[true, false].flatMap((binlog) =>
    ([true, false, 'unknown'] as const).map((galera): Logging => ({ binlog, galera })),
  ),
];

export function underAnyAnswer(asked: {
  readonly question: Pick<Question, 'requester' | 'facts'>;
  readonly picture: Picture;
  readonly elsewhere: readonly ReachEntry[];
  readonly rules: JudgingRules | undefined;
  readonly mode: EnforcementMode;
  readonly nowMs: number;
}): Unasked {
  const { question, picture, elsewhere, rules, mode, nowMs } = asked;
  const { requester, facts: read } = question;
  const { effects } = read;
  const open = effects.map((effect) => withoutSchema(effect, requester.database));
  const under = (logging: Logging | undefined, seen: readonly StatementEffect[]): Facts => {
    const answered = { requester, facts: read, ...(logging === undefined ? {} : { logging }) };
    return { requester, effects: seen, picture, nowMs, ...travelOf(picture, answered, elsewhere) };
  };
  const facts = under(undefined, effects);
  const decision = decide(facts, rules, mode);
  const rest = distinct(ANSWERS.map((logging) => under(logging, open))).map((possible) => ({
    facts: { ...possible, effects },
    decision: decide(possible, rules, mode),
  }));
  const refused = [{ facts, decision }, ...rest].find((each) => each.decision.verdict !== 'permit');
  if (refused !== undefined) return { ...refused, isCertain: false };
  const isSame = rest.every((each) => fingerprint(each.decision) === fingerprint(decision));
  const hangsOnSizes = objectsToSize({ ...facts, effects: open }, rules).length > 0;
  const isCertain = isSame && !hangsOnSizes && decision.wouldBe === 'permit';
  return { facts, decision, isCertain };
}

/** Where nobody is reached, one word is all that rules see of an answer. */
function distinct(possible: readonly Facts[]): readonly Facts[] {
  if (possible.some(({ reach }) => reach.length > 0)) return possible;
  return [...new Map(possible.map((facts) => [facts.logged, facts])).values()];
}

/** Where a session stands is its own to say: the default schema that we know of may be another. */
function withoutSchema(effect: StatementEffect, database: string | undefined): StatementEffect {
  if (database === undefined) return effect;
  const objects = effect.objects.map((object) => {
    const { schema, ...unplaced } = object;
    return schema === database ? unplaced : object;
  });
  return { ...effect, objects };
}

function fingerprint({ rule, wouldBe, mode, matches }: Decision): string {
  return JSON.stringify([rule, wouldBe, mode, matches]);
}
