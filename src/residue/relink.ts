// What a relinking statement would replay: the residue of every pair that it would link, from where
// it would begin. Pure but for Residues, which it asks. A source that nobody configured is a doubt.
import type { StatementEffect } from '../sql/effect.js';
import type { Picture } from '../topology/snapshot.js';
import type { PairResidue, ResidueState } from './pair.js';
import { type Plannable, planOf } from './relink-plan.js';
import type { Residues } from './residues.js';

/** What the pairs that a statement would link hold, the worst first. */
export interface RelinkResidue {
  readonly state: ResidueState;
  readonly pairs: readonly PairResidue[];
}

export interface RelinkAsk extends Plannable {
  /** When the statement came, and when the answer is due (both monotonic). */
  readonly arrivedMs: number;
  readonly deadlineAtMs: number;
}

/** The guard's question, in the words of this room. */
export function relinkAsk(
  asked: { readonly question: Asked; readonly picture: Picture; readonly arrivedMs: number },
  deadlineMs: number,
): RelinkAsk {
  const { question, picture, arrivedMs } = asked;
  const { effects } = question.facts;
  const text = Buffer.from(question.text).toString('latin1');
  return {
    server: question.requester.server,
    text,
    verbs: effects.filter(({ effect }) => effect === 'relink').map(({ verb }) => verb),
    forgets: effects.some(isForgetting) || /\bserver_id\b/i.test(text),
    picture,
    arrivedMs,
    deadlineAtMs: arrivedMs + deadlineMs,
  };
}

/** What empties or rewrites the list of what was executed, or may: judged as if all of it were gone. */
function isForgetting({ effect, verb }: StatementEffect): boolean {
  if (effect === 'run-opaque' || effect === 'unreadable') return true;
  return effect === 'destroy-history' && /^RESET\b|GTID_PURGED|GTID_BINLOG_STATE/.test(verb);
}

/** As much of a guarded statement as relinking needs. */
interface Asked {
  readonly requester: { readonly server: string };
  readonly text: Uint8Array;
  readonly facts: { readonly effects: readonly StatementEffect[] };
}

/** The servers that the statement would link its own to; of an unknown source it may be any. */
export function relinkSources(ask: Plannable): readonly string[] {
  const { targets, strangers } = planOf(ask);
  const named = targets.map(({ source }) => source);
  const others = ask.picture.entries.map(({ name }) => name).filter((name) => name !== ask.server);
  return strangers.length > 0 ? others : [...new Set(named)];
}

export async function relinkResidue(residues: Residues, ask: RelinkAsk): Promise<RelinkResidue> {
  const { server: consumer, picture, arrivedMs } = ask;
  const { targets, strangers } = planOf(ask);
  const sources = [...new Set(targets.map(({ source }) => source))];
  await residues.catchUp(picture, sources, ask.deadlineAtMs);
  const judged = targets.map(({ source, as }) =>
    residues.of(picture, { source, consumer }, { as, sinceMs: arrivedMs }),
  );
  const unknown = strangers.map((doubt): PairResidue => {
    const none = { count: 0, events: [], rowDeletes: [], basis: 'nothing' } as const;
    return {
      source: 'stranger',
      consumer,
      state: 'unknown',
      doubts: [doubt],
      isLost: false,
      ...none,
    };
  });
  const pairs = [...judged, ...unknown].toSorted((a, b) => danger(b) - danger(a));
  return { state: pairs[0]?.state ?? 'none', pairs };
}

const DANGER = ['none', 'unknown', 'some'] as const satisfies readonly ResidueState[];

function danger({ state }: PairResidue): number {
  return DANGER.indexOf(state);
}
