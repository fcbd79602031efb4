import { expect, it } from 'vitest';
import { situationOf } from '../../src/approval/request.js';
import { askPeople } from '../../src/gateway/ask-people.js';
import { asked, rulesWith } from '../approval/scene.js';

const judged = { ...asked(), recordId: 'R1', arrivedMs: 0 };
const ruleSet = () => rulesWith();
const signed = situationOf(judged);
const approvals = {
  resolve: async () =>
    ({ kind: 'approved', approval: { request: 'A1', by: ['alice'] }, signed }) as const,
};

it('lets what was signed for pass, and nothing else', async () => {
  const decision = await askPeople({ approvals, ruleSet }, judged);
  expect(decision).toMatchObject({ verdict: 'permit', wouldBe: 'require-approval' });
  const denied = { ...judged, decision: { ...judged.decision, verdict: 'deny' } as const };
  expect(await askPeople({ approvals, ruleSet }, denied)).toBe(denied.decision);
  expect(await askPeople({ ruleSet }, judged)).toBe(judged.decision);
});

it('approves nothing on a picture from before the statement came', async () => {
  const decision = await askPeople({ approvals, ruleSet }, { ...judged, arrivedMs: 11 });
  expect(decision).toMatchObject({
    verdict: 'require-approval',
    approval: { note: expect.stringContaining('looked at anew') },
  });
});
