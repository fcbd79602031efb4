// Tokens that nobody should take: forged, re-signed, for somewhere else, used before. Each is refused
// with its reason, all the way through the store; and whatever is made at random is refused too.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompactSign, exportSPKI, importJWK, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import type { PrivateKey } from '../../src/approval/key-file.js';
import type { ApprovalRequest } from '../../src/approval/request.js';
import { boundTo, CLOCK_SKEW_MS, TOKEN_TYPE } from '../../src/approval/token.js';
import { fc } from '../support/properties.js';
import { NOW_MS, Scene, strangersKey } from './scene.js';

async function stage() {
  const scene = await Scene.open();
  const request = await scene.request();
  const key = (person: string): PrivateKey => {
    const found = scene.keys.get(person);
    if (found === undefined) throw new Error(`${person} has no key`);
    return found;
  };
  /** Why it is refused; `taken` if it is not. */
  const hand = async (token: string): Promise<string> => {
    const taken = await scene.approvals.submit(token);
    return taken.kind === 'taken' ? 'taken' : taken.reason;
  };
  return { scene, request, key, hand };
}

const claimsFor = (request: ApprovalRequest) => ({
  ...boundTo(request),
  decision: 'approve',
  jti: 'abcdefghijklmnop',
  iat: NOW_MS / 1000,
});

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

async function signedAs(
  { jwk, kid, algorithm }: PrivateKey,
  payload: string,
  header: object = {},
): Promise<string> {
  return await new CompactSign(Buffer.from(payload))
    .setProtectedHeader({ alg: algorithm, typ: TOKEN_TYPE, kid, ...header })
    .sign(await importJWK(jwk, algorithm));
}

const publicHalf = ({ jwk: { d: _, ...known } }: PrivateKey): JWK => known;

describe('a forged token', () => {
  it.each(['alice', 'bob'])('is no better for its algorithm, by the key of %s', async (person) => {
    const { scene, request, key, hand } = await stage();
    const { kid } = key(person);
    const [, body = '', signature = ''] = (await scene.sign(request, person)).split('.');
    const algorithms = ['none', 'None', 'NONE', 'nOnE', 'eddsa', 'es256', 'ES512', 'RS256', ''];
    for (const alg of [...algorithms, null, 7, ['EdDSA'], { alg: 'EdDSA' }]) {
      for (const end of ['', signature]) {
        const token = `${part({ alg, typ: TOKEN_TYPE, kid })}.${body}.${end}`;
        expect(await hand(token), `${alg}`).toMatch(/not allowed|no signed token/);
      }
    }
    expect((await scene.approvals.find(request.id))?.signatures).toEqual([]);
  });

  it.each(['alice', 'bob'])('is not signed by the public key of %s as a secret', async (person) => {
    const { request, key, hand } = await stage();
    const own = key(person);
    const imported = await importJWK(publicHalf(own), own.algorithm, { extractable: true });
    if (imported instanceof Uint8Array) throw new Error('it is no public key');
    const secrets = [
      Buffer.from(own.jwk.x ?? '', 'base64url'),
      Buffer.from(JSON.stringify(publicHalf(own))),
      Buffer.from(await exportSPKI(imported)),
    ];
    for (const secret of secrets) {
      const token = await new CompactSign(Buffer.from(JSON.stringify(claimsFor(request))))
        .setProtectedHeader({ alg: 'HS256', typ: TOKEN_TYPE, kid: own.kid })
        .sign(secret);
      expect(await hand(token)).toBe('its algorithm is not allowed');
    }
  });

  it('is no better for a key that it brings along, or for an odd name of one', async () => {
    const { request, key, hand } = await stage();
    const stranger = await strangersKey();
    const payload = JSON.stringify(claimsFor(request));
    const own = publicHalf(stranger);
    for (const header of [
      { jwk: own },
      { jwk: own, kid: key('alice').kid },
      { jku: 'https://evil.example/keys.json', kid: 'x' },
      { x5u: 'https://evil.example/c.pem' },
      { x5c: ['AAAA'] },
    ]) {
      expect(await hand(await signedAs(stranger, payload, header))).toMatch(
        /nobody among|does not hold/,
      );
    }
    for (const kid of ['__proto__', 'constructor', '', '../alice', `${key('alice').kid}\0`]) {
      expect(await hand(await signedAs(stranger, payload, { kid }))).toMatch(/nobody among/);
    }
  });

  it('has no signature that is all zeros, of another encoding, or another’s', async () => {
    const { scene, request, key, hand } = await stage();
    const [head = '', body = ''] = (await scene.sign(request, 'bob')).split('.');
    const zeros = Buffer.alloc(64).toString('base64url');
    const der = Buffer.concat([Buffer.from([0x30, 0x44, 2, 0x20]), Buffer.alloc(66)]);
    for (const signature of [zeros, der.toString('base64url'), '', 'AA', zeros.slice(2)]) {
      expect(await hand(`${head}.${body}.${signature}`)).toMatch(/does not hold/);
    }
    const alices = (await scene.sign(request, 'alice')).split('.')[2];
    expect(await hand(`${head}.${body}.${alices}`)).toMatch(/does not hold/);
    const forged = { ...(await strangersKey()), kid: key('alice').kid };
    expect(await hand(await signedAs(forged, JSON.stringify(claimsFor(request))))).toMatch(
      /does not hold/,
    );
  });

  it('is of one form only', async () => {
    const { scene, request, hand } = await stage();
    const good = await scene.sign(request, 'alice');
    const [protectedHeader = '', payload = '', signature = ''] = good.split('.');
    for (const other of [
      `${good}.`,
      `.${good}`,
      `${good}.${signature}`,
      JSON.stringify({ protected: protectedHeader, payload, signature }),
      `${protectedHeader}..${signature}`,
      `${protectedHeader}.${payload}`,
    ]) {
      expect(await hand(other), other).not.toBe('taken');
    }
    expect(await hand(good)).toBe('taken');
  });
});

