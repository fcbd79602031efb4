import { expect, it } from 'vitest';
import { datesOf } from '../../src/gateway/certificate-dates.js';
import { Authority } from '../support/authority.js';

const DAY_MS = 24 * 3_600_000;

it('says when a certificate ended, ends or begins, and nothing while there is time', async () => {
  // It is made for a day.
  const { certificatePem } = await (await Authority.make('our own')).sign('db1.example');
  const at = (days: number) => datesOf('it', certificatePem, Date.now() + days * DAY_MS);
  expect(at(0)).toEqual([
    { severity: 'warning', message: expect.stringMatching(/^it ends in 0 days, on/) },
  ]);
  expect(at(2)).toEqual([{ severity: 'error', message: expect.stringMatching(/^it ended on/) }]);
  expect(at(-2)).toEqual([
    { severity: 'error', message: expect.stringMatching(/^it is not valid before/) },
  ]);
});
