import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../src/clock.js';

afterEach(() => {
  vi.useRealTimers();
});

describe('the system clock', () => {
  it('tells the time of day for records', () => {
    vi.useFakeTimers({ now: 1_790_000_000_000 });
    expect(systemClock.now()).toBe(1_790_000_000_000);
  });

  it('measures ages on a clock that a jump of the time of day does not move', () => {
    vi.useFakeTimers({ now: 1_790_000_000_000 });
    const before = systemClock.monotonic();
    vi.setSystemTime(1_780_000_000_000);
    expect(systemClock.now()).toBe(1_780_000_000_000);
    expect(systemClock.monotonic()).toBe(before);
    vi.advanceTimersByTime(250);
    expect(systemClock.monotonic() - before).toBe(250);
  });
});
