// One question for many: who shares it, and that nobody gets an answer older than their asking.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Paced } from '../../src/topology/paced.js';

const PERIOD_MS = 100;
const clock = { monotonic: () => performance.now() };

/** Each answer is when it was asked for. */
function scene(tookMs = 0) {
  const asked: number[] = [];
  const script = { fails: false };
  const paced = new Paced({
    clock,
    periodMs: PERIOD_MS,
    ask: async () => {
      const startedMs = performance.now();
      asked.push(startedMs);
      if (tookMs > 0) await new Promise((resolve) => setTimeout(resolve, tookMs));
      if (script.fails) throw new Error('no answer');
      return startedMs;
    },
  });
  return { paced, asked, script };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a paced question', () => {
  it('is asked at once where nobody has asked lately', async () => {
    const { paced, asked } = scene();
    await paced.get();
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    await paced.get();
    expect(asked).toHaveLength(2);
  });

  it('is one for all who come within the period, asked for since they came', async () => {
    const { paced, asked } = scene();
    await paced.get();
    await vi.advanceTimersByTimeAsync(10);
    const cameAt = performance.now();
    const many = Array.from({ length: 50 }, () => paced.get());
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    const answers = await Promise.all(many);
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toBeGreaterThanOrEqual(cameAt);
    expect(asked).toHaveLength(2);
  });

  it('is not shared once it is on its way, and never asked twice at a time', async () => {
    const { paced, asked } = scene(3 * PERIOD_MS);
    const first = paced.get();
    await vi.advanceTimersByTimeAsync(1);
    const second = paced.get();
    await vi.advanceTimersByTimeAsync(2 * PERIOD_MS);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(5 * PERIOD_MS);
    expect(await second).toBeGreaterThan(await first);
    expect(asked).toHaveLength(2);
  });

  it('fails for those who shared it, and is asked again by the next', async () => {
    const { paced, script } = scene();
    script.fails = true;
    await expect(paced.get()).rejects.toThrow('no answer');
    const next = paced.get();
    script.fails = false;
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    expect(await next).toBeGreaterThanOrEqual(PERIOD_MS);
  });
});
