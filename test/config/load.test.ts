// The configuration file, through loadConfig's text half: every field, every default, every error.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config, Diagnostic } from '../../src/config/config.js';
import { loadConfig, readCapped, readConfig } from '../../src/config/load.js';

const MINIMAL = `servers:
  db1: { address: 10.0.0.1, listen: 0.0.0.0:3307 }
monitor: { user: interlock, passwordEnv: PW }
`;

const FULL = `servers:
  db1:
    address: "[::1]:3310"
    listen: [0.0.0.0:3307, ./db1.sock]
    mode: shadow
    monitor: { user: other, passwordFile: secret }
    tls: { ca: ca.pem, verify: ca }
    proxyProtocol: { from: [10.0.9.0/24], send: true }
    binlogDump: allow
  replica1: { address: 10.0.0.3:3306 }
monitor: { user: interlock, passwordEnv: PW }
rules: [strict, ./rules, more.yaml]
mode: enforce
links: { freshness: 0s, deadline: 500ms }
readers: [{ server: db1, serverId: 99999, user: ghost }]
around: { expected: [10.0.9.0/24] }
metrics: { listen: 127.0.0.1:9999 }
admin: { socket: run/admin.sock, listen: '[::1]:9708', hosts: [guard.example], tls: { certificate: a.pem, key: b.pem } }
audit: { file: audit.jsonl }
approvals: { approvers: ./approvers, store: { address: c1, database: d, user: u, passwordFile: p } }
tls: { certificate: c.pem, key: k.pem, require: true }
workers: 2
limits: { connections: 10, unauthenticated: 5, handshake: 3s, statement: 64MiB }
`;

function loaded(text: string): Config {
  const read = readConfig('/etc/interlock/interlock.yaml', text);
  if (read.kind === 'broken') throw new Error(JSON.stringify(read.errors, null, 1));
  return read.value;
}

function errors(text: string): readonly Diagnostic[] {
  const read = readConfig('/etc/interlock/interlock.yaml', text);
  return read.kind === 'broken' ? read.errors : [];
}

it('shows literals in the audit file only where that is asked for', () => {
  expect(loaded(`${MINIMAL}audit: { literals: masked }`).audit).not.toHaveProperty('literals');
  expect(loaded(`${MINIMAL}audit: { literals: shown }`).audit).toEqual({
    file: '/var/lib/interlock/audit.jsonl',
    literals: 'shown',
  });
});

