import { expect, it } from 'vitest';
import { storeFindings } from '../../src/doctor/store-findings.js';

it('finds a store that cannot be used, and one that could forget', () => {
  const found = storeFindings([
    { kind: 'fine', message: 'has store S1' },
    { kind: 'risky', message: 'sync_binlog is 0', mend: 'set it' },
    { kind: 'unfit', message: 'it is read-only' },
    { kind: 'unreachable', message: 'connect ECONNREFUSED' },
  ]);
  expect(found.map(({ id, severity, message }) => [id, severity, message])).toEqual([
    ['approvals-store', 'warning', 'sync_binlog is 0'],
    ['approvals-store', 'error', 'it is read-only'],
    ['approvals-store', 'error', 'connect ECONNREFUSED'],
  ]);
  expect(found[0]?.mend).toBe('set it');
});
