// How several workers' numbers become one.
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { counter, gauge, sumGauge } from '../../src/admin/instruments.js';

describe('instruments', () => {
  it('show the worst state and the sum of counts of several workers', async () => {
    const workers = [1, 3].map((value) => {
      const registry = new Registry();
      gauge(registry, 'state', 'State.').set(value);
      sumGauge(registry, 'number', 'Number.').set(value);
      counter(registry, 'events_total', 'Events.').inc(value);
      return registry;
    });
    const parts = await Promise.all(workers.map((registry) => registry.getMetricsAsJSON()));
    const { AggregatorRegistry } = await import('prom-client');
    const text = await AggregatorRegistry.aggregate(parts).metrics();
    expect(text).toContain('interlock_state 3\n');
    expect(text).toContain('interlock_number 4\n');
    expect(text).toContain('interlock_events_total 4\n');
  });
});
