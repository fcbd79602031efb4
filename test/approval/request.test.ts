import { expect, it } from 'vitest';
import { fingerprintOf, identityOf, requestOf, worsened } from '../../src/approval/request.js';
import { answered, pictureWith } from '../topology/views.js';
import { asked, rulesWith, type Statement } from './scene.js';

const STORE = { key: Buffer.alloc(32) };

function made(statement: Statement = {}) {
  const requested = requestOf(asked(statement), STORE);
  if (requested.kind !== 'requested') throw new Error(requested.reason);
  return requested;
}

it('tells a server by what it says it is', () => {
  const maria = answered('db1', { identity: { serverId: 3, serverUid: 'u' } });
  const old = answered('db2', { identity: { serverId: 4 } });
  const picture = pictureWith([], [maria, old, answered('db3')]);
  expect(identityOf(picture, 'db1')).toBe('server_uid u, server_id 3');
  expect(identityOf(picture, 'db2')).toBe('server_id 4');
  expect(identityOf(picture, 'db3')).toMatch(/^server_uuid /);
  expect(identityOf(picture, 'db9')).toBeUndefined();
});

it('opens nothing for a server that did not say which one it is', () => {
  const one = asked();
  const { picture: _, ...blind } = one.facts;
  expect(requestOf({ ...one, facts: blind }, STORE)).toMatchObject({ kind: 'unapprovable' });
  const streamed = { ...one, question: { ...one.question, isStreamed: true as const } };
  expect(requestOf(streamed, STORE)).toMatchObject({ kind: 'unapprovable' });
});

it('is the same for the same, whatever the links and sizes are', () => {
  const base = fingerprintOf(made().what);
  expect(fingerprintOf(made({ sql: 'drop table app.t' }).what)).toBe(base);
  expect(fingerprintOf(made({ link: 'armed' }).what)).toBe(base);
  expect(fingerprintOf(made({ user: 'x' }).what)).not.toBe(base);
  expect(fingerprintOf(made({ sql: 'DROP TABLE app.t CASCADE' }).what)).not.toBe(base);
});

it('is worse by a worse link, and by a rule that asks for more', () => {
  const armed = made({ link: 'armed' }).situation;
  const live = made({ link: 'live' }).situation;
  expect(worsened(live, armed)).toEqual([]);
  expect(worsened(armed, live)).toEqual(['db1 was armed when it was asked for and is live now']);
  const any = made({ rules: rulesWith('{ count: 2, requester: any }') }).situation;
  expect(worsened(any, live)).toEqual(['rule no-drop-while-linked has become stricter']);
  expect(worsened({ ...live, rules: [] }, live)).toEqual([
    'rule no-drop-while-linked was not in force when it was asked for',
  ]);
  const readOnly = { ...live, reach: live.reach.map((one) => ({ ...one, writable: false })) };
  expect(worsened(readOnly, live)).toEqual(['db1 takes writes now']);
  expect(worsened({ ...live, reach: [] }, live)).toEqual([
    'db1 was severed when it was asked for and is live now',
  ]);
});