describe('a token that was good', () => {
  it('is refused once its key has ended: revoked, expired, or not yet begun', async () => {
    const { scene, request, hand } = await stage();
    const token = await scene.sign(request, 'alice');
    scene.revoke('alice', '2026-11-27');
    expect(await hand(token)).toMatch(/alice was revoked on 2026-11-27/);
    for (const [plan, reason] of [
      [{ notAfter: '2026-11-26' }, /expired on 2026-11-26/],
      [{ notBefore: '2026-11-28' }, /is not valid before 2026-11-28/],
    ] as const) {
      await scene.add('alice', { groups: ['dba'], ...plan });
      expect(await hand(await scene.sign(request, 'alice'))).toMatch(reason);
    }
  });

  it('is refused by a clock that is too far behind the signer’s', async () => {
    const { scene, request, hand } = await stage();
    const ahead = CLOCK_SKEW_MS + 1000;
    const token = await scene.sign(request, 'alice', { nowMs: NOW_MS + ahead });
    expect(await hand(token)).toBe('it was signed in the future: compare the clocks');
    scene.nowMs = NOW_MS + 1000;
    expect(await hand(token)).toBe('taken');
    // The clock goes back: what was taken counts no more until it agrees again.
    scene.nowMs = NOW_MS - 1;
    expect((await scene.approvals.find(request.id))?.signatures).toEqual([]);
    scene.nowMs = NOW_MS + 1000;
    expect((await scene.approvals.find(request.id))?.signatures).toHaveLength(1);
  });

  it('is nothing to another proxy with another store, nor to its own with a copy put back', async () => {
    const { scene, request, hand } = await stage();
    const tokens = [await scene.sign(request, 'alice'), await scene.sign(request, 'bob')];
    const elsewhere = await Scene.open();
    for (const person of ['alice', 'bob']) {
      copyFileSync(
        join(scene.folder, 'approvers', `${person}.json`),
        join(elsewhere.folder, 'approvers', `${person}.json`),
      );
    }
    const same = await elsewhere.request();
    expect(same.id).toBe(request.id);
    for (const token of tokens) {
      expect(await elsewhere.approvals.submit(token)).toMatchObject({
        kind: 'refused',
        reason: 'it is for another store of approvals',
      });
    }
    await scene.approvals.close();
    const file = join(scene.folder, 'store.db');
    copyFileSync(file, `${file}.copy`);
    for (const token of tokens) expect(await hand(token)).toBe('taken');
    expect(await scene.resolve()).toMatchObject({ kind: 'approved' });
    await scene.approvals.close();
    copyFileSync(`${file}.copy`, file);
    for (const token of tokens) {
      expect(await hand(token)).toMatch(/ended when the store was put back from a copy/);
    }
    expect(await scene.resolve({ tokens })).toMatchObject({ kind: 'not-approved' });
  });

  it('is used up, also after a restart', async () => {
    const { scene, request, hand } = await stage();
    const tokens = [await scene.sign(request, 'alice'), await scene.sign(request, 'bob')];
    for (const token of tokens) expect(await hand(token)).toBe('taken');
    expect(await scene.resolve()).toMatchObject({ kind: 'approved' });
    await scene.approvals.close();
    for (const token of tokens) expect(await hand(token)).toBe('its request has been used');
    const again = await scene.resolve({ tokens }, 'R2');
    expect(again).toMatchObject({ kind: 'not-approved' });
    expect(again.approval.request).not.toBe(request.id);
    expect(scene.results.filter((result) => result === 'used')).toHaveLength(1);
    expect(scene.results.filter((result) => result === 'replayed').length).toBeGreaterThan(1);
  });
});

