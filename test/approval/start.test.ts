import { expect, it } from 'vitest';
import { type StartOptions, startApprovals } from '../../src/approval/start.js';

function options(approvals: StartOptions['config']['approvals']) {
  const lines: string[] = [];
  const usable: boolean[] = [];
  const line = (_: object, message: string): void => void lines.push(message);
  const started: StartOptions = {
    config: approvals === undefined ? {} : { approvals },
    env: {},
    log: { info: line, error: line },
    clock: { now: () => 0, monotonic: () => 0 },
    audit: { append: () => Promise.resolve() },
    metrics: {
      approval: () => undefined,
      breakGlass: () => undefined,
      approvalStoreUsable: (isUsable) => void usable.push(isUsable),
    },
    newRecordId: () => 'R1',
    sizes: () => Promise.resolve(new Map()),
  };
  return { lines, usable, started };
}

const LIMITS = {
  gatherMs: 1,
  executeMs: 1,
  batchMs: 1,
  breakGlassMs: 1,
  openRequests: 1,
  openRequestsPerAccount: 1,
};

it('has none where none are configured', () => {
  const { lines, started } = options(undefined);
  expect(startApprovals(started)).toBeUndefined();
  expect(lines).toEqual([]);
});

it('says that a store cannot be used, and starts all the same', async () => {
  const store = { kind: 'file', file: '/dev/null/store.db' } as const;
  const { lines, usable, started } = options({ approversPath: '/nowhere', store, ...LIMITS });
  const approvals = startApprovals(started);
  await expect(approvals?.list()).rejects.toThrow(/dev\/null/);
  expect(lines).toEqual(['nothing can be approved until its store can be used']);
  expect(new Set(usable)).toEqual(new Set([false]));
  await approvals?.close();
});
