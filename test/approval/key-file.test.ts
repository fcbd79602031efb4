import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeKey, readPrivateKey, writeNew } from '../../src/approval/key-file.js';
import { Scene } from './scene.js';

const nobody = (): Promise<string> => Promise.reject(new Error('nobody was to be asked'));

it('locks a sealed key with its passphrase', async () => {
  const { folder } = await Scene.open({});
  const seal = { accounts: ['dba'], servers: ['db1'], passphrase: 'correct horse battery' };
  const plan = { person: 'night', groups: [], accounts: [], notBefore: '2026-01-01', seal };
  const made = await makeKey({ ...plan, algorithm: 'EdDSA', notAfter: '2027-01-01' });
  expect(JSON.parse(made.publicText).keys[0]).toMatchObject({
    sealed: { accounts: ['dba'], servers: ['db1'] },
    not_after: '2027-01-01',
  });
  expect(made.publicText).not.toContain('horse');
  expect(made.privateText).toMatch(/^[A-Za-z0-9_.-]+\n$/);
  const file = join(folder, 'night.sealed');
  writeNew(file, made.privateText, 0o600);
  expect(await readPrivateKey(file, async () => seal.passphrase)).toMatchObject({
    ...{ person: 'night', kid: made.kid, isSealed: true },
  });
  await expect(readPrivateKey(file, async () => 'wrong horse battery')).rejects.toThrow(
    /does not open with this passphrase$/,
  );
});

it('gives a private half for its owner alone, and never writes over one', async () => {
  const { folder } = await Scene.open({});
  const plan = { person: 'alice', groups: ['dba'], accounts: [], notBefore: '2026-01-01' };
  const made = await makeKey({ ...plan, algorithm: 'ES256', notAfter: '2027-01-01' });
  expect(made.publicText).not.toContain('"d"');
  expect(JSON.parse(made.publicText).keys[0]).toMatchObject({ not_after: '2027-01-01' });
  const file = join(folder, 'alice.key');
  writeNew(file, made.privateText, 0o600);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await readPrivateKey(file, nobody)).toMatchObject({
    person: 'alice',
    kid: made.kid,
    algorithm: 'ES256',
    isSealed: false,
  });
  expect(() => writeNew(file, 'x', 0o600)).toThrow(/is there already/);
  expect(readFileSync(file, 'utf8')).toBe(made.privateText);
  chmodSync(file, 0o640);
  await expect(readPrivateKey(file, nobody)).rejects.toThrow(/chmod 600/);
});

it('says what is no private key, and nothing of what is in it', async () => {
  const { folder } = await Scene.open({});
  const file = join(folder, 'x.key');
  for (const [text, words] of [
    ['{"d": "SECRET"', 'is no JSON'],
    ['{"d": "SECRET"}', 'is no private key of interlock keygen'],
  ] as const) {
    writeFileSync(file, text, { mode: 0o600 });
    await expect(readPrivateKey(file, nobody)).rejects.toThrow(new RegExp(`${words}$`));
  }
  await expect(readPrivateKey(join(folder, 'none'), nobody)).rejects.toThrow(/none/);
});