describe('readConfig', () => {
  it('fills in every default', () => {
    expect(loaded(MINIMAL)).toMatchSnapshot();
  });

  it('reads every field, and resolves paths against its folder', () => {
    expect(loaded(FULL)).toMatchSnapshot();
  });

  it('takes one entry where a list may stand', () => {
    expect(loaded(`${MINIMAL}rules: peers`).rules).toEqual([{ kind: 'shipped', name: 'peers' }]);
  });

  it('is in shadow on every server when the process is, and says so', () => {
    const text = `${MINIMAL.replace('3307 }', '3307, mode: enforce }')}mode: shadow`;
    const read = readConfig('/i.yaml', text);
    expect(read.kind === 'loaded' && read.value.servers[0]?.mode).toBe('shadow');
    expect(read.kind === 'loaded' && read.warnings[0]?.message).toMatch(/nothing is enforced/);
  });

  it('warns when nothing is guarded', () => {
    const read = readConfig('/i.yaml', MINIMAL.replace(', listen: 0.0.0.0:3307', ''));
    expect(read.kind === 'loaded' && read.warnings[0]?.message).toMatch(/nothing is guarded/);
  });

  it.each<[string, number, number, string, string?]>([
    [`${MINIMAL}lnks: {}`, 4, 1, 'unknown field "lnks"', 'did you mean "links"?'],
    [
      `${MINIMAL}links: { freshnes: 1s }`,
      4,
      10,
      'unknown field "freshnes"',
      'did you mean "freshness"?',
    ],
    [
      `${MINIMAL}links: { freshness: 1 }`,
      4,
      21,
      'links.freshness must be a duration with its unit, such as 500ms, 1s, 2m or 1h',
    ],
    [
      `${MINIMAL}limits: { statement: 64MB }`,
      4,
      22,
      'limits.statement must be a size with its unit, such as 512B, 64KiB, 64MiB or 1GiB',
    ],
    [
      `${MINIMAL}limits: { statement: 2GiB }`,
      4,
      22,
      'limits.statement must be a size with its unit, such as 512B, 64KiB, 64MiB or 1GiB',
    ],
    [
      MINIMAL.replace('3307 }', '3307, proxyProtocol: { from: [10.0.0.0/33] } }'),
      2,
      75,
      'servers.db1.proxyProtocol.from[0] must be a network or one address, such as 10.0.9.0/24 or 2001:db8::7',
    ],
    [`${MINIMAL}mode: shdow`, 4, 7, 'mode must be enforce or shadow', 'did you mean "shadow"?'],
    [`${MINIMAL}workers: many`, 4, 10, 'workers must be a whole number from 1 to 256'],
    [`${MINIMAL}workers: 0`, 4, 10, 'workers must be a whole number from 1 to 256'],
    [
      `${MINIMAL}rules: []`,
      4,
      8,
      'rules must be a list of shipped sets (default, peers, strict), files and folders, not an empty one',
    ],
    [
      `${MINIMAL}metrics: { listen: 9707 }`,
      4,
      20,
      'metrics.listen must be host:port or the path of a Unix socket, such as 0.0.0.0:3307 or /run/interlock/db1.sock',
    ],
    [
      `${MINIMAL}admin: { listen: ./admin.sock }`,
      4,
      18,
      'admin.listen must be host:port, such as 0.0.0.0:9708',
    ],
    [
      `${MINIMAL}admin: { tls: { certificate: c.pem } }`,
      4,
      15,
      'admin.tls.key is missing: expected the path of a file or folder',
    ],
    [
      `${MINIMAL}readers: [{ server: db9, user: x }]`,
      4,
      21,
      'no server named "db9"',
      'did you mean "db1"?',
    ],
    [
      `${MINIMAL}readers: [{ server: db1 }]`,
      4,
      11,
      'a reader is told by its serverId, its user, or both: this one has neither',
    ],
    [`${MINIMAL}tls: { certificate: a.pem }`, 4, 6, 'tls needs both certificate and key'],
    [`${MINIMAL}tls: { require: true }`, 4, 17, 'tls.require needs a certificate and a key'],
    [
      `${MINIMAL}approvals: { approvers: a, store: { address: c, database: d, user: u } }`,
      4,
      35,
      'approvals.store has no password: it needs passwordEnv or passwordFile',
      'keep one: passwordEnv names a variable, passwordFile a file',
    ],
    [
      MINIMAL.replace('10.0.0.1,', '10.0.0.1:x,'),
      2,
      19,
      'servers.db1.address must be host:port, such as 10.0.0.1:3306 or [2001:db8::1]:3306',
    ],
    [
      MINIMAL.replace('address: 10.0.0.1, ', ''),
      2,
      8,
      'servers.db1.address is missing: expected host:port, such as 10.0.0.1:3306 or [2001:db8::1]:3306',
    ],
    [
      MINIMAL.replace('3307 }', '3307, tls: { verify: full } }'),
      2,
      66,
      'db1 asks for tls.verify: full, but names no ca to verify with',
    ],
    [
      MINIMAL.replace(', passwordEnv: PW', ''),
      3,
      10,
      'monitor has no password: it needs passwordEnv or passwordFile',
      'keep one: passwordEnv names a variable, passwordFile a file',
    ],
    [
      MINIMAL.replace('PW', 'PW, passwordFile: p'),
      3,
      10,
      'monitor has both passwordEnv and passwordFile: which one counts?',
      'keep one: passwordEnv names a variable, passwordFile a file',
    ],
    [
      MINIMAL.replace(/monitor.*\n/, ''),
      2,
      3,
      'no monitor account for db1: its replication could not be asked about',
      'monitor: { user: interlock, passwordEnv: INTERLOCK_MONITOR_PASSWORD }',
    ],
    [
      'monitor: { user: i, passwordEnv: PW }',
      1,
      1,
      'servers is missing: expected a mapping from names to servers',
    ],
    [
      'servers: {}\nmonitor: { user: i, passwordEnv: PW }',
      1,
      10,
      'no server is configured',
      'servers: { db1: { address: 10.0.0.1:3306, listen: 0.0.0.0:3307 } }',
    ],
    [
      MINIMAL.replace('db1', 'stranger'),
      2,
      3,
      '"stranger" means something else in rules: give the server another name',
    ],
    [
      MINIMAL.replace('monitor', '  db2: { address: 10.0.0.1:3306 }\nmonitor'),
      3,
      19,
      'db2 and db1 share the address 10.0.0.1:3306',
    ],
    [
      MINIMAL.replace('monitor', '  db2: { address: b, listen: 0.0.0.0:3307 }\nmonitor'),
      3,
      30,
      'db2 and db1 share the listen address 0.0.0.0:3307',
    ],
  ])('points at what is wrong in case %#', (text, line, column, message, hint) => {
    expect(errors(text)[0]).toMatchObject({ line, column, message, ...(hint && { hint }) });
  });

  it('reports everything that is wrong at once', () => {
    expect(errors(`${MINIMAL}workers: x\nmode: y\nzzz: 1`)).toHaveLength(3);
  });

  it('never shows the line of a password written into the file', () => {
    const text = MINIMAL.replace('passwordEnv: PW', 'password: s3cret');
    expect(errors(text).length).toBeGreaterThan(0);
    expect(JSON.stringify(errors(text)[0])).not.toContain('s3cret');
  });

  it('refuses server names that metrics and rules could not say', () => {
    expect(errors(MINIMAL.replace('db1', 'db*'))[0]?.message).toMatch(/a name of letters/);
  });
});

describe('loadConfig', () => {
  it('reads a file, and says which one it cannot read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'interlock-config-'));
    try {
      const file = join(folder, 'interlock.yaml');
      writeFileSync(file, MINIMAL);
      expect(loadConfig(file)).toMatchObject({ kind: 'loaded', value: { file } });
      expect(loadConfig(join(folder, 'none.yaml'))).toMatchObject({
        kind: 'broken',
        errors: [{ file: join(folder, 'none.yaml'), message: expect.stringMatching(/ENOENT/) }],
      });
      expect(readCapped(file, 10)).toMatchObject({ kind: 'broken' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
