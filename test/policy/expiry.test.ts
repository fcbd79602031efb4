import { describe, expect, it } from 'vitest';
import { endOfDayMs } from '../../src/policy/expiry.js';

describe('endOfDayMs', () => {
  it('agrees with the calendar on every day of 130 years', () => {
    const dayMs = 86_400_000;
    for (let startMs = Date.UTC(1970, 0, 1); startMs < Date.UTC(2100, 2, 2); startMs += dayMs) {
      const text = new Date(startMs).toISOString().slice(0, 10);
      if (endOfDayMs(text) !== startMs + dayMs) expect.fail(text);
    }
  });

  it.each([
    '2027-02-29',
    '2100-02-29',
    '2027-13-01',
    '2027-00-01',
    '2027-04-31',
    '2027-1-1',
    '30-06-2027',
    '',
    '2027-06-30T00:00',
  ])('knows no day %s', (text) => {
    expect(endOfDayMs(text)).toBeUndefined();
  });
});
