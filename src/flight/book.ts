// What is in flight: statements that passed only because their links were severed, until nothing of
// them can reach the binary log any more; and what is being linked meanwhile. Pure: events in, and
// no clock, no sockets. watch.ts looks after what is in it.
import type { Decision, Facts } from '../policy/verdict.js';
import type { StatementEffect } from '../sql/effect.js';
import type { XaStatement } from '../sql/xa.js';
import type { Picture } from '../topology/snapshot.js';
import { type Relinking, withLinks } from './pictures.js';

/** What the rules say of a statement under some picture. */
export interface Judged {
  readonly facts: Facts;
  readonly decision: Decision;
}

/** Told to a session whose statement must not go on. */
export interface Doom {
  readonly message: string;
  /** The session ends now; else when the server has let go of its statement. */
  readonly now: boolean;
}

/** A session as its server and we know it. */
export interface FlightSession {
  readonly server: string;
  readonly session: number;
  readonly threadId: number;
  readonly user: string;
  /** What it prepares outlives it (MySQL from 5.7.7 on, MariaDB from 10.5 on). */
  readonly keepsPrepared: boolean;
  readonly doom: (doom: Doom) => void;
}

/**
 * `running`: its response has not ended. `open`: it has, and its transaction is open. `prepared`:
 * any session may commit it, by its xid. `vanished`: nobody waits for it, and the server may still
 * run it.
 */
export type Stage = 'running' | 'open' | 'prepared' | 'vanished';

export interface Flight {
  readonly recordId: string;
  readonly by: FlightSession;
  /** In words: `DROP TABLE app.t`. */
  readonly what: string;
  readonly effects: readonly StatementEffect[];
  /** When it entered, and when the picture that let it pass was asked for (monotonic). */
  readonly sinceMs: number;
  readonly picturedAtMs: number;
  /** It passed on what people had signed, and holds only while no link is worse than that. */
  readonly approval?: string;
  readonly rejudge: (picture: Picture) => Judged;
  readonly stage: Stage;
  /** Of what was prepared; undefined: not known, it may be any. */
  readonly xid?: string | undefined;
  /** The session that prepared it has ended. */
  readonly isOrphan?: boolean;
}

/** A statement that links, under way. */
interface Link {
  readonly recordId: string;
  readonly by: FlightSession;
  readonly relinking: Relinking;
  readonly sinceMs: number;
  readonly isVanished: boolean;
  /** When it ended (monotonic): pictures asked for later show what became of it. */
  readonly endedMs?: number;
}

/** Nobody waits for it any more, and its server may still run it. */
export type Vanished = Pick<Flight, 'recordId' | 'by' | 'sinceMs'>;

/** What the end of a statement's response says of it. */
export interface Landing {
  readonly kind: 'ok' | 'error' | 'connection-lost';
  readonly errorCode?: number;
  /** What it did may still be undone: its transaction is open. */
  readonly isOpen?: boolean;
  /** The transactions it became, where the server tells the session so. */
  readonly gtids?: readonly string[];
}

/** What finishes a prepared transaction, or prepares one: what its answer means for others. */
export interface Finish {
  readonly verb: 'prepare' | 'commit' | 'rollback';
  readonly server: string;
  readonly session: number;
  readonly xid: string | undefined;
}

/** Ended links that pictures may not show yet; older ones are forgotten. */
const MOST_ENDED = 256;

/** What has just ended may be logged behind what a relink has read of the log. */
const RECENT_MS = 30_000;
const MOST_RECENT = 1_000;

const XAER_NOTA = 1397;
/** By these a server says that it has rolled back what was to be committed. */
const ROLLED_BACK: readonly number[] = [1402, 1613, 1614];

export class FlightBook {
  readonly #flights = new Map<string, Flight>();
  #recent: { readonly flight: Flight; readonly endedMs: number }[] = [];
  readonly #links = new Map<string, Link>();
  readonly #finishes = new Map<string, Finish>();

