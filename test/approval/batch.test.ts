import { expect, it } from 'vitest';
import { indexOf, itemsOf, itemWords, needsText, takingOf } from '../../src/approval/batch.js';
import type { StatementEffect } from '../../src/sql/effect.js';

const drop: StatementEffect = {
  ...{ effect: 'drop-table', verb: 'DROP TABLE', deferred: false },
  objects: [
    { schema: 'app', name: 't' },
    { schema: 'app', name: 'u' },
  ],
};
const nothing = () => undefined;

it('makes an item of each effect and object', () => {
  expect(itemsOf([drop], nothing)).toEqual([
    { effect: 'drop-table', verb: 'DROP TABLE', deferred: false, schema: 'app', name: 't' },
    { effect: 'drop-table', verb: 'DROP TABLE', deferred: false, schema: 'app', name: 'u' },
  ]);
});

it('binds what its name does not tell to the text', () => {
  const partition: StatementEffect = { ...drop, effect: 'drop-partition' };
  expect([drop, partition, { ...drop, deferred: true }].map(needsText)).toEqual([
    false,
    true,
    true,
  ]);
  expect(itemsOf([partition], nothing)).toMatchObject({ reason: expect.any(String) });
  expect(itemsOf([partition], () => ({ digest: 'd', forms: ['F'] }))).toMatchObject([
    { text: 'd', words: ['F'] },
    {},
  ]);
  const long = itemsOf([partition], () => ({ digest: 'd', forms: ['F'.repeat(1001)] }));
  expect(long).toMatchObject([{ text: 'd' }, {}]);
  expect(JSON.stringify(long)).not.toContain('FF');
});

it('takes nothing with an object whose schema is not known', () => {
  const bare: StatementEffect = { ...drop, objects: [{ name: 't' }] };
  expect(itemsOf([bare], nothing)).toEqual({ reason: 'its default schema is not known' });
});

it('takes each item once for a statement, and names the first that is not listed', () => {
  const [t, u] = itemsOf([drop], nothing) as [never, never];
  const index = indexOf({ items: [{ ...(t as object), count: 3 } as never] });
  expect(takingOf(index, [t, t])).toEqual({ takes: [{ item: 0, of: 3 }] });
  expect(takingOf(index, [t, u])).toEqual({ unlisted: u });
  expect(itemWords(u)).toBe('DROP TABLE app.u');
});

it.each([
  ['another verb', { verb: 'DROP SEQUENCE' }],
  ['another case of a name', { name: 'T' }],
  ['another schema', { schema: 'App' }],
  ['code kept for later', { deferred: true }],
  ['another text', { text: 'x' }],
])('tells an item from one with %s', (_, other) => {
  const item = { effect: 'drop-table', verb: 'DROP TABLE', schema: 'app', name: 't' } as const;
  const listed = { ...item, deferred: false };
  const index = indexOf({ items: [{ ...listed, count: 1 }] });
  expect(takingOf(index, [{ ...listed, ...other }])).toHaveProperty('unlisted');
});
