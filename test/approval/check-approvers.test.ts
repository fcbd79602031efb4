import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkApprovers } from '../../src/approval/check-approvers.js';
import { NOW_MS, type PersonPlan, rulesWith, Scene } from './scene.js';

async function found(people: Readonly<Record<string, PersonPlan>>, approvals?: string) {
  const scene = await Scene.open(people);
  const config = {
    file: '/interlock.yaml',
    approvals: {
      approversPath: join(scene.folder, 'approvers'),
      store: { kind: 'file', file: '/x' } as const,
      ...{
        gatherMs: 1,
        executeMs: 1,
        batchMs: 1,
        breakGlassMs: 1,
        openRequests: 1,
        openRequestsPerAccount: 1,
      },
    },
  };
  const diagnostics = await checkApprovers(config, rulesWith(approvals).rules, NOW_MS);
  return diagnostics.map(({ severity, message }) => `${severity}: ${message}`);
}

it('finds nothing wrong where enough people have keys, or nothing is configured', async () => {
  expect(await found({ alice: { groups: ['dba'] }, bob: { groups: ['security'] } })).toEqual([]);
  expect(await checkApprovers({ file: 'x' }, rulesWith().rules, NOW_MS)).toEqual([]);
});

it('warns of rules that too few could approve', async () => {
  const expired = { groups: ['security'], notAfter: '2026-11-01' };
  expect(await found({ alice: { groups: ['dba'] }, bob: expired })).toEqual([
    'warning: no-drop-while-linked asks for 2 approvals of dba or security, and 1 person has a valid key for that',
  ]);
  const each = '{ count: 2, from: [dba, security], onePerGroup: true }';
  expect(await found({ alice: { groups: ['dba'] }, dan: { groups: ['dba'] } }, each)).toEqual([
    'warning: no-drop-while-linked asks for one approval of each group, and nobody is in security',
  ]);
});

it('fails where the approvers cannot be read', async () => {
  expect(await found({})).toEqual([expect.stringMatching(/^error: the approvers cannot be read/)]);
});
