// What comes of a server that does not answer; what is found on real ones, test/e2e/doctor.test.ts has.
import { expect, it } from 'vitest';
import { examine } from '../../src/doctor/examine.js';
import { pictureWith, silent } from '../topology/views.js';
import { loadedConfig } from './configuration.js';

it('says of a server that cannot be asked that it could not be, first, and asks the others', async () => {
  const diagnosis = await examine({
    config: loadedConfig(),
    picture: pictureWith([], [silent('db1'), silent('db2')]),
    around: new Map([['db2', [{ user: 'app', host: '10.0.0.7' }]]]),
    open: (server) => ({
      ask: () => Promise.reject(new Error(`${server} is gone`)),
      destroy: () => undefined,
    }),
    now: () => 0,
  });
  expect(diagnosis).toMatchObject({ asked: 2, answered: 0 });
  expect(diagnosis.findings).toMatchObject([
    { server: 'db1', id: 'unreachable', message: 'it could not be asked: db1 is gone' },
    { server: 'db2', id: 'unreachable' },
    { server: 'db2', id: 'session-around' },
  ]);
});
