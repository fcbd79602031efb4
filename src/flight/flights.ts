// The guard's last step before a verdict counts, at one go and without waiting: what is being linked
// counts as linked, what is in flight keeps others from linking, and what passes only because its
// links are severed enters the book. Decides by the rules it is handed; sends and kills nothing.
import type { Clock } from '../clock.js';
import type { EnforcementMode } from '../config/config.js';
import { builtInDenial } from '../policy/builtin.js';
import type { Decision, Question } from '../policy/verdict.js';
import { objectLabel, type StatementEffect } from '../sql/effect.js';
import { xaStatement } from '../sql/xa.js';
import type { Picture } from '../topology/snapshot.js';
import type { Doom, Flight, FlightBook, FlightSession, Judged, Landing } from './book.js';
import { allLinked, withLinks } from './pictures.js';

export interface FlightsParts {
  readonly book: FlightBook;
  readonly clock: Clock;
  /** The servers that a relinking statement would link its own server to. */
  readonly linkedBy: (question: Question, picture: Picture) => readonly string[];
  readonly keepsPrepared: (server: string) => boolean;
  /** Something has entered the book, or moved in it. */
  readonly changed: () => void;
}

export interface Asked {
  readonly recordId: string;
  readonly question: Question;
  readonly picture: Picture;
  readonly mode: EnforcementMode;
  readonly judge: (picture: Picture) => Judged;
  /** The request that it passes on, where people have approved it. */
  readonly approval?: string;
  readonly doom: (doom: Doom) => void;
}

export interface Settled extends Judged {
  /** It passed only because its links are severed. */
  readonly isInFlight: boolean;
}

export class Flights {
  readonly #parts: FlightsParts;

  constructor(parts: FlightsParts) {
    this.#parts = parts;
  }

  /** Whether the question, which may commit, would commit anything in flight. */
  concerns({ requester, text, commits }: Question): boolean {
    if (commits !== true) return false;
    const { session, server } = requester;
    const { book } = this.#parts;
    const xa = xaStatement(text);
    if (xa !== undefined) return book.holdsOpen(server);
    return book.pending({ session, server, xa }).length > 0;
  }

  /** The verdict as of now. Whatever it permits is in the book when this returns. */
  settle(asked: Asked): Settled {
    const { book } = this.#parts;
    const seen = book.withLinking(asked.picture);
    const own = asked.judge(seen);
    if (isRefused(own)) return { ...own, isInFlight: false };
    const pending = this.#pending(asked.question);
    const endangered = pending.find(({ rejudge }) => isRefused(rejudge(seen)));
    if (endangered !== undefined) {
      return { ...commitRefused(endangered, asked, seen), isInFlight: false };
    }
    const judged = this.#linking(asked, seen, own);
    return isRefused(judged)
      ? { ...judged, isInFlight: false }
      : this.#enter(asked, judged, pending);
  }

  holdsOpen(server: string): boolean {
    return this.#parts.book.holdsOpen(server);
  }

  landed(recordId: string, landing: Landing): void {
    this.#parts.book.landed(recordId, landing, this.#parts.clock.monotonic());
    this.#parts.changed();
  }

  /** It was not forwarded after all. */
  forget(recordId: string): void {
    this.#parts.book.forget(recordId);
    this.#parts.changed();
  }

  transactionEnded(session: number): void {
    this.#parts.book.transactionEnded(session, this.#parts.clock.monotonic());
    this.#parts.changed();
  }

  left(session: number): void {
    this.#parts.book.left(session);
    this.#parts.changed();
  }

