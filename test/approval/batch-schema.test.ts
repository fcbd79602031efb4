import { expect, it } from 'vitest';
import {
  readBatchAnswer,
  readBatchAsk,
  readDialectAnswer,
} from '../../src/approval/batch-schema.js';
import { batchAsk } from './batch-scene.js';

it('reads what is asked for as it was sent', () => {
  const ask = batchAsk();
  expect(readBatchAsk(JSON.parse(JSON.stringify(ask)))).toEqual(ask);
});

it.each([
  ['no server', { server: undefined }],
  [
    'an effect that there is not',
    { statements: [{ line: 1, count: 1, effects: [{ effect: 'x' }] }] },
  ],
  ['no effect', { statements: [{ line: 1, count: 1, effects: [] }] }],
  ['a field of its own', { force: true }],
  ['a count of nothing', { statements: [{ ...batchAsk().statements[0], count: 0 }] }],
])('refuses one with %s', (_, change) => {
  expect(() => readBatchAsk({ ...batchAsk(), ...change })).toThrow();
});

it('reads answers', () => {
  const refused = { kind: 'refused', reason: 'r', details: [] };
  expect(readBatchAnswer(refused)).toEqual(refused);
  expect(readDialectAnswer(null)).toBeUndefined();
  expect(readDialectAnswer({ flavour: 'mysql', version: 90_704 })?.version).toBe(90_704);
});
