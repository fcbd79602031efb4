import { expect, it } from 'vitest';
import { situationOf } from '../../src/approval/request.js';
import { askPeople, type SettleAs } from '../../src/gateway/ask-people.js';
import { asked, rulesWith } from '../approval/scene.js';

const settleAs: SettleAs = ({ accept }) => ({ ...accept(asked()), isInFlight: true });
const judged = { ...asked(), recordId: 'R1', arrivedMs: 0, isInFlight: false, settleAs };
const ruleSet = () => rulesWith();
const signed = situationOf(judged);
const approvals = {
  resolve: async () =>
    ({ kind: 'approved', approval: { request: 'A1', by: ['alice'] }, signed }) as const,
};

it('lets what was signed for pass, and nothing else', async () => {
  const { decision, isInFlight } = await askPeople({ approvals, ruleSet }, judged);
  expect(decision).toMatchObject({ verdict: 'permit', wouldBe: 'require-approval' });
  // From here on its links are watched.
  expect(isInFlight).toBe(true);
  const denied = { ...judged, decision: { ...judged.decision, verdict: 'deny' } as const };
  expect((await askPeople({ approvals, ruleSet }, denied)).decision).toBe(denied.decision);
  expect((await askPeople({ ruleSet }, judged)).decision).toBe(judged.decision);
});

it('approves nothing on a picture from before the statement came', async () => {
  const { decision } = await askPeople({ approvals, ruleSet }, { ...judged, arrivedMs: 11 });
  expect(decision).toMatchObject({
    verdict: 'require-approval',
    approval: { note: expect.stringContaining('looked at anew') },
  });
});

it('lets nothing pass whose links have got worse while the use was taken, and says that it is gone', async () => {
  const worse: SettleAs = ({ accept }) => ({
    ...accept(asked({ link: 'unknown' })),
    isInFlight: false,
  });
  const used = {
    resolve: async () =>
      ({
        kind: 'approved',
        approval: { request: 'A1', by: ['alice'], isUsed: true },
        signed,
      }) as const,
  };
  const { decision } = await askPeople(
    { approvals: used, ruleSet },
    { ...judged, settleAs: worse },
  );
  expect(decision).toMatchObject({
    verdict: 'require-approval',
    approval: { note: 'The approval A1 is used up.' },
  });
});