  #pending({ requester, text, commits }: Question): readonly Flight[] {
    if (commits !== true) return [];
    const { session, server } = requester;
    return this.#parts.book.pending({ session, server, xa: xaStatement(text) });
  }

  /** Of a relinking statement: refused while it would reach what is in flight. */
  #linking(asked: Asked, seen: Picture, own: Judged): Judged {
    const { question, recordId, mode } = asked;
    const relink = question.facts.effects.find(({ effect }) => effect === 'relink');
    if (relink === undefined) return own;
    const { book, clock } = this.#parts;
    const { server, session } = question.requester;
    const by = `${relink.verb} of session ${session}`;
    const relinking = {
      consumer: server,
      sources: this.#parts.linkedBy(question, asked.picture),
      by,
    };
    const linked = withLinks(seen, [relinking]);
    // What ended since the picture was asked for may be behind what was read of the log for it.
    const flights = book.flightsSince(asked.picture.askedAtMonotonicMs);
    const endangered = flights.find(({ rejudge }) => isRefused(rejudge(linked)));
    const judged =
      endangered === undefined
        ? own
        : { ...own, decision: linkRefused(endangered, own.decision, mode) };
    if (!isRefused(judged)) {
      const sinceMs = clock.monotonic();
      book.link({ recordId, by: this.#sessionOf(asked), relinking, sinceMs });
    }
    return judged;
  }

  #enter(asked: Asked, judged: Judged, pending: readonly Flight[]): Settled {
    const { recordId, question, picture } = asked;
    const { book, clock, changed } = this.#parts;
    const xa = question.commits === true ? xaStatement(question.text) : undefined;
    const { server, session } = question.requester;
    if (xa !== undefined) book.finish(recordId, { ...xa, server, session });
    const others = pending.filter(({ stage }) => stage === 'prepared');
    const isInFlight = others.length > 0 || hangsOnLinks(asked);
    if (isInFlight) {
      book.enter({
        recordId,
        by: this.#sessionOf(asked),
        what: wordsOf(question.facts.effects[0], others[0]),
        effects: judged.facts.effects,
        sinceMs: clock.monotonic(),
        picturedAtMs: picture.askedAtMonotonicMs,
        ...(asked.approval === undefined ? {} : { approval: asked.approval }),
        rejudge: (again) =>
          others.map(({ rejudge }) => rejudge(again)).find(isRefused) ?? asked.judge(again),
      });
    }
    changed();
    return { ...withPending(judged, pending), isInFlight };
  }

  #sessionOf({ question, doom }: Asked): FlightSession {
    const { server, session, threadId, user } = question.requester;
    const keepsPrepared = this.#parts.keepsPrepared(server);
    return { server, session, threadId, user, keepsPrepared, doom };
  }
}

/** Whether it would be refused if somebody followed. */
function hangsOnLinks({ judge, picture, question }: Asked): boolean {
  const { server } = question.requester;
  return (['armed', 'live', 'unknown'] as const).some((state) =>
    isRefused(judge(allLinked(picture, server, state))),
  );
}

export function isRefused({ decision }: Judged): boolean {
  return decision.verdict !== 'permit';
}

/** What was prepared stays so; an open transaction is rolled back, by ending its session. */
function commitRefused(flight: Flight, { question }: Asked, seen: Picture): Judged {
  const { facts, decision } = flight.rejudge(seen);
  const { effect } = decision;
  return {
    facts: { ...facts, requester: question.requester },
    decision: {
      ...decision,
      ...(effect === undefined ? {} : { effect: { ...effect, verb: `COMMIT of ${effect.verb}` } }),
      ...(flight.stage === 'open' && { afterwards: 'close' }),
    },
  };
}

function linkRefused(flight: Flight, { revision }: Decision, mode: EnforcementMode): Decision {
  const { what, by, recordId, stage, xid } = flight;
  const who =
    stage === 'prepared'
      ? `prepared by XA${xid === undefined ? '' : ` (xid 0x${xid.split('.')[0]})`}`
      : `session ${by.session}`;
  const reason = `${what} on ${by.server}, ${who}, record ${recordId}`;
  const denial = builtInDenial('built-in-in-flight', reason, revision);
  return mode === 'shadow' ? { ...denial, verdict: 'permit', mode } : denial;
}

/** The record of a COMMIT shows what it commits. */
function withPending(judged: Judged, pending: readonly Flight[]): Judged {
  if (pending.length === 0) return judged;
  const effects = pending.flatMap(({ effects }) => effects);
  return { ...judged, facts: { ...judged.facts, effects: [...judged.facts.effects, ...effects] } };
}

function wordsOf(effect: StatementEffect | undefined, other: Flight | undefined): string {
  if (effect === undefined) return other === undefined ? 'a statement' : `COMMIT of ${other.what}`;
  const [object] = effect.objects;
  const label = object === undefined ? '' : objectLabel(object);
  const more = effect.objects.length > 1 ? ` and ${effect.objects.length - 1} more` : '';
  return label === '' ? effect.verb : `${effect.verb} ${label}${more}`;
}
