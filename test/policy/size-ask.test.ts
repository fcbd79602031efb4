// Sizes are asked for exactly where a rule's answer hangs on them.
import { describe, expect, it } from 'vitest';
import { objectsToSize, withSizes } from '../../src/policy/size-ask.js';
import { effectOf, factsOf, oneRule } from './facts.js';

const asked = (match: string, more = '', facts = factsOf()) =>
  objectsToSize(facts, oneRule(match, more)).map(({ schema, name }) => `${schema}.${name}`);

describe('objectsToSize', () => {
  it('asks where a rule or an exception of a rule that matches has a size', () => {
    expect(asked('rows: ">5"')).toEqual(['app.t']);
    expect(asked('bytes: ">5KiB"')).toEqual(['app.t']);
    expect(asked('', 'except: [{ name: x, rows: "<5" }]')).toEqual(['app.t']);
  });

  it('asks nothing where no rule has a size, or one that has cannot match', () => {
    expect(asked('')).toEqual([]);
    expect(asked('effect: drop-view, rows: ">5"')).toEqual([]);
    expect(asked('user: ghost, rows: ">5"')).toEqual([]);
    expect(asked('rows: ">5"', 'when: { links: severed }')).toEqual([]);
    expect(asked('rows: ">5"', 'mode: off')).toEqual([]);
    expect(objectsToSize(factsOf(), undefined)).toEqual([]);
  });

  it('asks nothing where an exception lifts the rule whatever the size', () => {
    expect(asked('rows: ">5"', 'except: [{ name: x, user: app }]')).toEqual([]);
  });

  it('asks of each object once, of those effects only that a rule is about', () => {
    const object = { schema: 'app', name: 'a' };
    const effects = [
      effectOf({ objects: [object, { schema: 'app', name: 'b' }] }),
      effectOf({ effect: 'truncate-table', objects: [object] }),
      effectOf({ effect: 'drop-view', objects: [{ schema: 'app', name: 'v' }] }),
    ];
    const match = 'effect: [drop-table, truncate-table], rows: ">5"';
    expect(asked(match, '', factsOf({ effects }))).toEqual(['app.a', 'app.b']);
  });
});

describe('withSizes', () => {
  it('puts the sizes into the objects that were asked about, unknown where there is none', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ schema: 'app', name }));
    if (a === undefined || b === undefined || c === undefined) throw new Error('three objects');
    const facts = factsOf({ effects: [effectOf({ objects: [a, b, c] })] });
    const sizes = new Map([[a, { rows: 7, bytes: 16_384 }]]);
    expect(withSizes(facts, [a, b], sizes).effects[0]?.objects).toEqual([
      { ...a, rows: 7, bytes: 16_384 },
      { ...b, rows: 'unknown', bytes: 'unknown' },
      c,
    ]);
  });
});
