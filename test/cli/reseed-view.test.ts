import { expect, it } from 'vitest';
import { renderReseed } from '../../src/cli/reseed-view.js';
import type { ReseedPlan } from '../../src/residue/reseed.js';

const PLAN: ReseedPlan = {
  phase: 'before',
  server: 'db2',
  from: 'db1',
  steps: [
    { server: 'db1', statements: ['STOP SLAVE', 'RESET SLAVE ALL'], why: 'live', done: false },
    { server: 'db2', statements: ['RESET MASTER'], why: 'its history\u001B[2J', done: true },
  ],
  obstacles: ['db2 is in a galera cluster'],
  notes: ['Keep it out.'],
};

it('shows what to type where, what is done, and what stands in the way', () => {
  expect(renderReseed(PLAN, false).split('\n')).toEqual([
    'Before db2 is restored from a dump of db1',
    '  1. on db1: live',
    '       STOP SLAVE;',
    '       RESET SLAVE ALL;',
    '  ✓ on db2: its history [2J',
    '  ! db2 is in a galera cluster',
    '',
    '- Keep it out.',
    'Do the first step that is open, then ask again.',
    '',
  ]);
});

it('says when it is time to restore, and when all is over', () => {
  const ready = { ...PLAN, steps: [], obstacles: [] };
  expect(renderReseed(ready, true)).toContain('nothing is linked to it');
  expect(renderReseed(ready, true)).toContain('--after --dump FILE');
  expect(renderReseed({ ...ready, phase: 'after' }, true)).toContain('nothing waits for anybody');
});
