import { describe, expect, it } from 'vitest';
import { openBatch } from '../../src/approval/batch-opening.js';
import { ruleSetOf } from '../policy/facts.js';
import { batchAsk, openingParts, RESTORE } from './batch-scene.js';
import { Scene, type Statement } from './scene.js';

async function opened(
  ask: ReturnType<typeof batchAsk>,
  statement: Pick<Statement, 'link' | 'rules'> = {},
) {
  const scene = await Scene.open();
  return await openBatch(openingParts(scene, statement), ask);
}

const ALWAYS = ruleSetOf(`
rules:
  - { id: always, title: Any drop, match: { effect: [drop-table] }, verdict: require-approval }
  - { id: never, title: Histories, match: { effect: [destroy-history] }, verdict: deny }
`);

describe('a restore that is asked for', () => {
  it('lists what rules leave to people, and nothing else', async () => {
    const sqls = [...RESTORE, RESTORE[0] ?? '', 'DROP VIEW app.w'];
    const { kind, ...rest } = await opened(batchAsk(sqls));
    expect(kind).toBe('opened');
    expect(rest).toMatchObject({
      assessment: {
        phase: 'gathering',
        request: {
          kind: 'batch',
          uses: 3,
          requester: { user: 'dba', address: '*' },
          reach: [{ server: 'db1', state: 'live' }],
          rules: [{ rule: 'no-drop-while-linked', count: 2 }],
          items: [
            { effect: 'drop-table', schema: 'app', name: 't', count: 2 },
            { effect: 'drop-table', schema: 'app', name: 'u', count: 1 },
          ],
        },
      },
    });
  });

  it('finds the same request for the same dump', async () => {
    const scene = await Scene.open();
    const parts = openingParts(scene);
    const first = await openBatch(parts, batchAsk());
    expect(await openBatch(parts, batchAsk())).toEqual(first);
    expect(await openBatch(parts, batchAsk(RESTORE.slice(1)))).not.toEqual(first);
  });

  it.each<[string, Partial<ReturnType<typeof batchAsk>>, string]>([
    ['nobody is accepted', { accept: [] }, '--accept-reach db1'],
    ['another is accepted', { accept: ['db3'] }, 'it would reach db1 (live) too'],
    ['one too many is accepted', { accept: ['db1', 'db3'] }, 'it would not reach db3'],
  ])('says who follows when %s', async (_, more, words) => {
    const answer = await opened(batchAsk(RESTORE, more));
    expect(answer).toMatchObject({ kind: 'refused', reason: expect.stringContaining(words) });
  });

  it('needs nothing while nobody follows, if the rules say so', async () => {
    expect(await opened(batchAsk(RESTORE, { accept: [] }), { link: 'severed' })).toMatchObject({
      kind: 'nothing',
      reason: expect.stringContaining('it passes as it is'),
    });
  });

  it('holds only while nobody follows, where rules ask all the same', async () => {
    const answer = await opened(batchAsk(RESTORE, { accept: [] }), { rules: ALWAYS });
    expect(answer).toMatchObject({ kind: 'opened', assessment: { request: { reach: [] } } });
  });

  it('names what no approval could let pass', async () => {
    const answer = await opened(batchAsk([...RESTORE, 'RESET MASTER']), { rules: ALWAYS });
    expect(answer).toMatchObject({
      kind: 'refused',
      details: ['line 12: RESET MASTER: rule never'],
    });
  });

  it('names what cannot be listed', async () => {
    expect(await opened(batchAsk(['DROP TABLE t']))).toMatchObject({
      kind: 'refused',
      details: ['line 10: its default schema is not known'],
    });
  });

  it('opens nothing while the server does not answer', async () => {
    const parts = openingParts(await Scene.open());
    const silent = { ...parts, topology: { anew: async () => undefined } };
    expect(await openBatch(silent, batchAsk())).toMatchObject({ kind: 'refused' });
  });
});
