import { CompactSign, importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { loadApprovers } from '../../src/approval/approvers.js';
import {
  bodyDigest,
  CHALLENGE_TYPE,
  readChallenge,
  type SignedRequest,
  signRequest,
  whoSigned,
} from '../../src/approval/challenge.js';
import { TOKEN_TYPE, verifySignature } from '../../src/approval/token.js';
import { fc } from '../support/properties.js';
import { NOW_MS, Scene, strangersKey } from './scene.js';

const EXPECTED: SignedRequest = {
  v: 1,
  nonce: 'abcdefghijklmnopqrstuv',
  store: 'store',
  channel: 'channel',
  method: 'POST',
  target: '/tokens',
  body: bodyDigest('{}'),
};

async function stage() {
  const scene = await Scene.open();
  const key = (person: string) => {
    const found = scene.keys.get(person);
    if (found === undefined) throw new Error(`${person} has no key`);
    return found;
  };
  const who = async (token: string, expected = EXPECTED) => {
    const approvers = await loadApprovers(`${scene.folder}/approvers`);
    const known = await whoSigned(token, expected, { approvers, nowMs: NOW_MS });
    return known.kind === 'known' ? known.person : known.reason;
  };
  return { scene, key, who };
}

describe('a signed request', () => {
  it('says who asks, by a key of either algorithm', async () => {
    const { key, who } = await stage();
    expect(await who(await signRequest(EXPECTED, key('alice')))).toBe('alice');
    expect(await who(await signRequest(EXPECTED, key('bob')))).toBe('bob');
  });

  it('is for nothing else than what was signed', async () => {
    const { key, who } = await stage();
    const others: Readonly<Record<keyof SignedRequest, readonly [unknown, RegExp]>> = {
      v: [2, /says something else/],
      nonce: ['abcdefghijklmnopqrstuw', /another challenge/],
      store: ['other', /another store/],
      channel: ['other', /another connection/],
      method: ['GET', /another request/],
      target: ['/tokens?', /another request/],
      body: [bodyDigest('{ }'), /another request/],
    };
    for (const [name, [value, reason]] of Object.entries(others)) {
      const said = { ...EXPECTED, [name]: value } as SignedRequest;
      expect(await who(await signRequest(said, key('alice'))), name).toMatch(reason);
    }
    const more = { ...EXPECTED, more: 1 } as SignedRequest;
    expect(await who(await signRequest(more, key('alice')))).toMatch(/something else/);
  });

  it('counts by a key that is known and valid on the day, and says why not to its owner only', async () => {
    const { scene, key, who } = await stage();
    const stranger = await strangersKey();
    expect(await who(await signRequest(EXPECTED, stranger))).toMatch(/nobody among the approvers/);
    const forged = await signRequest(EXPECTED, { ...stranger, kid: key('alice').kid });
    expect(await who(forged)).toMatch(/signature does not hold/);
    await scene.add('erin', { notAfter: '2026-11-26' });
    await scene.add('fred', { revoked: '2026-11-27' });
    expect(await who(await signRequest(EXPECTED, key('erin')))).toMatch(/expired on 2026-11-26/);
    expect(await who(await signRequest(EXPECTED, key('fred')))).toMatch(/was revoked/);
    const guessed = await signRequest(EXPECTED, { ...stranger, kid: key('fred').kid });
    expect(await who(guessed)).not.toMatch(/fred|revoked/);
  });

  it('is no approval, and no approval is one', async () => {
    const { scene, key, who } = await stage();
    const approval = await scene.sign(await scene.request(), 'alice');
    expect(await who(approval)).toMatch(/its type is not interlock-admin/);
    const request = await signRequest(EXPECTED, key('alice'));
    const approvers = await loadApprovers(`${scene.folder}/approvers`);
    expect(await verifySignature(request, { approvers, nowMs: NOW_MS })).toMatchObject({
      reason: `its type is not ${TOKEN_TYPE}`,
    });
  });

  it('has no trick about its header', async () => {
    const { key, who } = await stage();
    const alice = key('alice');
    const good = await signRequest(EXPECTED, alice);
    const [, payload, signature] = good.split('.');
    const header = (more: object) =>
      Buffer.from(
        JSON.stringify({ alg: 'EdDSA', typ: CHALLENGE_TYPE, kid: alice.kid, ...more }),
      ).toString('base64url');
    // Signed by the public key, as if it were a secret that both sides share.
    const shared = await new CompactSign(Buffer.from(JSON.stringify(EXPECTED)))
      .setProtectedHeader({ alg: 'HS256', typ: CHALLENGE_TYPE, kid: alice.kid })
      .sign(Buffer.from(alice.jwk.x ?? '', 'base64url'));
    for (const token of [
      shared,
      ...['none', 'None', 'nOnE', 'NONE', 'HS256', 'eddsa', 'EDDSA', ''].map(
        (alg) => `${header({ alg })}.${payload}.${signature}`,
      ),
      `${header({ alg: 'none' })}.${payload}.`,
    ]) {
      expect(await who(token), token).toMatch(/algorithm is not allowed/);
    }
    const own = await importJWK(alice.jwk, 'EdDSA');
    const embedded = await new CompactSign(Buffer.from(JSON.stringify(EXPECTED)))
      .setProtectedHeader({ alg: 'EdDSA', typ: CHALLENGE_TYPE, jwk: { ...alice.jwk } })
      .sign(own);
    expect(await who(embedded)).toMatch(/nobody among the approvers/);
  });

  it('is none when it is anything else', async () => {
    const { key, who } = await stage();
    const good = await signRequest(EXPECTED, key('alice'));
    const known = ['alice', 'bob', 'carol', 'dave'];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ maxLength: 200 }),
          // The last letter of a signature carries bits that no decoder reads.
          fc.tuple(fc.nat(good.length - 2), fc.nat(63)).map(([at, letter]) => {
            return good.slice(0, at) + (BASE64URL[letter] ?? 'A') + good.slice(at + 1);
          }),
        ),
        async (token) => {
          if (token !== good) expect(known).not.toContain(await who(token));
        },
      ),
      { numRuns: 200 },
    );
  });
});

it('reads a challenge, and nothing else as one', () => {
  const { v, nonce, store } = EXPECTED;
  expect(readChallenge({ v, nonce, store, more: 1 })).toEqual({ v, nonce, store });
  for (const other of [null, {}, { v, nonce: 'x', store }, { v: 2, nonce, store }]) {
    expect(() => readChallenge(other)).toThrow();
  }
});

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
