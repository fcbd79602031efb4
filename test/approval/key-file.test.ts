import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeKey, readPrivateKey, writeNew } from '../../src/approval/key-file.js';
import { Scene } from './scene.js';

it('gives a private half for its owner alone, and never writes over one', async () => {
  const { folder } = await Scene.open({});
  const plan = { person: 'alice', groups: ['dba'], accounts: [], notBefore: '2026-01-01' };
  const made = await makeKey({ ...plan, algorithm: 'ES256', notAfter: '2027-01-01' });
  expect(made.publicText).not.toContain('"d"');
  expect(JSON.parse(made.publicText).keys[0]).toMatchObject({ not_after: '2027-01-01' });
  const file = join(folder, 'alice.key');
  writeNew(file, made.privateText, 0o600);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readPrivateKey(file)).toMatchObject({
    person: 'alice',
    kid: made.kid,
    algorithm: 'ES256',
  });
  expect(() => writeNew(file, 'x', 0o600)).toThrow(/is there already/);
  expect(readFileSync(file, 'utf8')).toBe(made.privateText);
  chmodSync(file, 0o640);
  expect(() => readPrivateKey(file)).toThrow(/chmod 600/);
});

it('says what is no private key, and nothing of what is in it', async () => {
  const { folder } = await Scene.open({});
  const file = join(folder, 'x.key');
  for (const [text, words] of [
    ['{"d": "SECRET"', 'is no JSON'],
    ['{"d": "SECRET"}', 'is no private key of interlock keygen'],
  ] as const) {
    writeFileSync(file, text, { mode: 0o600 });
    expect(() => readPrivateKey(file)).toThrow(new RegExp(`${words}$`));
  }
  expect(() => readPrivateKey(join(folder, 'none'))).toThrow(/none/);
});
