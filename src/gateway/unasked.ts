// A guarded statement before its session is asked about it: passes only if every answer would lead to
// the same permit, on links as of now. Refuses nothing and forwards nothing: without a certain permit
// the session is asked, and the statement is judged as any other.
import type { Doom } from '../flight/book.js';
import type { Flights, Settled } from '../flight/flights.js';
import { type Unasked, underAnyAnswer } from '../policy/any-answer.js';
import type { Question } from '../policy/verdict.js';
import { pictureFrom } from '../topology/leg.js';
import type { Picture, ReachEntry } from '../topology/snapshot.js';
import type { GuardParts } from './guard.js';

export interface UnaskedParts extends Pick<GuardParts, 'ruleSet' | 'modeOf' | 'clock'> {
  readonly topology: Pick<GuardParts['topology'], 'fresh' | 'current'>;
  readonly flights: Pick<Flights, 'settle'>;
}

/** Undefined: its session is to be asked. Never rejects. */
export async function settleUnasked(
  parts: UnaskedParts,
  question: Question,
  around: {
    readonly recordId: string;
    readonly doom: (doom: Doom) => void;
    readonly elsewhere: readonly ReachEntry[];
  },
): Promise<Settled | undefined> {
  const { recordId, doom, elsewhere } = around;
  const { server } = question.requester;
  const rules = parts.ruleSet();
  const mode = parts.modeOf(server);
  const nowMs = parts.clock.now();
  let last: { readonly seen: Picture; readonly judged: Unasked } | undefined;
  const judge = (seen: Picture): Unasked => {
    if (last?.seen === seen) return last.judged;
    const picture = pictureFrom(seen, server, question.leg);
    const judged = underAnyAnswer({ question, picture, elsewhere, rules, mode, nowMs });
    last = { seen, judged };
    return judged;
  };
  try {
    // However old: where even that is no permit, nobody waits for a probe that changes nothing.
    const known = parts.topology.current();
    if (known === undefined || !judge(known).isCertain) return undefined;
    const picture = pictureFrom(await parts.topology.fresh(), server, question.leg);
    if (!judge(picture).isCertain) return undefined;
    const settled = parts.flights.settle({ question, recordId, doom, picture, mode, judge });
    const { facts, decision, isInFlight } = settled;
    return decision.verdict === 'permit' ? { facts, decision, isInFlight } : undefined;
  } catch {
    // Judged with its session's answers it fails again, and that is said and recorded.
    return undefined;
  }
}
