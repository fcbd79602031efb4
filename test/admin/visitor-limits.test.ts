import { describe, expect, it } from 'vitest';
import { ARRIVALS, VISITORS, VisitorLimits } from '../../src/admin/visitor-limits.js';

describe('visitor limits', () => {
  it('let so many be here at once, from one address and in all, until some leave', () => {
    const limits = new VisitorLimits();
    const leave = Array.from({ length: VISITORS.fromOneAddress }, () =>
      limits.enter('10.0.0.1', 0),
    );
    expect(leave).not.toContain(undefined);
    expect(limits.enter('10.0.0.1', 0)).toBeUndefined();
    expect(limits.enter('::ffff:10.0.0.1', 0)).toBeUndefined();
    for (let more = VISITORS.fromOneAddress; more < VISITORS.inAll; more += 1) {
      expect(limits.enter(`10.0.1.${more}`, 0), String(more)).toBeDefined();
    }
    expect(limits.enter('10.0.0.2', 0)).toBeUndefined();
    leave[0]?.();
    leave[0]?.();
    expect(limits.enter('10.0.0.1', 0)).toBeDefined();
    expect(limits.enter('10.0.0.1', 0)).toBeUndefined();
  });

  it('let so many come in a time, from one address and in all', () => {
    const limits = new VisitorLimits();
    const comes = (address: string, nowMs: number) => {
      const leave = limits.enter(address, nowMs);
      leave?.();
      return leave !== undefined;
    };
    const burst = Array.from({ length: 100 }, () => comes('10.0.0.1', 0));
    expect(burst.filter(Boolean)).toHaveLength(ARRIVALS.fromOneAddress.burst);
    expect(comes('10.0.0.2', 0)).toBe(true);
    expect(comes('10.0.0.1', 1000)).toBe(true);
    const second = Array.from({ length: 100 }, () => comes('10.0.0.1', 1000));
    expect(second.filter(Boolean)).toHaveLength(ARRIVALS.fromOneAddress.perSecond - 1);
    const others = Array.from({ length: 500 }, (_, index) => comes(`10.1.${index % 250}.1`, 1000));
    expect(others.filter(Boolean).length).toBeLessThanOrEqual(ARRIVALS.inAll.burst);
    expect(comes('10.0.0.9', 1000)).toBe(false);
    expect(comes('10.0.0.9', 60_000)).toBe(true);
  });

  it('count a network of IPv6 as one, and remember little of a flood', () => {
    const limits = new VisitorLimits();
    for (let index = 0; index < ARRIVALS.fromOneAddress.burst; index += 1) {
      expect(limits.enter(`2001:db8::${index.toString(16)}`, 0) !== undefined, String(index)).toBe(
        index < VISITORS.fromOneAddress,
      );
    }
    const flood = new VisitorLimits();
    for (let index = 0; index < 100_000; index += 1) {
      flood.enter(`10.${index & 255}.${(index >> 8) & 255}.7`, index)?.();
    }
    expect(flood.remembered).toBeLessThanOrEqual(1024);
  });
});