  get flights(): readonly Flight[] {
    return [...this.#flights.values()];
  }

  /** Whether there is anything to look after. */
  get isQuiet(): boolean {
    const isOver = ({ stage }: Flight): boolean => stage === 'prepared';
    return this.flights.every(isOver) && this.vanished.length === 0;
  }

  enter(flight: Omit<Flight, 'stage'>): void {
    this.#flights.set(flight.recordId, { ...flight, stage: 'running' });
  }

  link(link: Pick<Link, 'recordId' | 'by' | 'relinking' | 'sinceMs'>): void {
    this.#links.set(link.recordId, { ...link, isVanished: false });
  }

  finish(recordId: string, finish: Finish): void {
    this.#finishes.set(recordId, finish);
  }

  /** It was never forwarded, or nothing of it is left at its server. */
  forget(recordId: string): void {
    this.#flights.delete(recordId);
    this.#links.delete(recordId);
    this.#finishes.delete(recordId);
  }

  /** Its response has ended, or its connection has. */
  landed(recordId: string, landing: Landing, nowMs: number): void {
    this.#linkLanded(recordId, landing, nowMs);
    this.#finishLanded(recordId, landing, nowMs);
    const flight = this.#flights.get(recordId);
    if (flight === undefined) return;
    if (landing.kind === 'connection-lost') this.#move(flight, 'vanished');
    else if (landing.isOpen) this.#move(flight, 'open');
    else this.#end(recordId, nowMs);
  }

  /** The session's transaction has ended: what it prepared is not the session's any more. */
  transactionEnded(session: number, nowMs: number): void {
    for (const flight of this.#of(session)) {
      if (flight.stage === 'open') this.#end(flight.recordId, nowMs);
    }
  }

  /** What is in flight, and what has been since then. */
  flightsSince(sinceMs: number): readonly Flight[] {
    const ended = this.#recent.filter(({ endedMs }) => endedMs >= sinceMs);
    return [...this.flights, ...ended.map(({ flight }) => flight)];
  }

  /** The session has ended; what it left open is rolled back as soon as its thread has. */
  left(session: number): void {
    for (const flight of this.#of(session)) {
      const isKept = flight.stage === 'prepared' && flight.by.keepsPrepared;
      if (isKept) this.#move({ ...flight, isOrphan: true }, 'prepared');
      else this.#move(flight, 'vanished');
    }
  }

  /** What this session would commit by committing, and what of others by this XA statement. */
  pending(of: {
    readonly session: number;
    readonly server: string;
    readonly xa: XaStatement | undefined;
  }): readonly Flight[] {
    const { session, server, xa } = of;
    if (xa?.verb === 'rollback') return [];
    return this.flights.filter(
      ({ stage, by, xid }) =>
        (stage === 'open' && by.session === session) ||
        (stage === 'prepared' &&
          by.server === server &&
          xa?.verb === 'commit' &&
          isSameXid(xid, xa.xid)),
    );
  }

  /** Those whose threads have to be looked for. */
  get vanished(): readonly Vanished[] {
    const links = [...this.#links.values()].filter(
      ({ isVanished, endedMs }) => isVanished && endedMs === undefined,
    );
    return [...this.flights.filter(({ stage }) => stage === 'vanished'), ...links];
  }

  /** Nothing of it is left at its server. */
  gone(recordId: string, nowMs: number): void {
    this.#end(recordId, nowMs);
    this.#endLink(recordId, nowMs);
  }

  /** Whether some transaction on the server could be finished by another session. */
  holdsOpen(server: string): boolean {
    return this.flights.some(
      ({ stage, by }) => by.server === server && (stage === 'open' || stage === 'prepared'),
    );
  }

  /** The picture as it will be once what is being linked is: never better than it is. */
  withLinking(picture: Picture): Picture {
    const since = picture.askedAtMonotonicMs;
    const making = [...this.#links.values()].filter(
      ({ endedMs }) => endedMs === undefined || endedMs >= since,
    );
    return withLinks(
      picture,
      making.map(({ relinking }) => relinking),
    );
  }

  #linkLanded(recordId: string, landing: Landing, nowMs: number): void {
    const link = this.#links.get(recordId);
    if (link === undefined) return;
    if (landing.kind !== 'connection-lost') this.#endLink(recordId, nowMs);
    else this.#links.set(recordId, { ...link, isVanished: true });
  }

  #endLink(recordId: string, nowMs: number): void {
    const link = this.#links.get(recordId);
    if (link === undefined) return;
    this.#links.delete(recordId);
    this.#links.set(recordId, { ...link, endedMs: nowMs });
    const ended = [...this.#links].filter(([, { endedMs }]) => endedMs !== undefined);
    for (const [id] of ended.slice(0, -MOST_ENDED)) this.#links.delete(id);
  }

  #finishLanded(recordId: string, landing: Landing, nowMs: number): void {
    const finish = this.#finishes.get(recordId);
    if (finish === undefined) return;
    this.#finishes.delete(recordId);
    if (finish.verb !== 'prepare') this.#finished(finish, landing, nowMs);
    else if (landing.kind !== 'error') this.#prepared(finish);
  }

  #prepared({ session, xid }: Finish): void {
    for (const flight of this.#of(session)) {
      if (flight.stage === 'open') this.#move({ ...flight, xid }, 'prepared');
    }
  }

  #finished({ server, xid }: Finish, { kind, errorCode = 0 }: Landing, nowMs: number): void {
    if (kind === 'connection-lost' || xid === undefined) return;
    for (const flight of this.flights) {
      const isIt = flight.stage === 'prepared' && flight.by.server === server && flight.xid === xid;
      if (!isIt) continue;
      // MariaDB says so too of what its own session still holds.
      const isUnknown = errorCode === XAER_NOTA && flight.isOrphan === true;
      if (kind === 'ok' || isUnknown || ROLLED_BACK.includes(errorCode)) {
        this.#end(flight.recordId, nowMs);
      }
    }
  }

  #end(recordId: string, nowMs: number): void {
    const flight = this.#flights.get(recordId);
    if (flight === undefined) return;
    this.#flights.delete(recordId);
    const recent = this.#recent.filter(({ endedMs }) => endedMs > nowMs - RECENT_MS);
    this.#recent = [...recent.slice(-MOST_RECENT + 1), { flight, endedMs: nowMs }];
  }

  #of(session: number): readonly Flight[] {
    return this.flights.filter(({ by }) => by.session === session);
  }

  #move(flight: Flight, stage: Stage): void {
    this.#flights.set(flight.recordId, { ...flight, stage });
  }
}

/** An xid that is not known may be any. */
function isSameXid(prepared: string | undefined, finished: string | undefined): boolean {
  return prepared === undefined || finished === undefined || prepared === finished;
}
