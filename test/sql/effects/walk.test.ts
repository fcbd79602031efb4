import { describe, expect, it } from 'vitest';
import { effectsOf } from '../read-as.js';

describe('names in a list', () => {
  it.each([
    ['DROP TABLE a, b', 'drop-table app.a, app.b'],
    ['DROP TABLE a . b , c . d', 'drop-table a.b, c.d'],
    ['DROP TABLE .a', 'drop-table app.a'],
    ['DROP TABLE a, ', 'drop-table app.a'],
    ['DROP TABLE IF EXISTS a', 'drop-table app.a'],
    ['DROP TABLE IF/**/NOT/**/EXISTS a', 'drop-table app.a'],
    ['DROP TABLE', 'drop-table'],
  ])('are those of %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
  });
});
