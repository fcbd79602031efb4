import { expect, it } from 'vitest';
import { bytesWords, shown, wrapped } from '../../src/cli/request-words.js';

it('tells sizes as people read them', () => {
  expect([0, 999, 2048, 3 * 1024 ** 3].map(bytesWords)).toEqual(['0 B', '999 B', '2 KiB', '3 GiB']);
});

it('breaks lines between words, and moves no cursor', () => {
  const lines = wrapped('name, '.repeat(100).trim());
  expect(lines.length).toBeGreaterThan(5);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(shown('a\u001b[2J')).not.toContain('\u001b');
});
