// How many clients are in, and how many of these have not logged in: in all, and from one address.
// What all listeners of Interlock count together; the limits are on the whole.
import type { Limits } from '../config/config.js';
import type { Stay } from './visit.js';

/** Whose places they are: one for all clients of a listener, so that no place has a function of its own. */
export interface Host {
  arrived(threadId: number): void;
  /** `threadId` is undefined of one that never logged in. */
  left(threadId: number | undefined): void;
}

/** One client's place. It is given back once, whatever happens how often. */
export class Place implements Stay {
  /** Interlock's own number of the session. */
  readonly session: number;
  readonly #admissions: Admissions;
  readonly #host: Host;
  #address: string | undefined;
  #threadId: number | undefined;
  #isInLobby = true;
  #isTaken = true;

  constructor(admissions: Admissions, session: number, host: Host) {
    this.#admissions = admissions;
    this.session = session;
    this.#host = host;
    admissions.connections += 1;
    admissions.unauthenticated += 1;
  }

  /** Who it turned out to be; false when that address has as many here as it may. */
  isFrom(address: string, { unauthenticatedPerAddress }: Limits): boolean {
    if (this.#admissions.waitingFrom(address) >= unauthenticatedPerAddress) return false;
    this.#address = address;
    this.#admissions.waits(address, 1);
    return true;
  }

  loggedIn(threadId: number): void {
    if (!this.#isInLobby) return;
    this.#threadId = threadId;
    this.#host.arrived(threadId);
    this.#leaveLobby();
  }

  #leaveLobby(): void {
    if (!this.#isInLobby) return;
    this.#isInLobby = false;
    this.#admissions.unauthenticated -= 1;
    if (this.#address !== undefined) this.#admissions.waits(this.#address, -1);
    this.#address = undefined;
  }

  leave(): void {
    this.#leaveLobby();
    if (!this.#isTaken) return;
    this.#isTaken = false;
    this.#admissions.connections -= 1;
    this.#host.left(this.#threadId);
  }
}

export class Admissions {
  connections = 0;
  unauthenticated = 0;
  readonly #waiting = new Map<string, number>();
  #lastSession = 0;

  /** A place, whose end `host` is told once; or the limit that is reached. */
  enter(limits: Limits, host: Host): Place | string {
    if (this.connections >= limits.connections) return limitText('connections', limits);
    if (this.unauthenticated >= limits.unauthenticated) return limitText('unauthenticated', limits);
    this.#lastSession += 1;
    return new Place(this, this.#lastSession, host);
  }

  waitingFrom(address: string): number {
    return this.#waiting.get(address) ?? 0;
  }

  /** For places only. An address that has nobody here is forgotten. */
  waits(address: string, delta: 1 | -1): void {
    const count = this.waitingFrom(address) + delta;
    if (count === 0) this.#waiting.delete(address);
    else this.#waiting.set(address, count);
  }
}

/** `limits.connections (2000)`: as messages and the log name it. */
export function limitText(
  name: 'connections' | 'unauthenticated' | 'unauthenticatedPerAddress',
  limits: Limits,
): string {
  return `limits.${name} (${limits[name]})`;
}
