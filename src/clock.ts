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
