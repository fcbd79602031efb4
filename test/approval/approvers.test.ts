import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadApprovers } from '../../src/approval/approvers.js';
import { makeKey } from '../../src/approval/key-file.js';
import { Scene } from './scene.js';

const load = (scene: Scene) => loadApprovers(join(scene.folder, 'approvers'));
const PLAN = { algorithm: 'EdDSA', notBefore: '2026-01-01' } as const;

describe('approvers', () => {
  it('are read from a folder of key sets, or from one', async () => {
    const scene = await Scene.open();
    const read = await load(scene);
    expect([...read.people.keys()].toSorted()).toEqual(['alice', 'bob', 'carol', 'dave']);
    expect(read.keys.get(scene.keys.get('bob')?.kid ?? '')).toMatchObject({
      person: 'bob',
      algorithm: 'ES256',
      notBeforeMs: Date.UTC(2026, 0, 1),
    });
    const one = await loadApprovers(join(scene.folder, 'approvers', 'bob.json'));
    expect(one.keys.size).toBe(1);
  });

  it('are one person with several keys', async () => {
    const scene = await Scene.open({ alice: { groups: ['dba'], accounts: ['a'] } });
    const more = await makeKey({ ...PLAN, person: 'alice', groups: ['security'], accounts: ['b'] });
    scene.write('alice-2.json', more.publicText);
    const { people, keys } = await load(scene);
    expect(keys.size).toBe(2);
    expect(people.get('alice')).toEqual({
      name: 'alice',
      groups: ['dba', 'security'],
      accounts: ['a', 'b'],
    });
  });

  it('are all refused with the first fault, which is named without a key in it', async () => {
    const scene = await Scene.open({ alice: {} });
    const { x } = scene.keys.get('alice')?.jwk ?? {};
    const key = { kty: 'OKP', crv: 'Ed25519', x };
    const faults: readonly (readonly [unknown, RegExp])[] = [
      [{ keys: [{ ...key, person: 'bob' }] }, /(bob has the same key as alice|alice .* bob)/],
      [{ keys: [{ ...key, person: 'bob', d: 'SECRET' }] }, /keys\.0: unknown field d/],
      [{ keys: [{ ...key, person: 'bob', not_after: '2026-13-01' }] }, /keys\.0\.not_after: a day/],
      [{ keys: [{ ...key, crv: 'P-256', person: 'bob' }] }, /says OKP, P-256/],
      [{ keys: [{ ...key, alg: 'ES256', person: 'bob' }] }, /says OKP, Ed25519 and ES256/],
      [{ keys: [{ ...key, kty: 'RSA', person: 'bob' }] }, /OKP \(Ed25519\) or EC/],
      [{ keys: [{ ...key, person: 'n', sealed: SEAL }] }, /sealed key n has no not_after/],
      [{ keys: [{ ...key, person: 'alice', ...ENDS, sealed: SEAL }] }, /needs a name of its own/],
      [{ keys: [{ ...key, person: 'n', ...ENDS, groups: ['dba'], sealed: SEAL }] }, /has groups/],
      [
        { keys: [{ ...key, person: 'n', ...ENDS, sealed: { ...SEAL, servers: [] } }] },
        /one server/,
      ],
      [{ keys: [key] }, /keys\.0\.person/],
      [[], /the file/],
    ];
    for (const [value, words] of faults) {
      scene.write('odd.json', JSON.stringify(value));
      const failure = await load(scene).catch((thrown: Error) => thrown.message);
      expect(failure).toMatch(words);
      expect(failure).not.toContain('SECRET');
    }
    writeFileSync(join(scene.folder, 'approvers', 'odd.json'), 'no JSON');
    await expect(load(scene)).rejects.toMatchObject({ code: 'APPROVERS_INVALID' });
    await expect(loadApprovers('/nowhere')).rejects.toThrow(/nowhere/);
  });

  it('are at least one', async () => {
    const scene = await Scene.open({});
    await expect(load(scene)).rejects.toThrow(/no key in it/);
  });
});

const SEAL = { accounts: ['dba'], servers: ['db1'] };
const ENDS = { not_after: '2027-01-01' };
