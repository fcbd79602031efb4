import { expect, it } from 'vitest';
import { moreReplayed, type Replayed, replayedOf } from '../../src/approval/replayed.js';
import { renderRequest } from '../../src/cli/request-view.js';
import type { DestructiveEvent } from '../../src/residue/event.js';
import type { RelinkResidue } from '../../src/residue/relink.js';
import { effectOf, ruleSetOf } from '../policy/facts.js';
import { asked, NOW_MS, Scene } from './scene.js';

function event(name: string, position: number): DestructiveEvent {
  return {
    start: { file: 'binlog.000002', position },
    end: { file: 'binlog.000002', position: position + 100 },
    serverId: 2,
    name: { kind: 'anonymous' },
    effects: [effectOf({ objects: [{ schema: 'app', name }] })],
    statement: 'DROP TABLE app.t',
  };
}

const T = event('t', 395);
const U = event('u', 700);

function residue(events: readonly DestructiveEvent[], more: object = {}): RelinkResidue {
  const state = events.length === 0 ? 'none' : 'some';
  const told = { doubts: [], rowDeletes: [], basis: 'position', isLost: false } as const;
  const pair = { source: 'db1', consumer: 'db2', state, count: events.length, events, ...told };
  return { state, pairs: [{ ...pair, ...more }], ...more } as RelinkResidue;
}

const relink = effectOf({ effect: 'relink', verb: 'START SLAVE', objects: [] });
const replays = (found: RelinkResidue): Replayed | undefined =>
  replayedOf({ effects: [relink], residue: found });

it('is nothing of what links nothing, and unknown where nobody asked', () => {
  expect(replayedOf({ effects: [effectOf({})] })).toBeUndefined();
  expect(replayedOf({ effects: [relink] })).toEqual({ state: 'unknown', from: [] });
  expect(replays(residue([T]))).toEqual({
    state: 'some',
    from: [{ source: 'db1', count: 1, events: ['DROP TABLE app.t (binlog.000002:395)'] }],
  });
});

it('is more with every event that was not there, and not with fewer', () => {
  const [none, t, both] = [residue([]), residue([T]), residue([T, U])].map(replays);
  expect(moreReplayed(none, none)).toEqual([]);
  expect(moreReplayed(both, t)).toEqual([]);
  expect(moreReplayed(t, undefined)).toEqual([]);
  expect(moreReplayed(none, t)).toEqual(['it would replay destructive events now']);
  expect(moreReplayed(t, both)).toEqual([
    'it would replay DROP TABLE app.u (binlog.000002:700) of db1 too',
  ]);
  expect(moreReplayed(t, replays(residue([U])))).toHaveLength(1);
  expect(moreReplayed(t, replays(residue([T], { count: 9 })))).toEqual([
    'it would replay 9 events of db1, not 1',
  ]);
  expect(moreReplayed(t, replays(residue([T], { state: 'unknown' })))).toEqual([
    'it would replay nobody knows what now',
  ]);
  expect(moreReplayed(undefined, t)).toHaveLength(1);
});

it('lets no approved START SLAVE replay what was logged since', async () => {
  const scene = await Scene.open();
  const rules = ruleSetOf(`
rules:
  - id: relink-asks
    title: Linking again
    match: { effect: [relink] }
    verdict: require-approval
    approvals: { count: 1, from: [dba], requester: any }
`);
  const start = asked({ sql: 'START SLAVE', rules });
  const withResidue = (found: RelinkResidue) => ({
    ...start,
    facts: { ...start.facts, residue: found },
  });
  const first = await scene.approvals.resolve(withResidue(residue([T])), 'R1');
  const found = await scene.approvals.find(first.approval.request ?? '');
  if (found === undefined) throw new Error(first.approval.note);
  expect(renderRequest(found, NOW_MS)).toContain('DROP TABLE app.t (binlog.000002:395)');
  expect(await scene.say(found.request, 'alice')).toBe('taken');
  const later = await scene.approvals.resolve(withResidue(residue([T, U])), 'R2');
  expect(later).toMatchObject({ kind: 'not-approved' });
  expect(later.approval.note).toContain('no longer holds: it would replay DROP TABLE app.u');
  expect((await scene.approvals.resolve(withResidue(residue([T])), 'R3')).kind).toBe('approved');
});
