// Flights for tests: sessions that remember what they were told, and judgements that refuse whenever
// somebody follows.
import type { Doom, Flight, FlightSession, Judged } from '../../src/flight/book.js';
import { decide } from '../../src/policy/decide.js';
import { reachOf } from '../../src/topology/cascade.js';
import type { LinkState, Picture } from '../../src/topology/snapshot.js';
import { RULES } from '../gateway/guard-parts.js';
import { effectOf, factsOf } from '../policy/facts.js';
import { answered, linkOf, pictureWith } from '../topology/views.js';

export function pictureIn(state: LinkState, askedAtMonotonicMs = 100): Picture {
  const views = [answered('db1'), answered('db2')];
  return { ...pictureWith([linkOf('db2', 'db1', state)], views), askedAtMonotonicMs };
}

/** What the rules say of DROP TABLE app.t on db2: refused while anybody follows. */
export function judge(picture: Picture): Judged {
  const facts = { ...factsOf(), picture, reach: reachOf(picture, 'db2') };
  return { facts, decision: decide(facts, RULES, 'enforce') };
}

export function sessionOf(session: number, dooms: Doom[] = []): FlightSession {
  return {
    server: 'db2',
    session,
    threadId: 40 + session,
    user: 'app',
    keepsPrepared: true,
    doom: (doom) => dooms.push(doom),
  };
}

export function flightOf(
  recordId: string,
  given: Partial<Omit<Flight, 'stage'>> = {},
): Omit<Flight, 'stage'> {
  return {
    recordId,
    by: sessionOf(1),
    what: 'DROP TABLE app.t',
    effects: [effectOf()],
    sinceMs: 5,
    picturedAtMs: 5,
    rejudge: judge,
    ...given,
  };
}
