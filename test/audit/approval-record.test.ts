import { expect, it } from 'vitest';
import { approvalEvidence } from '../../src/audit/approval-record.js';
import type { Decision } from '../../src/policy/verdict.js';

const DECISION: Decision = {
  verdict: 'permit',
  rule: 'r',
  wouldBe: 'require-approval',
  mode: 'enforce',
  matches: [],
  revision: 'x',
};

it('names the request and who signed, and nothing where there is no request', () => {
  const approval = { request: 'A1', by: ['alice'], isUsed: true, note: 'x' } as const;
  expect(approvalEvidence({ ...DECISION, approval })).toEqual({
    approval: { request: 'A1', by: ['alice'] },
  });
  expect(approvalEvidence({ ...DECISION, approval: { note: 'x' } })).toEqual({});
  expect(approvalEvidence(DECISION)).toEqual({});
});
