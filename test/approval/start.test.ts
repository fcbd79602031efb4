import { expect, it } from 'vitest';
import { startApprovals } from '../../src/approval/start.js';

function recordedLog() {
  const lines: string[] = [];
  const line = (_: object, message: string): void => void lines.push(message);
  return { lines, info: line, error: line };
}

const LIMITS = { gatherMs: 1, executeMs: 1, openRequests: 1, openRequestsPerAccount: 1 };

it('has none where none are configured', () => {
  const log = recordedLog();
  expect(startApprovals({}, log)).toBeUndefined();
  expect(log.lines).toEqual([]);
});

it('says that a store cannot be used, and starts all the same', async () => {
  const log = recordedLog();
  const store = { kind: 'file', file: '/dev/null/store.db' } as const;
  const approvals = { approversPath: '/nowhere', store, ...LIMITS };
  const started = startApprovals({ approvals }, log);
  await expect(started?.identity()).rejects.toThrow(/dev\/null/);
  expect(log.lines).toEqual(['nothing can be approved until its store can be used']);
});
