import { CompactSign, importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { loadApprovers } from '../../src/approval/approvers.js';
import type { StatementRequest } from '../../src/approval/request.js';
import {
  boundTo,
  CLOCK_SKEW_MS,
  signToken,
  TOKEN_TYPE,
  verifyToken,
} from '../../src/approval/token.js';
import { fc } from '../support/properties.js';
import { NOW_MS, Scene, strangersKey } from './scene.js';

async function stage() {
  const scene = await Scene.open();
  const request = await scene.request();
  const approvers = await loadApprovers(`${scene.folder}/approvers`);
  const verify = async (token: string, nowMs = NOW_MS, to: StatementRequest = request) => {
    const verified = await verifyToken(token, to, { approvers, nowMs });
    return verified.kind === 'valid' ? verified.person : verified.reason;
  };
  const key = scene.keys.get('alice');
  if (key === undefined) throw new Error('alice has a key');
  const signClaims = async (claims: object, header: object = {}): Promise<string> => {
    const protectedHeader = { alg: 'EdDSA', typ: TOKEN_TYPE, kid: key.kid, ...header };
    return await new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader(protectedHeader)
      .sign(await importJWK(key.jwk, 'EdDSA'));
  };
  const claims = {
    ...boundTo(request),
    decision: 'approve',
    jti: 'abcdefghijklmnop',
    iat: NOW_MS / 1000,
  };
  return { scene, request, approvers, verify, key, signClaims, claims };
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('tokens', () => {
  it('hold for the request they were signed for, of either algorithm', async () => {
    const { scene, request, verify, signClaims, claims } = await stage();
    expect(await verify(await scene.sign(request, 'alice'))).toBe('alice');
    expect(await verify(await scene.sign(request, 'bob'))).toBe('bob');
    expect(await verify(await signClaims(claims))).toBe('alice');
  });

  it('hold for no claim that is another one, each told by its name', async () => {
    const { verify, signClaims, claims } = await stage();
    const wrong: Readonly<Record<keyof typeof claims, readonly [unknown, RegExp]>> = {
      v: [2, /claim v/],
      store: ['other', /another store/],
      request: ['A9', /another request/],
      server: ['db1 x', /another server/],
      requester: ['root@10.0.0.5', /another account or address/],
      database: ['app', /another default schema/],
      statement: ['x', /another statement, or another literal/],
      objects: ['x', /other objects/],
      rules: ['x', /other rules/],
      links: [{ db1: 'armed' }, /other link states/],
      uses: [2, /number of uses/],
      gather_until: [1, /time to gather/],
      execute_within: [1e9, /time to run/],
      digest: ['x', /said something else/],
      decision: ['maybe', /claim decision/],
      jti: ['x', /claim jti/],
      iat: ['now', /claim iat/],
    };
    for (const [name, [value, reason]] of Object.entries(wrong)) {
      expect(await verify(await signClaims({ ...claims, [name]: value })), name).toMatch(reason);
      const { [name as keyof typeof claims]: _, ...without } = claims;
      expect(await verify(await signClaims(without)), `no ${name}`).toMatch(/is not one/);
    }
    expect(await verify(await signClaims({ ...claims, more: 1 }))).toMatch(/is not one/);
  });

  it('hold with no trick about the header', async () => {
    const { verify, signClaims, claims, key, scene, request } = await stage();
    const good = await scene.sign(request, 'alice');
    const [, payload, signature] = good.split('.');
    const header = (more: object) => part({ alg: 'EdDSA', typ: TOKEN_TYPE, kid: key.kid, ...more });
    const cases: readonly (readonly [string, RegExp])[] = [
      [`${header({ alg: 'none' })}.${payload}.`, /algorithm is not allowed/],
      [`${header({ alg: 'HS256' })}.${payload}.${signature}`, /algorithm is not allowed/],
      [`${header({ alg: 'ES256' })}.${payload}.${signature}`, /not that of its key/],
      [`${header({ alg: 'Ed25519' })}.${payload}.${signature}`, /algorithm is not allowed/],
      [await signClaims(claims, { typ: 'JWT' }), /its type/],
      [await signClaims(claims, { kid: 'somebody' }), /nobody among the approvers/],
      [await signClaims(claims, { kid: scene.keys.get('bob')?.kid }), /not that of its key/],
      [`${header({ crit: ['exp'], exp: 1 })}.${payload}.${signature}`, /does not hold/],
      [`${header({ b64: false, crit: ['b64'] })}.${payload}.${signature}`, /does not hold/],
      [`${good.split('.').slice(0, 2).join('.')}.`, /does not hold/],
      [good.slice(0, -4), /does not hold/],
      ['a.b.c', /no signed token/],
      ['', /no signed token/],
      ['x'.repeat(9000), /longer than/],
    ];
    for (const [token, reason] of cases) expect(await verify(token), token).toMatch(reason);
    const stranger = await strangersKey();
    const forged = await scene.sign(request, 'x', { key: { ...stranger, kid: key.kid } });
    expect(await verify(forged)).toMatch(/does not hold/);
    expect(await verify(await scene.sign(request, 'x', { key: stranger }))).toMatch(/nobody among/);
    const other = (await scene.sign(request, 'dave')).split('.')[2];
    expect(await verify(`${good.split('.').slice(0, 2).join('.')}.${other}`)).toMatch(
      /does not hold/,
    );
  });

  it('hold while the clocks agree, and within the time to gather', async () => {
    const { scene, request, verify } = await stage();
    const at = (ms: number) => scene.sign(request, 'alice', { nowMs: NOW_MS + ms });
    expect(await verify(await at(CLOCK_SKEW_MS))).toBe('alice');
    expect(await verify(await at(CLOCK_SKEW_MS + 2000))).toMatch(
      /in the future: compare the clocks/,
    );
    expect(await verify(await at(-CLOCK_SKEW_MS))).toBe('alice');
    expect(await verify(await at(-CLOCK_SKEW_MS - 2000))).toMatch(/before it was asked for/);
    expect(await verify(await at(3_600_000), NOW_MS + 3_600_000)).toMatch(/too late/);
  });

  it('hold only by keys that are valid on the day', async () => {
    const { scene, request } = await stage();
    const plans = {
      early: [{ notBefore: '2026-11-28' }, /is not valid before 2026-11-28/],
      expired: [{ notAfter: '2026-11-26' }, /expired on 2026-11-26/],
      lastDay: [{ notAfter: '2026-11-27' }, /^lastDay$/],
      revoked: [{ revoked: '2026-11-27' }, /was revoked on 2026-11-27/],
      revokedLater: [{ revoked: '2026-11-28' }, /^revokedLater$/],
    } as const;
    for (const [person, [plan]] of Object.entries(plans)) await scene.add(person, plan);
    const approvers = await loadApprovers(`${scene.folder}/approvers`);
    for (const [person, [, words]] of Object.entries(plans)) {
      const token = await scene.sign(request, person);
      const verified = await verifyToken(token, request, { approvers, nowMs: NOW_MS });
      expect(verified.kind === 'valid' ? verified.person : verified.reason, person).toMatch(words);
    }
  });

  it('hold for nothing else, wherever a byte of them is changed', async () => {
    const { scene, request, verify } = await stage();
    const good = await scene.sign(request, 'alice');
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(63), async (at, letter) => {
        const other = BASE64URL[letter] ?? 'A';
        const changed = good.slice(0, at) + other + good.slice(at + 1);
        // The last letter of a signature carries bits that no decoder reads.
        if (changed === good || at >= good.length - 1) return;
        expect(await verify(changed)).not.toBe('alice');
      }),
      { numRuns: 100 },
    );
  });

  it('are bound to every field of the request', async () => {
    const { scene, request, approvers } = await stage();
    const token = await scene.sign(request, 'alice');
    const changes: readonly Partial<StatementRequest>[] = [
      { store: 'x' },
      { id: 'A2' },
      { openedMs: 1 },
      { gatherUntilMs: request.gatherUntilMs + 1 },
      { executeMs: 1 },
      { uses: 2 },
      { database: 'app' },
      { server: { ...request.server, identity: 'x' } },
      { requester: { ...request.requester, user: 'x' } },
      { statement: { forms: ['DROP TABLE `u`'], secrets: [] } },
      { statement: { ...request.statement, secrets: ['x'] } },
      { effects: [] },
      { rules: [] },
      { revision: 'x' },
      { reach: [] },
      { sizes: [] },
    ];
    for (const change of changes) {
      const changed = { ...request, ...change };
      const verified = await verifyToken(token, changed, { approvers, nowMs: NOW_MS });
      expect(verified.kind, JSON.stringify(change)).toBe('invalid');
    }
    expect(signToken).toBeTypeOf('function');
  });
});

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
