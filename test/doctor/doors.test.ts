import { expect, it } from 'vitest';
import { doorFindings } from '../../src/doctor/doors.js';
import { type Changes, factsWith } from './facts.js';

const said = (changed: Changes) =>
  doorFindings(factsWith(changed)).map((each) => `${each.id} ${each.severity}: ${each.message}`);

it('finds nothing on a server that is in order', () => {
  expect(doorFindings(factsWith())).toEqual([]);
});

const CASES: readonly (readonly [Changes, string])[] = [
  [
    { plugins: new Set(['mysqlx']), variables: { mysqlx_port: '33060' } },
    'open-door warning: the X protocol listens on port 33060',
  ],
  [
    { variables: { admin_address: '10.0.0.1', admin_port: '33062' } },
    'open-door warning: the administrative interface listens on 10.0.0.1:33062',
  ],
  [{ variables: { extra_port: '3307' } }, 'open-door warning: extra_port 3307'],
  [{ variables: { bind_address: '*' } }, 'open-door info: the server listens on every address'],
  [{ variables: { socket: '/run/mysqld.sock' } }, 'open-door info: whoever has a shell'],
  [{ variables: { init_connect: 'DROP TABLE t' } }, 'code-inside warning: init_connect is set'],
  [{ variables: { init_replica: 'DROP TABLE t' } }, 'code-inside warning: init_replica is set'],
  [
    { variables: { event_scheduler: 'ON' }, events: ['app.purge'] },
    'code-inside info: events run inside the server: app.purge',
  ],
  [
    { foreignTables: ['app.remote (FEDERATED)'] },
    'other-server warning: tables here write to another server: app.remote',
  ],
  [{ foreignServers: ['s1'] }, 'other-server info: other servers are known by CREATE SERVER: s1'],
];

it.each(CASES)('%j: %s', (changed, text) => {
  const all = said(changed);
  expect(all).toHaveLength(1);
  expect(all[0]).toContain(text);
});

it('shows no text of a variable, which may hold anything', () => {
  expect(said({ variables: { init_connect: 'SET @p = "secret"' } }).join()).not.toContain('secret');
});

it('says nothing of events that nobody runs, or of an X protocol that is off', () => {
  expect(said({ events: ['app.purge'] })).toEqual([]);
  expect(said({ variables: { mysqlx_port: '33060' } })).toEqual([]);
});
