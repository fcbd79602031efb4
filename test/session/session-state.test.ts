import { expect, it } from 'vitest';
import { accountName, SessionState, schemaName } from '../../src/session/session-state.js';

const identity = { server: 'db1', session: 1, address: '10.0.0.9', port: 5 };
const capabilities = { common: 0, mariadb: 0 };

it('says who asks, without what is not known', () => {
  const state = new SessionState(identity, { capabilities, threadId: 9, user: 'ann' });
  expect(state.requester()).toEqual({ ...identity, threadId: 9, user: 'ann' });
  expect(state.readContext(undefined)).toEqual({});
  state.database = 'crm';
  const dialect = { flavour: 'mariadb', version: 101_100 } as const;
  expect(state.readContext(dialect)).toEqual({ dialect, database: 'crm' });
});

it('takes no bytes for the name of a schema that mean another in other character sets', () => {
  expect(schemaName(Buffer.from('Shop-2 $x.y'))).toBe('Shop-2 $x.y');
  for (const name of ['ünï', 'a@b', '{', '~x', '']) {
    expect(schemaName(Buffer.from(name))).toBeUndefined();
  }
  expect(schemaName(Buffer.from([0xe4, 0xf6]))).toBeUndefined();
});

it('knows whom a server takes a name for', () => {
  expect(accountName("'root'", 'login')).toBe('root');
  expect(accountName("'root'", 'change-user')).toBe("'root'");
  expect(accountName('ü'.repeat(130), 'change-user')).toBe('ü'.repeat(128));
});
