import { describe, expect, it } from 'vitest';
import { candidates } from '../../src/policy/rule-index.js';
import type { EffectObject } from '../../src/sql/effect.js';
import { effectOf, factsOf, ruleSetOf } from './facts.js';

const set = ruleSetOf(`rules:
  - { id: by-table, match: { table: [Users, orders] }, verdict: deny }
  - { id: by-schema, match: { schema: app, table: "?*" }, verdict: deny }
  - { id: by-user, match: { user: ghost }, verdict: deny }
  - { id: anywhere, match: { effect: drop-table, table: "*" }, verdict: deny }
  - { id: by-beginning, match: { table: "tmp_*_x?" }, verdict: deny }
  - { id: by-end, match: { table: ["*_GHO", "?_old"] }, verdict: deny }
  - { id: by-server, match: { server: DB1 }, verdict: deny }
  - { id: views, match: { effect: drop-view }, verdict: deny }
  - { id: silent, match: {}, verdict: deny, mode: off }
`);

const offered = (objects: readonly EffectObject[], user = 'app') =>
  [...candidates(set.index, effectOf({ objects }), factsOf({ requester: { user } }).requester)]
    .map(({ id }) => id)
    .toSorted();

describe('candidates', () => {
  it('offers what is filed under a name, whatever its case, and what is filed under none', () => {
    expect(offered([{ schema: 'a', name: 'USERS' }])).toEqual(['anywhere', 'by-table']);
    expect(offered([{ schema: 'APP', name: 'z' }])).toEqual(['anywhere', 'by-schema']);
    expect(offered([{ schema: 'a', name: 'z' }], 'ghost')).toEqual(['anywhere', 'by-user']);
    expect(
      offered([
        { schema: 'a', name: 'z' },
        { schema: 'a', name: 'orders' },
      ]),
    ).toContain('by-table');
  });

  it('offers what is filed under how a name begins or ends', () => {
    expect(offered([{ schema: 'a', name: 'TMP_1' }])).toEqual(['anywhere', 'by-beginning']);
    expect(offered([{ schema: 'a', name: '_x_gho' }])).toEqual(['anywhere', 'by-end']);
    expect(offered([{ schema: 'a', name: 'ghoul_old' }])).toEqual(['anywhere', 'by-end']);
    expect(offered([{ schema: 'a', name: 'gho' }])).toEqual(['anywhere']);
  });

  it('offers what is filed under the server, whatever its case', () => {
    const { requester } = factsOf({ requester: { server: 'db1' } });
    const elsewhere = effectOf({ objects: [{ schema: 'a', name: 'z' }] });
    const ids = [...candidates(set.index, elsewhere, requester)].map(({ id }) => id);
    expect(ids.toSorted()).toEqual(['anywhere', 'by-server']);
  });

  it('offers the rule for a name that folds otherwise at the end of a word', () => {
    const greek = ruleSetOf('rules: [{ id: g, match: { table: "ΑΣ*" }, verdict: deny }]');
    const objects = [{ schema: 'a', name: 'ΑΣΤ' }];
    expect([...candidates(greek.index, effectOf({ objects }), factsOf().requester)]).toHaveLength(
      1,
    );
  });

  it('offers everything filed by name where a name is not known', () => {
    expect(offered([])).toEqual(['anywhere', 'by-beginning', 'by-end', 'by-schema', 'by-table']);
    expect(offered([{ name: 'z' }])).toEqual(['anywhere', 'by-schema']);
    expect(offered([{ schema: 'z' }])).toEqual(['anywhere', 'by-beginning', 'by-end', 'by-table']);
  });
});
