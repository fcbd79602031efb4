// Moments as people type them.
import { expect, it } from 'vitest';
import { parseMoment } from '../../src/cli/moment.js';

const NOW = Date.parse('2026-11-27T22:45:00Z');

it.each([
  ['2026-11-27T22:30:01.5Z', '2026-11-27T22:30:01.500Z'],
  ['2026-11-27T22:30', '2026-11-27T22:30:00.000Z'],
  ['2026-11-27 22:30:05', '2026-11-27T22:30:05.000Z'],
  ['2026-11-27T22:30+02:00', '2026-11-27T20:30:00.000Z'],
  ['2026-11-26', '2026-11-26T00:00:00.000Z'],
  ['22:30', '2026-11-27T22:30:00.000Z'],
  ['9:05', '2026-11-27T09:05:00.000Z'],
  ['90m', '2026-11-27T21:15:00.000Z'],
  ['30s', '2026-11-27T22:44:30.000Z'],
  ['2h', '2026-11-27T20:45:00.000Z'],
  ['3d', '2026-11-24T22:45:00.000Z'],
])('%s is %s', (text, iso) => {
  expect(new Date(parseMoment(text, NOW) ?? 0).toISOString()).toBe(iso);
});

it.each(['', 'yesterday', '2h30', '27.11.2026', '2026-13-45', '25:99', '5w'])(
  '%j is none',
  (text) => {
    expect(parseMoment(text, NOW)).toBeUndefined();
  },
);
