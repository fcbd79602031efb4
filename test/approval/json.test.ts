import { expect, it } from 'vitest';
import { canonicalJson, digestOf } from '../../src/approval/json.js';

it('is one text for one value, whatever order its keys came in', () => {
  expect(canonicalJson({ b: [1, 'x', null], a: { d: undefined, c: true } })).toBe(
    '{"a":{"c":true},"b":[1,"x",null]}',
  );
  expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }));
  expect(digestOf(['a', 'b'])).not.toBe(digestOf(['b', 'a']));
  expect(digestOf({ a: '1' })).not.toBe(digestOf({ a: 1 }));
});
