import { expect, it } from 'vitest';
import type { ServerConfig } from '../../src/config/config.js';
import { settingFindings } from '../../src/doctor/settings.js';
import { type Changes, factsWith } from './facts.js';

const server: ServerConfig = {
  name: 'db1',
  host: '10.0.0.1',
  port: 3306,
  listen: [],
  mode: 'enforce',
  monitor: { user: 'interlock' },
  tls: { verify: 'full' },
  binlogDump: 'deny',
};
const said = (changed: Changes, to: ServerConfig = server) =>
  settingFindings(factsWith(changed), to, []).map(({ id, message }) => `${id}: ${message}`);

it('finds nothing on a server that is in order', () => {
  expect(said({})).toEqual([]);
});

it('names rights that are missing, with the GRANT', () => {
  const [finding] = settingFindings(factsWith(), server, ['PROCESS']);
  expect(finding).toMatchObject({ id: 'monitor-rights', severity: 'error' });
  expect(finding?.mend).toBe('GRANT PROCESS ON *.* TO interlock@10.0.9.5');
});

it('names rights that are too many, of the monitor and of nobody else', () => {
  const ownRights = ['PROCESS', 'DROP', 'INSERT'];
  expect(said({ ownRights })).toEqual([
    'monitor-rights: the monitor account interlock may do more than look: DROP, INSERT',
  ]);
  expect(said({ ownRights, seenAs: 'dba@10.0.9.5' })).toEqual([]);
});

it('names rights by which kept code is seen, where a guarded server does not give them', () => {
  const guarded: ServerConfig = {
    ...server,
    listen: [{ kind: 'tcp', host: '0.0.0.0', port: 3307 }],
  };
  const ending = ['CONNECTION_ADMIN', 'SYSTEM_USER'];
  const ownRights = ['PROCESS', 'SELECT', 'SHOW VIEW', 'EVENT', ...ending];
  expect(said({ ownRights }, guarded)).toEqual([
    'monitor-rights: functions, triggers and views that destroy rows are not all seen: the monitor ' +
      'account lacks TRIGGER on *.*',
  ]);
  expect(said({ ownRights })).toEqual([]);
  expect(said({ ownRights, seenAs: 'dba@10.0.9.5' }, guarded)).toEqual([]);
});

it('lets 5.6 have SUPER, which is the only right to end a session there', () => {
  expect(said({ ownRights: ['SUPER'], variables: { version: '5.6.24-log' } })).toEqual([]);
  expect(said({ ownRights: ['SUPER'] })).toHaveLength(1);
});

it('speaks of TLS that is missing, unverified or not asked for', () => {
  expect(said({ variables: { have_ssl: 'DISABLED' } })[0]).toContain('tls: the server has no TLS');
  const trusting: ServerConfig = { ...server, tls: { verify: 'none' } };
  expect(said({}, trusting)[0]).toContain('does not verify');
  expect(said({ variables: { require_secure_transport: 'OFF' } })[0]).toContain('in clear');
});

it('speaks of a clock that is off by more than the round trip explains', () => {
  expect(said({ clockSkewMs: -61_000 })[0]).toContain('clock: its clock is 61.0 s behind');
  expect(said({ clockSkewMs: 4_000, roundTripMs: 3_000 })).toEqual([]);
});
