// Time, injected: nothing inside reads a clock of its own.

export interface Clock {
  /** Milliseconds since the epoch, for records: may jump. */
  now(): number;
  /** Milliseconds that only go forward, for ages and deadlines. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** Wall clock and monotonic clock part by less in ordinary times. */
const SLEPT_MS = 500;

/** What a machine sleeps through, or is stopped for, only its wall clock counts. */
export function hasSleptSince(
  then: { readonly askedAtMs: number; readonly askedAtMonotonicMs: number },
  clock: Clock,
): boolean {
  const countedMs = clock.monotonic() - then.askedAtMonotonicMs;
  return clock.now() - then.askedAtMs - countedMs > SLEPT_MS;
}
