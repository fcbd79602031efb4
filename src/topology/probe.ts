// Asks one server what it knows of replication, over one connection that stays open. One question
// is in flight at a time; an overdue one is abandoned and its connection destroyed. Judges nothing.
import { type Clock, hasSleptSince } from '../clock.js';
import { InterlockError } from '../errors.js';
import type { Dialect } from '../sql/dialect.js';
import { answerOf, coordinatesOf, type Rows } from './answer.js';
import type { Target } from './driver-options.js';
import { failureOf, type ProbeFailure, timedOut } from './failure.js';
import { askedOf, type Opening, ProbeError, type Session } from './monitor-connection.js';
import { Paced } from './paced.js';
import type {
  BinlogCoordinates,
  ProbeFailureReason,
  ServerSilence,
  ServerView,
} from './snapshot.js';
import { type Lookup, Whereabouts } from './whereabouts.js';

/** Where the log stands after each of many statements in a row: asked once for all of them. */
export const COORDINATES_PERIOD_MS = 100;

export interface ProberOptions {
  readonly target: Omit<Target, 'connectTimeoutMs'>;
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly open: (target: Target) => Opening;
  readonly lookup: Lookup;
  /** Told once of every question that got no answer, or one that lacks rights. */
  readonly onFailure: (reason: ProbeFailureReason) => void;
}

/** A question on its way, and when it was sent. */
interface InFlight {
  readonly startedAtMs: number;
  readonly view: Promise<ServerView>;
}

