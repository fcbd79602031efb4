import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkApprovers } from '../../src/approval/check-approvers.js';
import { NOW_MS, type PersonPlan, rulesWith, Scene } from './scene.js';

const GUARDED = {
  name: 'db1',
  listen: [{ kind: 'tcp', host: 'h', port: 2 } as const],
};

async function found(people: Readonly<Record<string, PersonPlan>>, approvals?: string) {
  const scene = await Scene.open(people);
  const config = {
    file: '/interlock.yaml',
    servers: [GUARDED],
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
  expect(await checkApprovers({ file: 'x', servers: [] }, rulesWith().rules, NOW_MS)).toEqual([]);
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

it('warns of a sealed key that would not open, and of no other', async () => {
  const people = { alice: { groups: ['dba'] }, bob: { groups: ['security'] } };
  const sealed = { accounts: ['dba'], servers: ['db1'] };
  const ends = '2026-12-31';
  expect(await found({ ...people, night: { sealed, notAfter: ends } })).toEqual([]);
  expect(await found({ ...people, night: { sealed, notAfter: '2026-11-01' } })).toEqual([
    'warning: the sealed key night has ended: seal a new one',
  ]);
  const elsewhere = { sealed: { ...sealed, servers: ['db1', 'db7'] }, notAfter: ends };
  expect(await found({ ...people, night: elsewhere })).toEqual([
    'warning: the sealed key night is for db7, and no guarded server is',
  ]);
  expect(await found({ ...people, night: { ...elsewhere, revoked: '2026-11-01' } })).toEqual([]);
  // It is nobody's word: a rule still lacks one.
  const { bob: _, ...one } = people;
  expect(await found({ ...one, night: { sealed, notAfter: ends } })).toHaveLength(1);
});