describe('what is made at random', () => {
  it('is for nothing else, though an approver has signed it', async () => {
    const { request, key, hand } = await stage();
    const claims = claimsFor(request);
    // A denial may be anybody's, and ends it.
    const names = Object.keys(claims).filter((name) => name !== 'decision');
    const value = fc.oneof(
      fc.constantFrom(...Object.values(claims), '__proto__', {}, [], null),
      fc.json({ maxDepth: 2 }).map((text): unknown => JSON.parse(text)),
    );
    const changes = fc.dictionary(fc.constantFrom(...names, 'more'), value, { minKeys: 1 });
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        const said = { ...claims, ...changed };
        // These are the signer's own to say; and some changes are none.
        const isBound = (name: string) => !['jti', 'iat'].includes(name);
        const isChanged = Object.entries(said).some(
          ([name, now]) =>
            isBound(name) &&
            JSON.stringify(now) !== JSON.stringify(claims[name as keyof typeof claims]),
        );
        const answer = await hand(await signedAs(key('alice'), JSON.stringify(said)));
        expect(answer).not.toBe(isChanged ? 'taken' : '');
      }),
      { numRuns: 150 },
    );
  });

  it('is no token, and breaks nothing', async () => {
    const { scene, request, hand } = await stage();
    const good = await scene.sign(request, 'alice');
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(fc.base64String({ maxLength: 60 }), { maxLength: 5 }).map((all) => all.join('.')),
      fc.json({ maxDepth: 3 }).map((json) => `${part({ alg: 'EdDSA' })}.${btoaOf(json)}.AA`),
      fc
        .tuple(fc.nat(good.length), fc.nat(good.length))
        .filter(([from, to]) => from < to && to - from < good.length)
        .map(([from, to]) => good.slice(0, from) + good.slice(to)),
    );
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        expect(await hand(token)).not.toBe('taken');
      }),
      { numRuns: 150 },
    );
    expect(await hand(good)).toBe('taken');
  });
});

function btoaOf(text: string): string {
  return Buffer.from(text).toString('base64url');
}
