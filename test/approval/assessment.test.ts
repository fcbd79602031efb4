import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { loadApprovers } from '../../src/approval/approvers.js';
import { assess } from '../../src/approval/assessment.js';
import { approvedBatch, RESTORE } from './batch-scene.js';
import { NOW_MS, Scene, type Statement } from './scene.js';

it('believes no row of the store without its signatures', async () => {
  const scene = await Scene.open();
  const request = await scene.request();
  await scene.say(request, 'alice');
  const found = await scene.approvals.find('A1');
  const approvers = await loadApprovers(`${scene.folder}/approvers`);
  if (found === undefined) throw new Error('A1 is there');
  const { stored } = found;
  const [alices] = stored.tokens;
  if (alices === undefined) throw new Error('alice has signed');
  const by = { approvers, nowMs: NOW_MS, storeId: request.store };
  // Somebody who writes to the store puts another name to her token, or text of their own.
  const forged = [
    alices,
    { ...alices, id: 'x', person: 'bob' },
    { ...alices, id: 'y', token: 'a.b.c' },
  ];
  const assessed = await assess({ ...stored, tokens: forged }, by);
  expect(assessed?.quorum.missing).toEqual(['1 of 2 approvals of dba or security']);
  const other = stored.body.replace('"app"', '"xyz"');
  expect(await assess({ ...stored, body: other }, by)).toBeUndefined();
  const later = stored.body.replace('"executeMs":600000', '"executeMs":600001');
  expect(later).not.toBe(stored.body);
  expect((await assess({ ...stored, body: later }, by))?.signatures).toEqual([]);
  expect(await assess({ ...stored, body: '{}' }, by)).toBeUndefined();
  expect(await assess({ ...stored, id: 'A2' }, by)).toBeUndefined();
});

/** What somebody does who may write to the store, and has no key. */
function write(scene: Scene, sql: string, ...values: readonly (string | number)[]): void {
  const db = new Database(join(scene.folder, 'store.db'));
  expect(db.prepare(sql).run(...values).changes).toBeGreaterThan(0);
  db.close();
}

describe('whoever may write to the store, and has no key,', () => {
  const CLEANUP = { sql: 'DROP TABLE app.t' };
  const WORSE = { sql: 'DROP TABLE app.customers' };

  it.each<[string, Statement]>([
    ['another statement', WORSE],
    ['another account', { ...CLEANUP, user: 'root' }],
    ['another server', { ...CLEANUP, server: 'db1' }],
  ])('puts no approval in the place of %s’s', async (_, other) => {
    const scene = await Scene.open();
    const request = await scene.request(CLEANUP);
    for (const person of ['alice', 'bob']) await scene.say(request, person);
    const theirs = await scene.request(other);
    const kept = (await scene.approvals.find(theirs.id))?.stored.fingerprint ?? '';
    write(scene, `UPDATE requests SET fingerprint = ? WHERE id = ?`, kept, request.id);
    expect((await scene.resolve(other)).kind).toBe('not-approved');
    expect(await scene.approvals.find(request.id)).toBeUndefined();
  });

  it('hands no restore to another account', async () => {
    const scene = await Scene.open();
    const { id } = await approvedBatch(scene);
    const other = await approvedBatch(scene, RESTORE, { user: 'app' });
    const kept = (await scene.approvals.find(other.id))?.stored.fingerprint ?? '';
    write(scene, `UPDATE requests SET state = 'denied' WHERE id = ?`, other.id);
    write(scene, `UPDATE requests SET fingerprint = ? WHERE id = ?`, kept, id);
    const [sql = ''] = RESTORE;
    expect((await scene.resolve({ sql, user: 'app' })).kind).toBe('not-approved');
  });

  it('gives no signature more time than was signed', async () => {
    const scene = await Scene.open();
    const request = await scene.request(CLEANUP);
    for (const person of ['alice', 'bob']) await scene.say(request, person);
    scene.nowMs = request.gatherUntilMs + request.executeMs;
    write(scene, 'UPDATE tokens SET added_ms = ?', scene.nowMs);
    write(scene, 'UPDATE requests SET ends_ms = ?', scene.nowMs + 1_000_000);
    expect((await scene.resolve(CLEANUP)).kind).toBe('not-approved');
    expect((await scene.approvals.find(request.id))?.signatures).toEqual([]);
  });

  it('gives no restore more time than was signed', async () => {
    const scene = await Scene.open();
    const request = await approvedBatch(scene);
    const [first = '', second = ''] = RESTORE;
    expect((await scene.resolve({ sql: first })).kind).toBe('approved');
    scene.nowMs += request.executeMs + request.runMs;
    write(scene, 'UPDATE holds SET since_ms = ?', scene.nowMs);
    write(scene, 'UPDATE requests SET ends_ms = ?', scene.nowMs + 1_000_000);
    expect((await scene.resolve({ sql: second })).kind).toBe('not-approved');
  });

  it('brings nothing over from another store', async () => {
    const scene = await Scene.open();
    const request = await scene.request(CLEANUP);
    for (const person of ['alice', 'bob']) await scene.say(request, person);
    write(scene, `UPDATE meta SET value = 'another' WHERE name = 'id'`);
    const again = Scene.on(scene);
    expect(await again.resolve(CLEANUP)).toMatchObject({
      kind: 'not-approved',
      approval: { note: expect.stringContaining('ended when the store was put back') },
    });
    expect((await again.approvals.find(request.id))?.phase).toBe('restored');
    expect(await again.say(request, 'alice')).toMatch(/put back from a copy/);
  });
});
