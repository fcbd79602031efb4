// The head of the chain as a scraper keeps it.
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { AuditMetrics } from '../../src/admin/audit-metrics.js';

it('counts records and shows the head exactly', async () => {
  const registry = new Registry();
  const metrics = new AuditMetrics(registry);
  metrics.record();
  metrics.writeFailed();
  metrics.tailLost(3);
  metrics.head(7, 2 ** 52 - 1);
  const page = await registry.metrics();
  expect(page).toContain('interlock_audit_records_total 1');
  expect(page).toContain('interlock_audit_write_failures_total 1');
  expect(page).toContain('interlock_audit_lost_records_total 3');
  expect(page).toContain('interlock_audit_head_record 7');
  expect(page).toContain('interlock_audit_head_hash 4503599627370495');
});
