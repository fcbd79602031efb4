// What the primary process and its workers say to each other, over the pipe between parent and
// child that nobody else can write to. Plain data: structured clones of it.
import type { Config } from '../config/config.js';
import type { Doom } from '../flight/book.js';
import type { Outcome } from '../gateway/guard.js';
import type { TlsMaterial } from '../gateway/sessions.js';
import type { VisitFacts } from '../gateway/visit.js';
import type { Judgement, Question } from '../policy/verdict.js';
import type { TransactionEnd } from '../session/effects.js';
import type { AskedWhy } from '../session/session-options.js';
import type { Dialect } from '../sql/dialect.js';
import type { FiringEntry } from '../sql/firing-names.js';
import type { CommandName } from '../wire/commands.js';

/** A question without its payload: that stays with whoever would forward it. */
export type RemoteQuestion = Omit<Question, 'payload'>;

/** A judgement without its permit: that is made where the payload is. */
export type RemoteJudgement =
  | Omit<Extract<Judgement, { kind: 'permitted' }>, 'permit'>
  | Extract<Judgement, { kind: 'refused' | 'ask' }>;

export type Dialects = ReadonlyMap<string, Dialect>;

/** By server: the names that fire code which it keeps. */
export type FiringLists = ReadonlyMap<string, readonly FiringEntry[]>;

/** What was counted since the last time. */
export interface Counts {
  readonly server: string;
  readonly commands: readonly (readonly [CommandName, number])[];
  readonly unguarded: number;
  readonly asked: readonly (readonly [AskedWhy, number])[];
}

export type ToWorker =
  | {
      readonly kind: 'serve';
      readonly config: Pick<Config, 'servers' | 'readers' | 'limits' | 'tls'>;
      readonly tls: TlsMaterial;
      readonly dialects: Dialects;
      readonly lists?: FiringLists;
    }
  /** Comes with the client's socket; without, when the client has left on the way. */
  | { readonly kind: 'visit'; readonly visit: VisitFacts; readonly already: Uint8Array }
  | { readonly kind: 'judged'; readonly id: number; readonly judgement: RemoteJudgement }
  | { readonly kind: 'doomed'; readonly session: number; readonly doom: Doom }
  /** The servers on which a session could finish what is in flight in another. */
  | { readonly kind: 'open'; readonly servers: readonly string[] }
  | { readonly kind: 'tls'; readonly tls: TlsMaterial }
  | { readonly kind: 'learned'; readonly dialects: Dialects; readonly lists: FiringLists }
  | { readonly kind: 'count' }
  | { readonly kind: 'drain'; readonly deadlineMs: number };

export type ToPrimary =
  | { readonly kind: 'ready' }
  | { readonly kind: 'judge'; readonly id: number; readonly question: RemoteQuestion }
  | { readonly kind: 'answered'; readonly recordId: string; readonly outcome: Outcome }
  | {
      readonly kind: 'transaction-ended';
      readonly session: number;
      readonly end: TransactionEnd;
    }
  | { readonly kind: 'logged-in'; readonly session: number; readonly threadId: number }
  | { readonly kind: 'closed'; readonly session: number }
  /** `isAsked`: the answer to `count`. */
  | { readonly kind: 'counts'; readonly counts: readonly Counts[]; readonly isAsked: boolean };

const TO_WORKER: ReadonlySet<unknown> = new Set<ToWorker['kind']>([
  'serve',
  'visit',
  'judged',
  'doomed',
  'open',
  'tls',
  'learned',
  'count',
  'drain',
]);

const TO_PRIMARY: ReadonlySet<unknown> = new Set<ToPrimary['kind']>([
  'ready',
  'judge',
  'answered',
  'transaction-ended',
  'logged-in',
  'closed',
  'counts',
]);

/** Of the same build, so that the kind tells the rest. */
export function isToWorker(message: unknown): message is ToWorker {
  return TO_WORKER.has(kindOf(message));
}

export function isToPrimary(message: unknown): message is ToPrimary {
  return TO_PRIMARY.has(kindOf(message));
}

function kindOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'kind' in message
    ? message.kind
    : undefined;
}
