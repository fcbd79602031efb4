// Looks after what is in flight: while there is anything, the links are asked for at a short
// interval, and a session whose statement the rules would refuse by now is ended at its server and
// told why. What nobody waits for any more is watched until its thread is gone. Judges nothing
// itself: each flight brings its own judgement.
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import { farewellMessage } from '../policy/farewell.js';
import type { Ending, Presence, Thread } from '../topology/session-ender.js';
import type { Picture } from '../topology/snapshot.js';
import type { Flight, FlightBook, FlightSession, Judged } from './book.js';
import { isRefused } from './flights.js';
import { withoutDoubts } from './pictures.js';

/** From one look at the links to the next. What has ended before it costs no look at all. */
export const WATCH_PERIOD_MS = 100;
/** A doubt counts once another look, no sooner than this, has the same. */
const DOUBT_MS = WATCH_PERIOD_MS;
/** How long the way to a server stays open when nothing is in flight there any more. */
const REST_MS = 10_000;
/** How long a server that was told to end a session may take to say so in it. */
const LAST_WORDS_MS = 1_000;

/** What ended a flight, for the record, the log and the metrics. */
export interface Ended {
  readonly flight: Flight;
  readonly judged: Judged;
  readonly message: string;
  readonly ending: Ending;
}

export interface WatchParts {
  readonly book: FlightBook;
  readonly clock: Clock;
  readonly topology: { anew(sinceMs: number): Promise<Picture | undefined> };
  readonly enderOf: (server: string) => {
    warm(): void;
    presence(thread: Thread): Promise<Presence>;
    end(thread: Thread): Promise<Ending>;
    close(): void;
  };
  readonly ended: (ended: Ended) => void;
  /** A prepared transaction would reach somebody now; nothing here can end it. */
  readonly endangered: (flight: Flight) => void;
  readonly failed: (reason: string) => void;
  /** Something has left the book: its thread is gone. */
  readonly moved: () => void;
}

export class FlightWatch {
  readonly #parts: WatchParts;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #isStopped = false;
  /** Since when each flight is in doubt. */
  readonly #doubts = new Map<string, number>();
  /** Being ended, or told of. */
  readonly #told = new Set<string>();
  /** Those that could not be ended at first: tried again, without saying so each time. */
  readonly #stuck = new Set<string>();
  readonly #warm = new Set<string>();
  #restTimer: NodeJS.Timeout | undefined;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Something entered the book, or moved in it. Returns at once. */
  wake(): void {
    if (this.#timer !== undefined || this.#isLooking || this.#isStopped) return;
    if (this.#parts.book.isQuiet) {
      this.#restSoon();
      return;
    }
    clearTimeout(this.#restTimer);
    this.#restTimer = undefined;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#tick();
    }, WATCH_PERIOD_MS);
    this.#timer.unref();
  }

  /** Any picture may show a link that was not there: what is certain in it counts at once. */
  observe(picture: Picture): void {
    for (const flight of this.#parts.book.flights) this.#observe(flight, withoutDoubts(picture));
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#restTimer);
    this.#rest();
  }

  async #tick(): Promise<void> {
    this.#isLooking = true;
    try {
      if (this.#isDue()) await this.#look();
    } catch (thrown) {
      this.#parts.failed(messageOf(thrown));
    } finally {
      this.#isLooking = false;
      this.wake();
    }
  }

  /** What entered a moment ago has mostly ended by the next time. */
  #isDue(): boolean {
    const { book, clock } = this.#parts;
    const enteredBefore = clock.monotonic() - WATCH_PERIOD_MS / 2;
    const isOld = ({ sinceMs }: { readonly sinceMs: number }): boolean => sinceMs <= enteredBefore;
    return book.flights.some(isOld) || book.vanished.some(isOld);
  }