export class Prober {
  readonly #options: ProberOptions;
  readonly #whereabouts: Whereabouts;
  readonly #coordinates: Paced<BinlogCoordinates | undefined>;
  #session: Session | undefined;
  #inFlight: InFlight | undefined;
  /** The one that starts when the present one ends; all who need a newer answer share it. */
  #next: Promise<ServerView> | undefined;
  #last: ServerView | undefined;
  #dialect: Dialect | undefined;
  #stopped = false;
  /** Gives up the question in flight, and its connection. */
  #abandon: AbortController | undefined;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#whereabouts = new Whereabouts({
      host: options.target.host,
      clock: options.clock,
      lookup: options.lookup,
      moved: () => {
        // What it said is not of the server that the name stands for now.
        this.#last = undefined;
        this.#closeSession();
      },
    });
    this.#coordinates = new Paced({
      clock: options.clock,
      periodMs: COORDINATES_PERIOD_MS,
      ask: () => this.#askCoordinates(),
    });
  }

  /** The flavour and version of the last answer: a server that fell silent has not changed them. */
  get dialect(): Dialect | undefined {
    return this.#dialect;
  }

  get last(): ServerView | undefined {
    return this.#last;
  }

  /**
   * A view asked for no earlier than `notBeforeMs` (monotonic), or, at `deadlineAtMs`, silence.
   * Never rejects.
   */
  async ask(notBeforeMs: number, deadlineAtMs: number): Promise<ServerView> {
    const last = this.#last;
    const isYoung = last !== undefined && last.askedAtMonotonicMs >= notBeforeMs;
    if (isYoung && !hasSleptSince(last, this.#options.clock)) return last;
    return await this.#within(deadlineAtMs, this.#viewFrom(notBeforeMs));
  }

  /**
   * Where the binary log stands now or, where others ask too, a moment later; undefined where that
   * cannot be told in time. Never rejects.
   */
  coordinates(): Promise<BinlogCoordinates | undefined> {
    return this.#coordinates.get();
  }

  stop(): void {
    this.#stopped = true;
    this.#abandon?.abort();
    this.#closeSession();
  }

  /** A question of its own: a whole round would cost the server, and who waits for it, far more. */
  async #askCoordinates(): Promise<BinlogCoordinates | undefined> {
    const { clock, deadlineMs } = this.#options;
    const session = this.#session;
    const now = clock.monotonic();
    if (session !== undefined) {
      const rows = await this.#inTime(session, session.coordinates());
      if (rows !== undefined) return coordinatesOf(rows);
    }
    const view = await this.ask(now, now + deadlineMs);
    return view.kind === 'answered' ? view.coordinates : undefined;
  }

  /** Undefined where it failed: its connection is not used again if it did not answer in time. */
  async #inTime(session: Session, answer: Promise<Rows>): Promise<Rows | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const overdue = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        session.destroy();
        if (this.#session === session) this.#session = undefined;
        resolve(undefined);
      }, this.#options.deadlineMs);
    });
    try {
      return await Promise.race([answer.catch(() => undefined), overdue]);
    } finally {
      clearTimeout(timer);
    }
  }

  #viewFrom(notBeforeMs: number): Promise<ServerView> {
    const inFlight = this.#inFlight;
    if (inFlight === undefined) return this.#start();
    if (inFlight.startedAtMs >= notBeforeMs) return inFlight.view;
    this.#next ??= inFlight.view.then(() => {
      this.#next = undefined;
      return this.#start();
    });
    return this.#next;
  }

  #start(): Promise<ServerView> {
    const startedAtMs = this.#options.clock.monotonic();
    const askedAtMs = this.#options.clock.now();
    const view = this.#probe(startedAtMs, askedAtMs).then((made) => {
      this.#inFlight = undefined;
      this.#last = made;
      if (made.kind === 'silent') this.#options.onFailure(made.reason);
      else if (made.missingRights.length > 0) this.#options.onFailure('missing-rights');
      return made;
    });
    this.#inFlight = { startedAtMs, view };
    return view;
  }

  async #probe(startedAtMs: number, askedAtMs: number): Promise<ServerView> {
    const silent = (failure: ProbeFailure): ServerSilence => ({
      kind: 'silent',
      server: this.#options.target.server,
      askedAtMs,
      askedAtMonotonicMs: startedAtMs,
      ...failure,
    });
    if (this.#stopped) return silent({ reason: 'never-asked', message: 'Interlock is stopping.' });
    const abandon = new AbortController();
    this.#abandon = abandon;
    const overdue = this.#overdue(abandon);
    try {
      const answer = this.#answer(startedAtMs, askedAtMs, abandon.signal);
      const first = await Promise.race([answer, overdue.reached]);
      if (first !== 'overdue') return first;
      // What it may still say is of no use to anyone.
      answer.catch(() => undefined);
      return silent(timedOut(askedOf(this.#target()), this.#options.deadlineMs));
    } catch (error) {
      this.#closeSession();
      return silent(this.#failure(error));
    } finally {
      overdue.cancel();
    }
  }

  async #answer(
    startedAtMs: number,
    askedAtMs: number,
    abandoned: AbortSignal,
  ): Promise<ServerView> {
    const { session, rows } = await this.#rows(abandoned);
    const view = answerOf({
      server: this.#options.target.server,
      learned: session.learned,
      rows,
      askedAtMs,
      askedAtMonotonicMs: startedAtMs,
      answeredAtMs: this.#options.clock.now(),
      missingRights: session.missingRights,
      warnings: session.warnings,
    });
    this.#dialect = session.learned.dialect;
    // Rights granted since, and a plugin's variables, are there from the next login on.
    const isOutdated = view.groups.some(({ kind, name }) =>
      kind === 'galera' ? rows.galera === undefined : name === '',
    );
    if (session.missingRights.length > 0 || isOutdated) this.#closeSession();
    return view;
  }

  /** A kept connection may have broken since it was last used (a restart): then a new one is asked. */
  async #rows(abandoned: AbortSignal): Promise<{ session: Session; rows: Rows }> {
    this.#whereabouts.look();
    const kept = this.#session;
    if (kept !== undefined) {
      try {
        const rows = await kept.ask();
        // Given up meanwhile, it was asked at an address that is somebody else's by now.
        if (this.#session === kept) return { session: kept, rows };
      } catch {
        this.#closeSession();
      }
    }
    const session = await this.#open(abandoned);
    return { session, rows: await session.ask() };
  }

  async #open(abandoned: AbortSignal): Promise<Session> {
    if (abandoned.aborted) throw new InterlockError('PROBE_FAILED', 'the question was given up');
    const opening = this.#options.open(this.#target());
    abandoned.addEventListener('abort', () => opening.destroy(), { once: true });
    const session = await opening.session;
    if (abandoned.aborted || this.#stopped) {
      session.destroy();
      throw new InterlockError('PROBE_FAILED', 'the connection came too late');
    }
    this.#session = session;
    return session;
  }

  /** The deadline of the question itself: past it, its connection is destroyed. */
  #overdue(abandon: AbortController): { reached: Promise<'overdue'>; cancel: () => void } {
    let timer: NodeJS.Timeout | undefined;
    const reached = new Promise<'overdue'>((resolve) => {
      timer = setTimeout(() => {
        abandon.abort();
        this.#closeSession();
        resolve('overdue');
      }, this.#options.deadlineMs);
    });
    return { reached, cancel: () => clearTimeout(timer) };
  }

  /** The deadline of one who asks: it may be nearer than that of the question it shares. */
  async #within(deadlineAtMs: number, view: Promise<ServerView>): Promise<ServerView> {
    const { clock, deadlineMs } = this.#options;
    const askedAtMonotonicMs = clock.monotonic();
    const askedAtMs = clock.now();
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<ServerView>((resolve) => {
      timer = setTimeout(
        () => {
          const failure = timedOut(askedOf(this.#target()), deadlineMs);
          const { server } = this.#options.target;
          resolve({ kind: 'silent', server, askedAtMs, askedAtMonotonicMs, ...failure });
        },
        Math.max(0, deadlineAtMs - askedAtMonotonicMs),
      );
    });
    try {
      return await Promise.race([view, silence]);
    } finally {
      clearTimeout(timer);
    }
  }

  #failure(error: unknown): ProbeFailure {
    if (error instanceof ProbeError) return error.failure;
    return failureOf(error, askedOf(this.#target()));
  }

  #target(): Target {
    return { ...this.#options.target, connectTimeoutMs: this.#options.deadlineMs };
  }

  #closeSession(): void {
    this.#session?.destroy();
    this.#session = undefined;
  }
}
