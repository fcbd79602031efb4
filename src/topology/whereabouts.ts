// Whether a server's name has come to mean other addresses than those it was dialled by: a connection
// that stays open would go on asking the one before. Looks names up, and connects to nothing.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '../clock.js';

/** The addresses of a name; rejects where it has none, or nobody answers. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** Names do not move faster than this. */
export const LOOK_PERIOD_MS = 1_000;

export interface WhereaboutsOptions {
  readonly host: string;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly lookup: Lookup;
  /** It is elsewhere now. */
  readonly moved: () => void;
}

export class Whereabouts {
  readonly #options: WhereaboutsOptions;
  #known: readonly string[] = [];
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #isLooking = false;

  constructor(options: WhereaboutsOptions) {
    this.#options = options;
  }

  /** Looks again, unless it did a moment ago. Returns at once: nobody waits for a name. */
  look(): void {
    const { host, clock } = this.#options;
    const now = clock.monotonic();
    if (isIP(host) > 0 || this.#isLooking || now - this.#lookedAtMs < LOOK_PERIOD_MS) return;
    this.#lookedAtMs = now;
    this.#isLooking = true;
    void this.#look().finally(() => {
      this.#isLooking = false;
    });
  }

  /** Never rejects. A name that nobody answers for has not moved, as far as anyone can tell. */
  async #look(): Promise<void> {
    const { host, lookup: ask, moved } = this.#options;
    const found = await ask(host).catch(() => undefined);
    if (found === undefined || found.length === 0) return;
    const isElsewhere = this.#known.some((address) => !found.includes(address));
    this.#known = found;
    if (isElsewhere) moved();
  }
}

/**
 * As connections look names up, hosts file included, but one at a time: each takes one of the few
 * threads that write the audit file too, for as long as a name server does not answer.
 */
export function systemLookup(): Lookup {
  let last: Promise<unknown> = Promise.resolve();
  return (host) => {
    const asked = last.then(async () => {
      const found = await lookup(host, { all: true });
      return found.map(({ address }) => address);
    });
    last = asked.catch(() => undefined);
    return asked;
  };
}