  async #look(): Promise<void> {
    const { book, topology, clock } = this.#parts;
    for (const { by } of [...book.flights, ...book.vanished]) this.#warmUp(by.server);
    const [picture] = await Promise.all([topology.anew(clock.monotonic()), this.#findGone()]);
    if (picture === undefined) return;
    const flying = new Set(book.flights.map(({ recordId }) => recordId));
    for (const known of [...this.#doubts.keys(), ...this.#told]) {
      if (!flying.has(known)) this.#forget(known);
    }
    for (const flight of book.flights) {
      this.#observe(flight, withoutDoubts(picture));
      this.#weighDoubts(flight, picture);
    }
  }

  #observe(flight: Flight, certain: Picture): void {
    if (certain.askedAtMonotonicMs <= flight.picturedAtMs || this.#told.has(flight.recordId))
      return;
    const judged = flight.rejudge(certain);
    if (isRefused(judged)) this.#refused(flight, judged);
  }

  #weighDoubts(flight: Flight, picture: Picture): void {
    const { recordId, picturedAtMs } = flight;
    if (picture.askedAtMonotonicMs <= picturedAtMs || this.#told.has(recordId)) return;
    const judged = flight.rejudge(picture);
    const now = this.#parts.clock.monotonic();
    const since = this.#doubts.get(recordId);
    if (!isRefused(judged)) this.#doubts.delete(recordId);
    else if (since === undefined) this.#doubts.set(recordId, now);
    else if (now - since >= DOUBT_MS) this.#refused(flight, judged);
  }

  #refused(flight: Flight, judged: Judged): void {
    this.#told.add(flight.recordId);
    if (flight.stage === 'prepared') this.#parts.endangered(flight);
    else void this.#end(flight, judged);
  }

  /** The session hears of it first, so that its server's last words are not taken for an answer. */
  async #end(flight: Flight, judged: Judged): Promise<void> {
    const { by } = flight;
    const message = farewellMessage({ ...judged, ...flight });
    by.doom({ message, now: false });
    const ending = await this.#parts.enderOf(by.server).end(threadOf(flight));
    if (ending.kind === 'failed') this.#couldNot({ flight, judged, message, ending });
    else {
      const timer = setTimeout(() => by.doom({ message, now: true }), LAST_WORDS_MS);
      timer.unref();
      this.#parts.ended({ flight, judged, message, ending });
    }
    // Its client may stay to be told; nobody waits for the server any more.
    this.#parts.book.left(by.session);
    this.#parts.moved();
  }

  /** Its session ends all the same, and the server is told again for as long as the thread is there. */
  #couldNot(ended: Ended): void {
    const { flight, judged } = ended;
    const { recordId, by } = flight;
    const message = farewellMessage({ ...judged, ...flight, isRunning: true });
    by.doom({ message, now: true });
    if (!this.#stuck.has(recordId)) this.#parts.ended({ ...ended, message });
    this.#stuck.add(recordId);
    const timer = setTimeout(() => this.#told.delete(recordId), LAST_WORDS_MS);
    timer.unref();
  }

  async #findGone(): Promise<void> {
    const { book, clock, enderOf } = this.#parts;
    await Promise.all(
      book.vanished.map(async (vanished) => {
        const presence = await enderOf(vanished.by.server).presence(threadOf(vanished));
        if (presence !== 'gone') return;
        book.gone(vanished.recordId, clock.monotonic());
        this.#parts.moved();
      }),
    );
  }

  #forget(recordId: string): void {
    this.#doubts.delete(recordId);
    this.#told.delete(recordId);
    this.#stuck.delete(recordId);
  }

  #warmUp(server: string): void {
    this.#warm.add(server);
    this.#parts.enderOf(server).warm();
  }

  #restSoon(): void {
    if (this.#warm.size === 0 || this.#restTimer !== undefined) return;
    this.#restTimer = setTimeout(() => {
      this.#restTimer = undefined;
      this.#rest();
    }, REST_MS);
    this.#restTimer.unref();
  }

  #rest(): void {
    for (const server of this.#warm) this.#parts.enderOf(server).close();
    this.#warm.clear();
    this.#doubts.clear();
  }
}

function threadOf({
  by,
  sinceMs,
}: {
  readonly by: FlightSession;
  readonly sinceMs: number;
}): Thread {
  return { threadId: by.threadId, user: by.user, seenMs: sinceMs };
}
