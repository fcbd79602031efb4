// A sealed key: one signature, short, loud, and for nothing but what it was made for.
import { describe, expect, it } from 'vitest';
import { openBatch } from '../../src/approval/batch-opening.js';
import { sealObjection, staleSeal } from '../../src/approval/break-glass.js';
import { batchAsk, openingParts } from './batch-scene.js';
import { PEOPLE, type PersonPlan, Scene } from './scene.js';

const NIGHT: PersonPlan = {
  sealed: { accounts: ['dba'], servers: ['db2'] },
  notAfter: '2026-12-31',
};
const FIRE = 'the disk is full and nobody answers';

const open = (night: PersonPlan = NIGHT) => Scene.open({ ...PEOPLE, night });

async function broken(scene: Scene, reason: string | undefined = FIRE) {
  const request = await scene.request();
  return { request, said: await scene.say(request, 'night', 'approve', reason) };
}

describe('a sealed key', () => {
  it('is enough alone, once, and is loud', async () => {
    const scene = await open();
    expect((await broken(scene)).said).toBe('taken');
    expect(await scene.resolve({}, 'R7')).toMatchObject({
      kind: 'approved',
      approval: { request: 'A1', by: ['night'], isSealed: true, isUsed: true },
    });
    expect(scene.broken).toEqual(['db2']);
    expect(scene.warnings[0]).toContain('BREAK-GLASS');
    expect(scene.records).toMatchObject([
      { event: 'requested' },
      { event: 'approved', person: 'night', isSealed: true, reason: FIRE },
      { event: 'used', record: 'R7', isSealed: true },
    ]);
    expect((await scene.resolve()).kind).toBe('not-approved');
    expect(scene.broken).toHaveLength(1);
  });

  it('has minutes, and can be asked again after them', async () => {
    const scene = await open();
    await broken(scene);
    scene.nowMs += 299_999;
    expect((await scene.resolve({ command: 'COM_STMT_PREPARE' })).kind).toBe('approved');
    scene.nowMs += 1;
    const late = await scene.resolve();
    expect(late).toMatchObject({ kind: 'not-approved', approval: { request: 'A2' } });
    expect(late.approval.note).toContain('The time of A1 ran out');
    expect((await broken(scene)).said).toBe('taken');
    expect((await scene.resolve()).kind).toBe('approved');
    expect(scene.broken).toEqual(['db2']);
  });

  it('signs for the moment: a signature that was kept is not taken', async () => {
    const scene = await open();
    const request = await scene.request();
    const early = await scene.sign(request, 'night', { reason: FIRE });
    const people = await scene.sign(request, 'alice');
    scene.nowMs += request.breakGlassMs + 120_000;
    expect(await scene.approvals.submit(early)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('handed in within 5 min: sign again'),
    });
    // Nor by whoever can write a moment into the store.
    expect(staleSeal({ iat: 1000 }, request, 1_419_999)).toBeUndefined();
    expect(staleSeal({ iat: 1000 }, request, 1_420_000)).toBeDefined();
    expect((await scene.approvals.submit(people)).kind).toBe('taken');
    expect(await scene.say(request, 'night', 'approve', FIRE)).toBe('taken');
    expect((await scene.resolve()).kind).toBe('approved');
  });

  it('is not spoken of where enough people have signed', async () => {
    const scene = await open();
    const { request } = await broken(scene);
    for (const person of ['alice', 'bob']) await scene.say(request, person);
    scene.nowMs += 400_000;
    const standing = await scene.resolve();
    expect(standing.kind).toBe('approved');
    expect(standing.approval.isSealed).toBeUndefined();
    expect(scene.broken).toEqual([]);
  });

  it.each<[string, PersonPlan, string]>([
    [
      'another account',
      { ...NIGHT, sealed: { accounts: ['root'], servers: ['db2'] } },
      'account dba',
    ],
    [
      'another server',
      { ...NIGHT, sealed: { accounts: ['dba'], servers: ['db1'] } },
      'not for db2',
    ],
    ['the past', { ...NIGHT, notAfter: '2026-11-26' }, 'expired'],
    ['nobody any more', { ...NIGHT, revoked: '2026-11-27' }, 'revoked'],
  ])('for %s lets nothing pass', async (_, night, words) => {
    const scene = await open(night);
    expect((await broken(scene)).said).toContain(words);
    expect((await scene.resolve()).kind).toBe('not-approved');
  });

  it('says why, denies nothing, and adds nothing to people’s words', async () => {
    const scene = await open();
    const request = await scene.request();
    expect(await scene.say(request, 'night')).toBe('a sealed key needs a reason');
    expect(await scene.say(request, 'night', 'deny', FIRE)).toContain('only approves');
    const found = await scene.approvals.find('A1');
    expect(found).toMatchObject({ phase: 'gathering', signatures: [] });
  });

  it('counts no more once its entry is gone, whenever it signed', async () => {
    const scene = await open();
    await broken(scene);
    await scene.add('night', { ...NIGHT, revoked: '2026-11-27' });
    expect((await scene.resolve()).kind).toBe('not-approved');
  });

  it('signs for no restore', async () => {
    const scene = await open();
    const opened = await openBatch(openingParts(scene), batchAsk());
    if (opened.kind !== 'opened') throw new Error(opened.reason);
    const { request } = opened.assessment;
    expect(await scene.say(request, 'night', 'approve', FIRE)).toContain('a restore needs people');
    const seal = { accounts: ['dba'], servers: ['db2'] };
    expect(sealObjection(seal, request)).toContain('one statement');
  });

  it('needs no requester whom somebody knows, and no other may use it', async () => {
    const scene = await open({ ...NIGHT, sealed: { accounts: ['app'], servers: ['db2'] } });
    const request = await scene.request({ user: 'app' });
    expect(await scene.say(request, 'night', 'approve', FIRE)).toBe('taken');
    expect((await scene.resolve({ user: 'app' })).kind).toBe('approved');
    expect((await scene.resolve({ user: 'dba' })).kind).toBe('not-approved');
  });
});
