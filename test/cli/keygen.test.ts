import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keygenCommand } from '../../src/cli/keygen.js';
import { Scene } from '../approval/scene.js';
import { recordedTerminal } from './recorded-terminal.js';

const PLAN = {
  person: 'alice',
  groups: ['dba'],
  accounts: ['alice'],
  algorithm: 'EdDSA',
  sealed: false,
  servers: [],
} as const;

it('makes both halves, and prints neither', async () => {
  const { folder } = await Scene.open({});
  const terminal = recordedTerminal();
  const code = await keygenCommand({ ...PLAN, out: folder, json: false }, terminal);
  expect(code).toBe(0);
  const own = readFileSync(join(folder, 'alice.key'), 'utf8');
  expect(statSync(join(folder, 'alice.key')).mode & 0o777).toBe(0o600);
  expect(terminal.said.out).toContain('alice.json');
  expect(terminal.said.out).not.toContain(JSON.parse(own).d);
  expect(await keygenCommand({ ...PLAN, out: folder, json: false }, terminal)).toBe(1);
});

it('takes no name that is a path, and no day that is none', async () => {
  const { folder } = await Scene.open({});
  const terminal = recordedTerminal();
  const odd = { ...PLAN, out: folder, json: true };
  expect(await keygenCommand({ ...odd, person: '../x' }, terminal)).toBe(2);
  expect(await keygenCommand({ ...odd, notAfter: '2026-02-30' }, terminal)).toBe(2);
  expect(await keygenCommand({ ...odd, notAfter: '2020-01-01' }, terminal)).toBe(2);
  expect(terminal.said.err).toContain('the key would never count');
  expect(existsSync(join(folder, 'alice.key'))).toBe(false);
  expect(await keygenCommand({ ...odd, out: join(folder, 'none') }, terminal)).toBe(1);
  expect(terminal.said.err).toContain('alice.key cannot be made: there is no such file or folder');
});

it('seals a key for emergencies, and says how to keep it', async () => {
  const { folder } = await Scene.open({});
  const env = { INTERLOCK_SEAL_PASSPHRASE: 'correct horse battery' };
  const terminal = { ...recordedTerminal(), env };
  const plan = {
    ...PLAN,
    person: 'night',
    groups: [],
    accounts: ['dba'],
    out: folder,
    json: false,
  };
  const sealed = { ...plan, sealed: true, servers: ['db1'], notAfter: '2027-01-01' };
  expect(await keygenCommand(sealed, terminal)).toBe(0);
  expect(terminal.said.out).toContain('night.sealed');
  expect(terminal.said.out).not.toContain('horse');
  expect(JSON.parse(readFileSync(join(folder, 'night.json'), 'utf8')).keys[0].sealed).toEqual({
    accounts: ['dba'],
    servers: ['db1'],
  });
  const { notAfter: _, ...endless } = sealed;
  for (const wrong of [
    endless,
    { ...sealed, servers: [] },
    { ...sealed, accounts: [] },
    { ...sealed, groups: ['dba'] },
  ]) {
    expect(await keygenCommand({ ...wrong, person: 'other' }, terminal)).toBe(2);
  }
  const short = { ...terminal, env: { INTERLOCK_SEAL_PASSPHRASE: 'short' } };
  expect(await keygenCommand({ ...sealed, person: 'other' }, short)).toBe(2);
  expect(existsSync(join(folder, 'other.json'))).toBe(false);
});
