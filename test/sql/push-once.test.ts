import { describe, expect, it } from 'vitest';
import type { StatementEffect } from '../../src/sql/effect.js';
import { pushOnce } from '../../src/sql/push-once.js';

const DROP: StatementEffect = {
  effect: 'drop-table',
  verb: 'DROP TABLE',
  objects: [{ schema: 'app', name: 't' }],
  deferred: false,
};

function listed(...effects: readonly StatementEffect[]): readonly StatementEffect[] {
  const list: StatementEffect[] = [];
  for (const effect of effects) pushOnce(list, effect);
  return list;
}

describe('a list of effects', () => {
  it('holds once what is said again at once', () => {
    expect(listed(DROP, { ...DROP, objects: [{ schema: 'app', name: 't' }] })).toEqual([DROP]);
  });

  it('holds once what takes turns', () => {
    const other = { ...DROP, deferred: true };
    expect(listed(DROP, other, DROP, other)).toEqual([DROP, other]);
  });

  it.each<Partial<StatementEffect>>([
    { effect: 'drop-view' },
    { verb: 'DROP TABLES' },
    { deferred: true },
    { reason: 'why' },
    { by: 'in procedure app.p' },
    { isLoggingOpen: true },
    { mayBeTemporary: true },
    { runs: { kind: 'variable', name: 'v' } },
    { objects: [] },
    { objects: [{ schema: 'app', name: 'u' }] },
    { objects: [{ name: 't' }] },
    { objects: [{ schema: 'app', name: 't', rows: 5 }] },
    { objects: [{ schema: 'app', name: 't', bytes: 5 }] },
    { objects: [...DROP.objects, { schema: 'app', name: 'u' }] },
  ])('holds both where one has %j', (difference) => {
    expect(listed(DROP, { ...DROP, ...difference })).toHaveLength(2);
  });
});
