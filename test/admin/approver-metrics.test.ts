import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { ADMIN_RESULTS, ApproverMetrics } from '../../src/admin/approver-metrics.js';

it('counts requests by how they ended, every series from the start', async () => {
  const registry = new Registry();
  const metrics = new ApproverMetrics(registry);
  metrics.request('served');
  const [metric] = await registry.getMetricsAsJSON();
  expect(metric?.values.map(({ labels, value }) => [labels.result, value])).toEqual(
    ADMIN_RESULTS.map((result) => [result, result === 'served' ? 1 : 0]),
  );
});
