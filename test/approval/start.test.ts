import { expect, it } from 'vitest';
import { type StartOptions, startApprovals } from '../../src/approval/start.js';

function options(approvals: StartOptions['config']['approvals']) {
  const lines: string[] = [];
  const line = (_: object, message: string): void => void lines.push(message);
  const started: StartOptions = {
    config: approvals === undefined ? {} : { approvals },
    env: {},
    log: { info: line, error: line },
    clock: { now: () => 0, monotonic: () => 0 },
    audit: { append: () => Promise.resolve() },
    metrics: { approval: () => undefined, breakGlass: () => undefined },
    newRecordId: () => 'R1',
    sizes: () => Promise.resolve(new Map()),
  };
  return { lines, started };
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
  const { lines, started } = options({ approversPath: '/nowhere', store, ...LIMITS });
  await expect(startApprovals(started)?.list()).rejects.toThrow(/dev\/null/);
  expect(lines).toEqual(['nothing can be approved until its store can be used']);
});
