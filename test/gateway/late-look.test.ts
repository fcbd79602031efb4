import { expect, it } from 'vitest';
import { situationOf } from '../../src/approval/request.js';
import type { Standing } from '../../src/approval/standing.js';
import { LATE_MS, lookingAgain } from '../../src/gateway/late-look.js';
import type { LinkState, Picture } from '../../src/topology/snapshot.js';
import { asked } from '../approval/scene.js';

const statement = asked({ link: 'armed' });
const { picture } = statement.facts;
if (picture === undefined) throw new Error('it has a picture');
const approved: Standing = {
  kind: 'approved',
  approval: { request: 'A1', by: ['alice'], isUsed: true },
  signed: situationOf(statement),
};

function resolved(
  standing: Standing,
  { tookMs, link }: { readonly tookMs: number; readonly link?: LinkState },
) {
  const looks: number[] = [];
  const nowMs = picture ? picture.askedAtMonotonicMs + tookMs : 0;
  const anew = async (sinceMs: number): Promise<Picture | undefined> => {
    looks.push(sinceMs);
    return link && asked({ link }).facts.picture;
  };
  const clock = { monotonic: () => nowMs };
  const approvals = lookingAgain({ resolve: async () => standing }, { topology: { anew }, clock });
  return approvals.resolve(statement, 'R1').then((then) => ({ then, looks, nowMs }));
}

it('looks once where the use was taken at once', async () => {
  const { then, looks } = await resolved(approved, { tookMs: LATE_MS, link: 'live' });
  expect(then).toBe(approved);
  expect(looks).toEqual([]);
});

it('looks again after a slow store, from that moment on', async () => {
  for (const link of ['severed', 'armed'] as const) {
    const { then, looks, nowMs } = await resolved(approved, { tookMs: LATE_MS + 1, link });
    expect(then).toBe(approved);
    expect(looks).toEqual([nowMs]);
  }
});

it('refuses what got worse meanwhile, and says that the use is gone', async () => {
  const { then } = await resolved(approved, { tookMs: 9000, link: 'live' });
  expect(then).toEqual({
    kind: 'not-approved',
    approval: {
      note:
        'The approval A1 is used up: its store was slow, and meanwhile db1 was armed when it was ' +
        'asked for and is live now.',
    },
  });
});

it('refuses where nobody can say how the links are now', async () => {
  const { then } = await resolved(approved, { tookMs: 9000 });
  expect(then.kind).toBe('not-approved');
  expect(then.approval.note).toContain('could not be looked at again');
});

it('makes nothing of what is not approved', async () => {
  const waiting: Standing = { kind: 'not-approved', approval: { request: 'A1', note: 'x' } };
  const { then, looks } = await resolved(waiting, { tookMs: 9000, link: 'severed' });
  expect(then).toBe(waiting);
  expect(looks).toEqual([]);
});
