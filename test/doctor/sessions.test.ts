import { expect, it } from 'vitest';
import { aroundOf, sessionFindings } from '../../src/doctor/sessions.js';

it('names who goes around, each once', () => {
  const thread = { id: 7, user: 'app', host: '10.0.0.7' };
  const around = aroundOf({ db1: [thread, { ...thread, id: 8 }], db2: [] });
  const message = '2 sessions did not come through Interlock: app@10.0.0.7';
  expect(sessionFindings(around)).toMatchObject([{ server: 'db1', id: 'session-around', message }]);
});

it('says that it cannot tell where no Interlock runs', () => {
  expect(sessionFindings(undefined)).toMatchObject([{ id: 'cannot-see', severity: 'info' }]);
});

it('takes an answer for what it is', () => {
  expect(aroundOf('no')).toBeUndefined();
  const odd = aroundOf({ db1: [{ user: 'a' }, 7], db2: 'x' });
  expect(odd).toEqual(
    new Map([
      ['db1', []],
      ['db2', []],
    ]),
  );
});
