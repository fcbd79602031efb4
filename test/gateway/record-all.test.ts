// In a session that a sealed key has opened everything is on disk before it is forwarded.
import { describe, expect, it } from 'vitest';
import { decisionIn, permitOf, questionOf, refusalOf, sceneOf, severed } from './guard-parts.js';

const text = Buffer.from("SELECT 'secret' FROM app.t");
const harmless = questionOf({
  payload: Buffer.concat([Buffer.from([3]), text]),
  text,
  facts: { effects: [], statements: [] },
  breakGlass: 'A1',
});

describe('a statement that nothing guards, where a sealed key has opened the glass', () => {
  it('is recorded with its outcome, its literals masked, and nobody is asked for it', async () => {
    const scene = sceneOf();
    const { recordId, breakGlass } = await permitOf(scene, harmless);
    expect(scene.events).toEqual(['record decision']);
    expect(decisionIn(scene)).toMatchObject({
      ...{ id: recordId, verdict: 'permit', rule: 'none', effects: [], breakGlass: 'A1' },
      statement: 'SELECT ? FROM app.t',
    });
    expect(breakGlass).toBeUndefined();
    scene.guard.answered(recordId, { kind: 'ok' });
    await scene.settled();
    expect(scene.records.map(({ kind }) => kind)).toEqual(['decision', 'outcome']);
    expect(await scene.metrics()).toMatch(/statements_total\{.*effect="none".*\} 1/);
  });

  it('does not run when it cannot be written down', async () => {
    const { message } = await refusalOf(sceneOf({ refusal: 'no space left' }), harmless);
    expect(message).toContain('Rule built-in-audit-unavailable.');
  });

  it('is not recorded in any other session', async () => {
    const { breakGlass: _, ...plain } = harmless;
    const scene = sceneOf();
    await permitOf(scene, { ...plain, commits: true });
    expect(scene.records).toEqual([]);
  });

  it('says so of what is guarded too', async () => {
    const scene = sceneOf({ fresh: severed });
    await permitOf(scene, { ...questionOf(), breakGlass: 'A1' });
    expect(decisionIn(scene)).toMatchObject({ breakGlass: 'A1', rule: 'none' });
  });
});
