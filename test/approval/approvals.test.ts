import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EmbeddedStore } from '../../src/approval/embedded-store.js';
import { NOW_MS, rulesWith, Scene, type Statement } from './scene.js';

const SQL = 'DROP TABLE app.t';

async function approved(scene: Scene, statement: Statement = {}) {
  const request = await scene.request(statement);
  expect(await scene.say(request, 'alice')).toBe('taken');
  expect(await scene.say(request, 'bob')).toBe('taken');
  return request;
}

describe('approvals', () => {
  it('opens one request, and finds it again however the statement is written', async () => {
    const scene = await Scene.open();
    const first = await scene.resolve();
    expect(first).toEqual({
      kind: 'not-approved',
      approval: { request: 'A1', note: 'Missing: 0 of 2 approvals of dba or security.' },
    });
    expect(await scene.resolve({ sql: 'drop /* x */ table `app`.`t`;' })).toEqual(first);
    expect(scene.results).toEqual(['requested']);
    expect((await scene.request()).sizes).toEqual([{ object: 'app.t', rows: 7, bytes: 16_384 }]);
  });

  it('lets it pass once when enough have signed, and says so the second time', async () => {
    const scene = await Scene.open();
    await approved(scene);
    expect(await scene.resolve({}, 'R7')).toMatchObject({
      kind: 'approved',
      approval: { request: 'A1', by: ['alice', 'bob'], isUsed: true },
    });
    const again = await scene.resolve({}, 'R8');
    expect(again.approval.note).toContain('A1 was used at 20:00 UTC (record R7).');
    expect(again).toMatchObject({ kind: 'not-approved', approval: { request: 'A2' } });
    expect(scene.results).toEqual(['requested', 'approved', 'approved', 'used', 'requested']);
    expect(scene.records.map(({ event }) => event)).toEqual(scene.results);
    expect(JSON.stringify(scene.records)).not.toContain('eyJ');
  });

  it('lets one of many that race pass', async () => {
    const scene = await Scene.open();
    await approved(scene);
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => scene.resolve({}, `R${index}`)),
    );
    expect(all.filter(({ kind }) => kind === 'approved')).toHaveLength(1);
  });

  it.each<[string, Statement]>([
    ['another table', { sql: 'DROP TABLE app.u' }],
    ['another account', { user: 'root' }],
    ['another address', { address: '10.0.0.6' }],
    ['another server', { server: 'db1' }],
    ['another default schema', { database: 'app' }],
    ['more', { sql: `${SQL}; DELETE FROM app.u` }],
  ])('lets %s pass on no approval of it', async (_, other) => {
    const scene = await Scene.open();
    await approved(scene);
    expect(await scene.resolve(other)).toMatchObject({
      kind: 'not-approved',
      approval: { request: 'A2' },
    });
    expect((await scene.resolve()).kind).toBe('approved');
  });

  it('names the link that is worse, and takes one that is better', async () => {
    const scene = await Scene.open();
    await approved(scene, { link: 'armed' });
    for (const link of ['live', 'unknown'] as const) {
      const worse = await scene.resolve({ link });
      expect(worse.approval.note).toContain(
        `A1 no longer holds: db1 was armed when it was asked for and is ${link} now.`,
      );
    }
    expect((await scene.resolve({ link: 'armed' })).kind).toBe('approved');
  });

  it.each([
    ['{ count: 3, from: [dba, security] }', 'has become stricter'],
    ['{ count: 2, from: [security] }', 'has become stricter'],
    ['{ count: 2, from: [dba, security], onePerGroup: true }', 'has become stricter'],
  ])('names rules that ask for more: %s', async (stricter, words) => {
    const scene = await Scene.open();
    await approved(scene);
    const now = await scene.resolve({ rules: rulesWith(stricter) });
    expect(now.approval.note).toContain(`rule no-drop-while-linked ${words}`);
    expect(now.kind).toBe('not-approved');
  });

  it('takes rules that have become laxer', async () => {
    const scene = await Scene.open();
    const request = await scene.request();
    await scene.say(request, 'alice');
    const laxer = rulesWith('{ count: 1, from: [dba, security] }');
    expect((await scene.resolve({ rules: laxer })).kind).toBe('approved');
  });

  it('has two clocks: one to gather signatures, a short one to run the statement', async () => {
    const scene = await Scene.open();
    const request = await scene.request();
    await scene.say(request, 'alice');
    scene.nowMs = NOW_MS + 3_600_000 - 1;
    await scene.say(request, 'bob');
    scene.nowMs += 600_000;
    const late = await scene.resolve();
    expect(late).toMatchObject({ kind: 'not-approved', approval: { request: 'A2' } });
    expect(late.approval.note).toContain('The time of A1 ran out at 21:09 UTC.');
    const second = await scene.request();
    scene.nowMs += 3_600_000;
    expect(await scene.say(second, 'alice')).toMatch(/too late|is over/);
    scene.nowMs += 600_001;
    await scene.resolve();
    expect(scene.results.filter((result) => result === 'expired')).toHaveLength(2);
  });

  it('gives no more time for a signature more than was needed', async () => {
    const scene = await Scene.open({
      ...(await import('./scene.js')).PEOPLE,
      eve: { groups: ['dba'] },
    });
    const request = await approved(scene);
    scene.nowMs += 599_999;
    await scene.say(request, 'eve');
    scene.nowMs += 1;
    expect((await scene.resolve()).kind).toBe('not-approved');
  });

  it('counts a revoked key no more, whenever it signed', async () => {
    const scene = await Scene.open();
    await approved(scene);
    const entry = {
      ...scene.keys.get('bob')?.jwk,
      d: undefined,
      person: 'bob',
      groups: ['security'],
    };
    scene.write('bob.json', JSON.stringify({ keys: [{ ...entry, revoked: '2026-11-27' }] }));
    const now = await scene.resolve();
    expect(now.approval.note).toContain('1 of 2 approvals');
    expect(now.kind).toBe('not-approved');
  });

  it('asks for a requester whom somebody knows, unless the rule says otherwise', async () => {
    const scene = await Scene.open();
    const unknown = await scene.resolve({ user: 'app' });
    expect(unknown.approval.note).toContain(
      "requester unknown: no approver's entry lists the account app",
    );
    const any = rulesWith('{ count: 1, requester: any }');
    const request = await scene.request({ user: 'app', rules: any });
    await scene.say(request, 'alice');
    expect((await scene.resolve({ user: 'app', rules: any })).kind).toBe('approved');
  });

  it('refuses a new request when too many are open, and says so', async () => {
    const scene = await Scene.open();
    for (const name of ['a', 'b', 'c']) await scene.resolve({ sql: `DROP TABLE app.${name}` });
    expect(await scene.resolve()).toEqual({
      kind: 'not-approved',
      approval: { note: 'No request was opened: 3 of dba are open already.' },
    });
    expect((await scene.approvals.list()).map(({ request }) => request.id)).toEqual([
      'A1',
      'A2',
      'A3',
    ]);
  });

  it.each<[Statement, string]>([
    [{ sql: 'DROP TABLE t' }, 'its default schema is not known'],
    [{ sql: `${SQL}; SELECT '` }, 'is not closed'],
    [{ sql: 'DELETE FROM app.t WHERE 1 OR a = ?' }, 'has parameters'],
    [{ sql: `${SQL}${' '.repeat(40_000)}` }, 'longer than the 32 KiB'],
  ])('says why nobody can approve %j', async (statement, why) => {
    const scene = await Scene.open();
    const standing = await scene.resolve(statement);
    expect(standing.approval.note).toContain(why);
    expect(standing.approval.request).toBeUndefined();
  });

  it('takes what a session presents, and names what is wrong with it', async () => {
    const scene = await Scene.open();
    const request = await scene.request();
    const tokens = [await scene.sign(request, 'alice'), await scene.sign(request, 'bob')];
    expect((await scene.resolve({ tokens: tokens.slice(0, 1) })).approval.note).toContain('1 of 2');
    const other = await scene.resolve({ tokens, sql: 'DROP TABLE app.u' });
    expect(other.kind).toBe('not-approved');
    expect((await scene.resolve({ tokens })).kind).toBe('approved');
    const replay = await scene.resolve({ tokens });
    expect(replay.approval.note).toContain('A token was refused: its request has been used.');
    expect(scene.results).toContain('replayed');
  });

  it('lets a statement be prepared without taking its use', async () => {
    const scene = await Scene.open();
    await approved(scene);
    const prepared = await scene.resolve({ command: 'COM_STMT_PREPARE' });
    expect(prepared).toMatchObject({
      kind: 'approved',
      approval: { request: 'A1', by: ['alice', 'bob'] },
    });
    expect(prepared.approval.isUsed).toBeUndefined();
    expect((await scene.resolve({ command: 'COM_STMT_EXECUTE' })).approval.isUsed).toBe(true);
    expect((await scene.resolve({ command: 'COM_STMT_PREPARE' })).kind).toBe('not-approved');
  });

  it('approves nothing when the store or the approvers fail, and says so', async () => {
    const broken = await Scene.open(undefined, new EmbeddedStore('/dev/null/store.db'));
    const standing = await broken.resolve();
    expect(standing.kind).toBe('not-approved');
    expect(standing.approval.note).toMatch(/^Nothing can be approved: The store of approvals/);
    expect(broken.warnings).toHaveLength(1);
    const scene = await Scene.open();
    await approved(scene);
    writeFileSync(join(scene.folder, 'approvers', 'half.json'), '{ "keys": [');
    expect((await scene.resolve()).approval.note).toMatch(
      /the approvers cannot be read \(half.json/,
    );
  });
});
