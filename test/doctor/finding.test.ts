import { expect, it } from 'vitest';
import { listed } from '../../src/doctor/finding.js';

it('names as many as a line has room for, and counts the rest', () => {
  expect(listed(['a', 'b'])).toBe('a, b');
  expect(listed(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
});
