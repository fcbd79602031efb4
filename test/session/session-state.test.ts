import { expect, it } from 'vitest';
import { SessionState, schemaName } from '../../src/session/session-state.js';

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

it('takes no name for a schema that is not UTF-8', () => {
  expect(schemaName(Buffer.from('ünï'))).toBe('ünï');
  expect(schemaName(Buffer.from([0xe4, 0xf6]))).toBeUndefined();
  expect(schemaName(Buffer.alloc(0))).toBeUndefined();
});
