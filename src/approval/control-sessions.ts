// The few sessions that one Interlock keeps at its control database, and which of several addresses
// they go to. Tries again what a server has undone, or what was lost before it could be committed,
// until a deadline; never what may have been committed.
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressLabel } from '../config/address.js';
import type { HostPort } from '../config/config.js';
import { NoAnswer, NoServer, remedyFor, UnfitServer } from './control-failure.js';
import type { ControlSession } from './control-session.js';

const SESSIONS_MAX = 4;
const PAUSE_MS_MAX = 40;

export interface ControlSessionsParts {
  readonly addresses: readonly HostPort[];
  readonly open: (address: HostPort) => Promise<ControlSession>;
  /** Why one address is no use, in words. */
  readonly reason: (thrown: unknown) => string;
}

/** What is done in one session. */
export type Work<T> = (session: ControlSession) => Promise<T>;

export class ControlSessions {
  readonly #parts: ControlSessionsParts;
  #addresses: readonly HostPort[];
  #idle: ControlSession[] = [];
  #busy = 0;
  #waiting: (() => void)[] = [];
  /** Sessions that were opened before the last close() are not kept. */
  #generation = 0;

  constructor(parts: ControlSessionsParts) {
    this.#parts = parts;
    this.#addresses = parts.addresses;
  }

  /** Rejects with what the last try failed with. `deadlineMs` is of `performance.now()`. */
  async use<T>(deadlineMs: number, work: Work<T>): Promise<T> {
    await this.#turn(deadlineMs);
    try {
      return await this.#until(deadlineMs, work);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy -= 1;
      else next();
    }
  }

  close(): void {
    this.#generation += 1;
    for (const session of this.#idle.splice(0)) session.destroy();
  }

  async #until<T>(deadlineMs: number, work: Work<T>): Promise<T> {
    for (;;) {
      try {
        const session = this.#kept() ?? (await this.#open(deadlineMs));
        session.until(deadlineMs);
        return await this.#once(session, work);
      } catch (thrown) {
        const pauseMs = 1 + randomInt(PAUSE_MS_MAX);
        const isLast = performance.now() + pauseMs >= deadlineMs;
        if (isLast || remedyFor(thrown) === 'final') throw thrown;
        await sleep(pauseMs);
      }
    }
  }

  async #once<T>(session: ControlSession, work: Work<T>): Promise<T> {
    const generation = this.#generation;
    let isClean = false;
    try {
      const done = await work(session);
      isClean = true;
      return done;
    } catch (thrown) {
      isClean = remedyFor(thrown) === 'again' && (await rolledBack(session));
      // A connection that was kept may have broken long ago; a server that is stuck is not.
      if (thrown instanceof UnfitServer) this.#putLast(session);
      throw thrown;
    } finally {
      // What it was in the middle of, the server undoes when it sees the connection end.
      if (isClean && !session.isBroken && generation === this.#generation) this.#idle.push(session);
      else session.destroy();
    }
  }

  #kept(): ControlSession | undefined {
    for (let kept = this.#idle.pop(); kept !== undefined; kept = this.#idle.pop()) {
      if (!kept.isBroken) return kept;
      kept.destroy();
    }
    return undefined;
  }

  /** At the first address that will do. What all of them say against it is one message. */
  async #open(deadlineMs: number): Promise<ControlSession> {
    const reasons: string[] = [];
    let isSlow = false;
    for (const address of this.#addresses) {
      if (reasons.length > 0 && performance.now() >= deadlineMs) break;
      try {
        const session = await this.#parts.open(address);
        this.#addresses = [address, ...this.#addresses.filter((other) => other !== address)];
        return session;
      } catch (thrown) {
        if (remedyFor(thrown) === 'again') throw thrown;
        isSlow ||= thrown instanceof NoAnswer;
        reasons.push(`${addressLabel(address)}: ${this.#parts.reason(thrown)}`);
      }
    }
    throw new NoServer(reasons.join('; '), isSlow);
  }

  #putLast({ address }: ControlSession): void {
    const isIt = (other: HostPort): boolean => addressLabel(other) === address;
    const others = this.#addresses.filter((other) => !isIt(other));
    this.#addresses = [...others, ...this.#addresses.filter(isIt)];
  }

  /** At most so many at once; whoever has done passes the turn on. */
  async #turn(deadlineMs: number): Promise<void> {
    if (this.#busy < SESSIONS_MAX) {
      this.#busy += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const turn = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== turn);
        reject(new UnfitServer('too many wait for it'));
      }, deadlineMs - performance.now());
      this.#waiting.push(turn);
    });
  }
}

async function rolledBack(session: ControlSession): Promise<boolean> {
  try {
    await session.change('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}
