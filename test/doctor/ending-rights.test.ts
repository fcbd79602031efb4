import { expect, it } from 'vitest';
import type { ServerConfig } from '../../src/config/config.js';
import { endingFindings } from '../../src/doctor/ending-rights.js';
import { type Changes, factsWith } from './facts.js';

const guarded: ServerConfig = {
  name: 'db1',
  host: '10.0.0.1',
  port: 3306,
  listen: [{ kind: 'tcp', host: '127.0.0.1', port: 3307 }],
  mode: 'enforce',
  monitor: { user: 'interlock' },
  tls: { verify: 'full' },
  binlogDump: 'deny',
};

const lacking = (changed: Changes, to: ServerConfig = guarded): string | undefined =>
  /lacks (.+?):/.exec(endingFindings(factsWith(changed), to)[0]?.message ?? '')?.[1];

it('names what the monitor lacks to end sessions, by server line, with the GRANT', () => {
  const none: Changes = { ownRights: ['PROCESS'] };
  expect(lacking(none)).toBe('CONNECTION_ADMIN, SYSTEM_USER');
  const [finding] = endingFindings(factsWith(none), guarded);
  expect(finding?.mend).toBe('GRANT CONNECTION_ADMIN, SYSTEM_USER ON *.* TO interlock@10.0.9.5');
  expect(lacking({ ownRights: ['CONNECTION_ADMIN'] })).toBe('SYSTEM_USER');
  const before = { ownRights: ['CONNECTION_ADMIN'], variables: { version: '8.0.15' } };
  expect(lacking(before)).toBeUndefined();
  expect(lacking({ ...none, variables: { version: '5.6.24-log' } })).toBe('SUPER');
  const mariadb = { flavour: 'mariadb', variables: { version: '10.11.19-MariaDB' } } as const;
  expect(lacking({ ...mariadb, ...none })).toBe('CONNECTION ADMIN');
  expect(lacking({ flavour: 'mariadb', variables: { version: '10.4.1' }, ...none })).toBe('SUPER');
});

it('says nothing where nothing is lacking, or grants do not tell', () => {
  expect(lacking({ ownRights: ['CONNECTION_ADMIN', 'SYSTEM_USER'] })).toBeUndefined();
  expect(lacking({ ownRights: ['ALL PRIVILEGES'] })).toBeUndefined();
  const none: Changes = { ownRights: [] };
  expect(lacking({ ...none, hasRoles: true })).toBeUndefined();
  expect(lacking({ ...none, seenAs: 'dba@10.0.9.5' })).toBeUndefined();
  expect(lacking(none, { ...guarded, listen: [] })).toBeUndefined();
});
