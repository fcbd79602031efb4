import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { openBatch } from '../../src/approval/batch-opening.js';
import { renderBatch } from '../../src/cli/batch-view.js';
import { approvedBatch, batchAsk, openingParts } from './batch-scene.js';
import { asked, rulesWith, Scene, type Statement } from './scene.js';

const T = 'DROP TABLE IF EXISTS app.t';

describe('an approved restore', () => {
  it('lets each listed statement pass in one session, as often as it is listed', async () => {
    const scene = await Scene.open();
    const { id } = await approvedBatch(scene, [T, T, 'DROP TABLE IF EXISTS app.u']);
    const passed = { kind: 'approved', approval: { request: id, by: ['alice', 'bob'] } };
    expect(await scene.resolve({ sql: T }, 'R1')).toMatchObject(passed);
    expect(await scene.resolve({ sql: 'drop table if exists `app`.`t`' }, 'R2')).toMatchObject(
      passed,
    );
    const spent = await scene.resolve({ sql: T });
    expect(spent.kind).toBe('not-approved');
    expect(spent.approval.note).toContain(
      `${id} has nothing left of DROP TABLE app.t (2 of 2 used)`,
    );
    expect(await scene.resolve({ sql: 'DROP TABLE app.u' }, 'R3')).toMatchObject(passed);
    const over = await scene.resolve({ sql: 'DROP TABLE app.u' });
    expect(over.approval.note).toContain(`${id} was used at 20:00 UTC (record R3).`);
    // Told once, however many statements there are.
    expect(scene.results.filter((result) => result === 'used')).toHaveLength(1);
  });

  it.each<[string, Statement, string]>([
    ['another table', { sql: 'DROP TABLE app.v' }, 'does not list DROP TABLE app.v'],
    ['one more table', { sql: `${T}, app.v` }, 'does not list DROP TABLE app.v'],
    ['another effect', { sql: 'DELETE FROM app.t' }, 'does not list DELETE app.t'],
    ['another address', { sql: T, address: '10.0.0.6' }, 'is for dba at 10.0.0.5'],
    ['a worse link', { sql: T, link: 'unknown' }, 'no longer holds: db1 was live'],
    [
      'a stricter rule',
      { sql: T, rules: rulesWith('{ count: 3, from: [dba, security] }') },
      'no longer holds: rule no-drop-while-linked has become stricter',
    ],
  ])('refuses %s, and says how it differs', async (_, statement, words) => {
    const scene = await Scene.open();
    const { id } = await approvedBatch(scene, undefined, { client: '10.0.0.5' });
    const standing = await scene.resolve(statement);
    expect(standing.kind).toBe('not-approved');
    expect(standing.approval.note).toContain(`${id} ${words}`);
    expect((await scene.resolve({ sql: T })).kind).toBe('approved');
  });

  it('is the first session’s that uses it', async () => {
    const scene = await Scene.open();
    const { id } = await approvedBatch(scene);
    expect((await scene.resolve({ sql: T, session: 7 })).kind).toBe('approved');
    const other = await scene.resolve({ sql: 'DROP TABLE app.u', session: 8 });
    expect(other.approval.note).toContain(`${id} is in use by session 7`);
    expect((await scene.resolve({ sql: 'DROP TABLE app.u', session: 7 })).kind).toBe('approved');
  });

  it('gives nothing to another account or server', async () => {
    const scene = await Scene.open();
    const { id } = await approvedBatch(scene);
    for (const other of [{ user: 'root' }, { server: 'db1' }]) {
      const standing = await scene.resolve({ sql: T, ...other });
      expect(standing.kind).toBe('not-approved');
      expect(standing.approval.request).not.toBe(id);
    }
  });

  it('has to begin soon, and may go on for as long as was signed', async () => {
    const scene = await Scene.open();
    await approvedBatch(scene);
    scene.nowMs += 599_999;
    expect((await scene.resolve({ sql: T })).kind).toBe('approved');
    scene.nowMs += 7_199_999;
    expect((await scene.resolve({ sql: 'DROP TABLE app.u' }, 'R2')).kind).toBe('approved');
    const late = await Scene.open();
    const { id } = await approvedBatch(late);
    late.nowMs += 600_000;
    const standing = await late.resolve({ sql: T });
    expect(standing.kind).toBe('not-approved');
    expect(standing.approval.note).toContain(`The time of ${id} ran out`);
  });

  it('waits for signatures under its own id', async () => {
    const scene = await Scene.open();
    const request = await approvedBatch(await Scene.open());
    expect(request.uses).toBe(2);
    await openBatch(openingParts(scene), batchAsk());
    expect(await scene.resolve({ sql: T })).toEqual({
      kind: 'not-approved',
      approval: { request: 'A1', note: 'Missing: 0 of 2 approvals of dba or security.' },
    });
  });

  it('takes no use of a statement that is only prepared', async () => {
    const scene = await Scene.open();
    await approvedBatch(scene, [T]);
    const prepared = { sql: T, command: 'COM_STMT_PREPARE' } as const;
    expect((await scene.resolve(prepared)).approval.isUsed).toBeUndefined();
    expect((await scene.resolve({ sql: T })).approval.isUsed).toBe(true);
  });

  it('gives each part of its list to one of all that race for it', async () => {
    const scene = await Scene.open();
    await approvedBatch(scene);
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, n) => scene.resolve({ sql: T, session: 7 }, `R${n}`)),
    );
    expect(all.filter(({ kind }) => kind === 'approved')).toHaveLength(1);
  });

  it('shows the text that names do not say in full, and lets no other pass', async () => {
    const scene = await Scene.open();
    const sql = 'CREATE PROCEDURE app.p() DELETE FROM app.t';
    const request = await approvedBatch(scene, [sql]);
    const shown = 'CREATE PROCEDURE `app`.`p` ( ) DELETE FROM `app`.`t`';
    expect(renderBatch(request, scene.nowMs)).toContain(`\n        ${shown}\n`);
    const other = 'CREATE PROCEDURE app.p() BEGIN DELETE FROM app.t; SET @x = 1; END';
    expect((await scene.resolve({ sql: other })).approval.note).toContain('does not list');
    expect((await scene.resolve({ sql })).kind).toBe('approved');
  });

  it('lets nothing pass of which only the beginning is known', async () => {
    const scene = await Scene.open();
    const sql = 'CREATE PROCEDURE app.p() DELETE FROM app.t';
    await approvedBatch(scene, [sql]);
    const whole = asked({ sql });
    const streamed = { ...whole, question: { ...whole.question, isStreamed: true } as const };
    expect((await scene.approvals.resolve(streamed, 'R1')).approval.note).toContain('16 MiB');
    expect((await scene.approvals.resolve(whole, 'R2')).kind).toBe('approved');
  });

  it('lets nothing pass on words that its digest is not of', async () => {
    const scene = await Scene.open();
    const sql = 'CREATE PROCEDURE app.p() DELETE FROM app.t';
    const opened = await openBatch(openingParts(scene), batchAsk([sql]));
    if (opened.kind !== 'opened' || opened.assessment.request.kind !== 'batch')
      throw new Error('x');
    // Whoever may write to the store changes what people will be shown.
    const { request, stored } = opened.assessment;
    const items = request.items.map((item) => ({ ...item, words: ['SELECT 1'] }));
    const db = new Database(join(scene.folder, 'store.db'));
    const body = JSON.stringify({ ...request, items });
    db.prepare('UPDATE requests SET body = ? WHERE id = ?').run(body, stored.id);
    db.close();
    for (const person of ['alice', 'bob']) {
      expect(await scene.say({ ...request, items }, person)).toBe('taken');
    }
    expect((await scene.resolve({ sql })).kind).toBe('not-approved');
  });
});
