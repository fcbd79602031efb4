// How many may come to an interface that is open to a network: at once, and how fast, in all and from
// one address. Whoever is over a limit is cut before TLS costs anything. What is remembered is bounded.
import { parseIp } from '../policy/network.js';

/** Connections at once. */
export const VISITORS = { inAll: 64, fromOneAddress: 16 } as const;

/** New connections: so many at once, then so many a second. */
export const ARRIVALS = {
  inAll: { burst: 200, perSecond: 30 },
  fromOneAddress: { burst: 60, perSecond: 10 },
} as const;

/** More than can have come within the time that a bucket takes to fill. */
const REMEMBERED = 1024;

interface Bucket {
  left: number;
  atMs: number;
}

interface Pace {
  readonly burst: number;
  readonly perSecond: number;
}

export class VisitorLimits {
  readonly #all: Bucket = { left: ARRIVALS.inAll.burst, atMs: 0 };
  readonly #arrivals = new Map<string, Bucket>();
  readonly #here = new Map<string, number>();
  #count = 0;

  /** Addresses it remembers something of. */
  get remembered(): number {
    return Math.max(this.#arrivals.size, this.#here.size);
  }

  /** What to call when it leaves, once; undefined for one that may not come in. */
  enter(address: string, nowMs: number): (() => void) | undefined {
    const from = placeOf(address);
    const here = this.#here.get(from) ?? 0;
    if (this.#count >= VISITORS.inAll || here >= VISITORS.fromOneAddress) return undefined;
    if (!this.#mayArrive(from, nowMs)) return undefined;
    this.#count += 1;
    this.#here.set(from, here + 1);
    let isHere = true;
    return () => {
      if (!isHere) return;
      isHere = false;
      this.#leave(from);
    };
  }

  #leave(from: string): void {
    this.#count -= 1;
    const left = (this.#here.get(from) ?? 1) - 1;
    if (left === 0) this.#here.delete(from);
    else this.#here.set(from, left);
  }

  #mayArrive(from: string, nowMs: number): boolean {
    const own = this.#arrivals.get(from) ?? { left: ARRIVALS.fromOneAddress.burst, atMs: nowMs };
    fill(own, ARRIVALS.fromOneAddress, nowMs);
    fill(this.#all, ARRIVALS.inAll, nowMs);
    if (own.left < 1 || this.#all.left < 1) return false;
    if (!this.#arrivals.has(from)) this.#forgetFull(nowMs);
    if (this.#arrivals.size >= REMEMBERED) return false;
    own.left -= 1;
    this.#all.left -= 1;
    this.#arrivals.set(from, own);
    return true;
  }

  /** A full bucket says no more than none. */
  #forgetFull(nowMs: number): void {
    if (this.#arrivals.size < REMEMBERED / 2) return;
    for (const [from, bucket] of this.#arrivals) {
      fill(bucket, ARRIVALS.fromOneAddress, nowMs);
      if (bucket.left >= ARRIVALS.fromOneAddress.burst) this.#arrivals.delete(from);
    }
  }
}

function fill(bucket: Bucket, { burst, perSecond }: Pace, nowMs: number): void {
  const since = Math.max(0, nowMs - bucket.atMs);
  bucket.left = Math.min(burst, bucket.left + (since / 1000) * perSecond);
  bucket.atMs = nowMs;
}

/** Who has one IPv6 address has the 2^64 beside it. */
function placeOf(address: string): string {
  const ip = parseIp(address);
  if (ip === undefined) return address;
  return ip.width === 32 ? `4 ${ip.bits}` : `6 ${ip.bits >> 64n}`;
}
