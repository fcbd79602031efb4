import { expect, it } from 'vitest';
import type { ApprovalsConfig } from '../../src/config/config.js';
import { ruleFindings } from '../../src/doctor/rule-findings.js';
import { ruleSetOf } from '../policy/facts.js';
import { factsWith } from './facts.js';

const setOf = (rule: string) => ruleSetOf(`rules:\n  - { id: r, title: t, owner: o, ${rule} }\n`);

const facts = new Map([['db1', factsWith()]]);
const approvals: ApprovalsConfig = {
  approversPath: '/a',
  store: { kind: 'file', file: '/s' },
  gatherMs: 1,
  executeMs: 1,
  batchMs: 1,
  breakGlassMs: 1,
  openRequests: 1,
  openRequestsPerAccount: 1,
};
const DROP = 'match: { effect: [drop-table] }';

it('says that nobody can approve where nothing is configured for it', () => {
  const asking = setOf(`${DROP}, verdict: require-approval`);
  expect(ruleFindings(asking, {}, facts)).toMatchObject([{ id: 'rule', severity: 'info' }]);
  expect(ruleFindings(asking, { approvals }, facts)).toEqual([]);
});

it('says where sizes that a rule asks for cannot be seen', () => {
  const sized = setOf('match: { effect: [drop-table], rows: ">1000" }, verdict: deny');
  expect(ruleFindings(sized, {}, facts)[0]?.message).toContain('r ask for sizes');
  const seeing = new Map([['db1', factsWith({ ownRights: ['SELECT'] })]]);
  expect(ruleFindings(sized, {}, seeing)).toEqual([]);
});

it('says nothing of a rule that is off', () => {
  const off = setOf('match: { effect: [drop-table], rows: ">1" }, verdict: deny, mode: off');
  expect(ruleFindings(off, {}, facts)).toEqual([]);
});
