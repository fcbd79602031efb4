// The way of a statement whose session was not asked: a permit that no answer could change, or the
// word that it is to be asked, and nothing recorded by then.
import { describe, expect, it } from 'vitest';
import type { Question } from '../../src/policy/verdict.js';
import type { Picture } from '../../src/topology/snapshot.js';
import { ruleSetOf } from '../policy/facts.js';
import {
  decisionIn,
  permitOf,
  pictureOf,
  questionOf,
  type Scene,
  sceneOf,
  severed,
} from './guard-parts.js';

const unasked = (changes: Partial<Question> = {}): Question =>
  questionOf({ isUnasked: true, leg: 'db2', ...changes });

async function judged(scene: Scene, question = unasked()): Promise<string> {
  const { kind } = await scene.guard.judge(question, (doom) => scene.dooms.push(doom));
  if (kind === 'ask') expect([scene.records, scene.book.flights]).toEqual([[], []]);
  return kind;
}

/** With a leg of its own, as a real answer has. */
function on(leg: string, picture: Picture): Picture {
  const view = picture.views.get('db2');
  if (view?.kind !== 'answered') throw new Error('db2 is silent');
  return { ...picture, views: new Map([...picture.views, ['db2', { ...view, leg }]]) };
}

describe('a statement whose session was not asked', () => {
  it('passes while nobody follows: recorded as what it is, and in flight', async () => {
    const scene = sceneOf({ fresh: severed });
    const { recordId, isInFlight } = await permitOf(scene, unasked());
    expect(scene.events).toEqual(['fresh', 'record decision']);
    expect(decisionIn(scene)).toMatchObject({
      id: recordId,
      verdict: 'permit',
      isUnasked: true,
      logged: 'unknown',
      reach: [],
    });
    expect(decisionIn(scene)).not.toHaveProperty('logging');
    expect(isInFlight).toBe(true);
    expect(scene.book.flights).toMatchObject([{ recordId, stage: 'running' }]);
    const asked = sceneOf({ fresh: severed });
    await permitOf(asked);
    expect(decisionIn(asked)).not.toHaveProperty('isUnasked');
  });

  it('waits for no probe where the last picture is no permit already', async () => {
    const scene = sceneOf({ current: () => pictureOf('live'), fresh: severed });
    expect(await judged(scene)).toBe('ask');
    expect(scene.events).toEqual([]);
    const blind = sceneOf({ current: () => undefined, fresh: severed });
    expect(await judged(blind)).toBe('ask');
  });

  it('is asked where a link was made since the last picture', async () => {
    const scene = sceneOf({ current: severed, fresh: () => pictureOf('live') });
    expect(await judged(scene)).toBe('ask');
    expect(scene.events).toEqual(['fresh']);
    expect(await judged(scene, questionOf())).toBe('refused');
  });

  it('is asked while a link is being made', async () => {
    const scene = sceneOf({ fresh: severed });
    const relinking = { consumer: 'db1', sources: ['db2'], by: 'START REPLICA of session 9' };
    const by = { server: 'db1', session: 9, threadId: 9, user: 'dba', keepsPrepared: true };
    const link = { recordId: 'L', by: { ...by, doom: () => undefined }, relinking, sinceMs: 1 };
    scene.book.link(link);
    expect(await judged(scene)).toBe('ask');
  });

  it('is asked where its session is on another server than the one that was looked at', async () => {
    const fresh = () => on('db2', severed());
    expect(await judged(sceneOf({ fresh }), unasked({ leg: 'db2' }))).toBe('permitted');
    expect(await judged(sceneOf({ fresh }), unasked({ leg: 'db7' }))).toBe('ask');
  });

  it('is asked where a rule looks at what its session would say', async () => {
    const rules = ruleSetOf(
      'rules: [{ id: quiet, match: { effect: [drop-table], logged: false }, verdict: deny }]',
    );
    const scene = sceneOf({ fresh: severed, rules });
    expect(await judged(scene)).toBe('ask');
    const logging = { binlog: false, galera: false } as const;
    expect(await judged(scene, questionOf({ logging }))).toBe('refused');
  });

  it('is refused, as any, when it cannot be recorded', async () => {
    const scene = sceneOf({ fresh: severed, refusal: 'no space left' });
    expect(await judged(scene)).toBe('refused');
    expect(scene.book.flights).toEqual([]);
  });

  it('is asked when judging it failed, and counted once', async () => {
    const scene = sceneOf({
      current: severed,
      fresh: () => {
        throw new Error('broken');
      },
    });
    expect(await judged(scene)).toBe('ask');
    expect(await scene.metrics()).toContain('interlock_decision_duration_seconds_count 0');
    expect(await judged(scene, questionOf())).toBe('refused');
    expect(await scene.metrics()).toContain('interlock_decision_duration_seconds_count 1');
  });

  it('is ended when a link gets worse before it is logged', async () => {
    const scene = sceneOf({ fresh: severed });
    await permitOf(scene, unasked());
    const [flight] = scene.book.flights;
    expect(flight?.rejudge(pictureOf('live')).decision).toMatchObject({
      verdict: 'deny',
      rule: 'no-drop-while-linked',
    });
    expect(flight?.rejudge(severed()).decision.verdict).toBe('permit');
  });
});
