import { afterEach, describe, expect, it, vi } from 'vitest';
import { hasSleptSince, systemClock } from '../src/clock.js';

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

it('tells a machine that has slept from a clock that is merely read late or set back', () => {
  const then = { askedAtMs: 1_000, askedAtMonotonicMs: 50 };
  const at = (wallMs: number, countedMs: number) => ({
    now: () => 1_000 + wallMs,
    monotonic: () => 50 + countedMs,
  });
  expect(hasSleptSince(then, at(3_600_000, 10))).toBe(true);
  expect(hasSleptSince(then, at(2_000, 2_000))).toBe(false);
  expect(hasSleptSince(then, at(2_400, 2_000))).toBe(false);
  expect(hasSleptSince(then, at(-3_600_000, 10))).toBe(false);
});
