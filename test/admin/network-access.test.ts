import { describe, expect, it } from 'vitest';
import { NobodyAnswers } from '../../src/admin/client.js';
import { networkAccess } from '../../src/admin/network-access.js';
import { freePort } from '../../src/lab/ports.js';
import { strangersKey } from '../approval/scene.js';
import { Authority } from '../support/authority.js';
import { approverScene } from './approver-scene.js';

describe('asking from another machine', () => {
  it('shows requests and hands signatures in, each signed by its key of either algorithm', async () => {
    const { scene, key, as, logged, results } = await approverScene();
    const alice = as(key('alice'));
    expect(await alice.ask('/requests')).toEqual([]);
    const request = await scene.request();
    expect(await alice.ask('/requests')).toMatchObject([{ request: { id: request.id } }]);
    const token = await scene.sign(request, 'alice');
    expect(await as(key('bob')).tell('/tokens', { token })).toMatchObject({
      kind: 'taken',
      person: 'alice',
    });
    expect(await as(key('bob')).ask(`/requests?id=${request.id}`)).toMatchObject({
      signed: [{ person: 'alice' }],
    });
    expect(await alice.ask('/requests?id=A9')).toBeNull();
    const served = logged.filter(({ text }) => text === 'an approver was answered');
    expect(served.map(({ fields }) => fields)).toContainEqual({
      person: 'bob',
      address: '127.0.0.1',
      asked: 'POST /tokens',
      result: 'taken',
    });
    expect(JSON.stringify(logged)).not.toContain(token.slice(-40));
    expect(results.filter((result) => result === 'served')).toHaveLength(5);
  });

  it('trusts an authority for the names it has signed, or one certificate, and nothing else', async () => {
    const authority = await Authority.make('our own');
    const certificate = { ...(await authority.sign('127.0.0.1')), isSelfSigned: false };
    const { key, as, port, fingerprint, results } = await approverScene({ certificate });
    const alice = key('alice');
    const byAuthority = { kind: 'authority', ca: authority.pem } as const;
    expect(await as(alice, byAuthority).ask('/requests')).toEqual([]);
    const before = results.length;
    const stranger = await Authority.make('another');
    const others = [
      { kind: 'authority' },
      { kind: 'authority', ca: stranger.pem },
      { kind: 'fingerprint', sha256: 'A'.repeat(64) },
    ] as const;
    for (const trust of others) {
      const refused = as(alice, trust).ask('/requests');
      await expect(refused).rejects.toThrow(/cannot be trusted \(.*\); nothing was sent/);
      await expect(refused).rejects.toThrow(fingerprint);
    }
    const url = new URL(`https://localhost:${port}`);
    const misnamed = networkAccess({ url, key: alice, trust: byAuthority }).ask('/requests');
    await expect(misnamed).rejects.toThrow(/ERR_TLS_CERT_ALTNAME_INVALID/);
    expect(results.slice(before)).not.toContain('challenged');
  });

  it('tells who has no valid key why', async () => {
    const { as } = await approverScene();
    const stranger = as(await strangersKey()).ask('/requests');
    await expect(stranger).rejects.toThrow(/\(401\): .*is your public key among the approvers\?/);
    await expect(stranger).rejects.not.toBeInstanceOf(NobodyAnswers);
  });

  it('tells that nobody answers', async () => {
    const url = new URL(`https://127.0.0.1:${await freePort()}`);
    const access = networkAccess({ url, key: await strangersKey(), trust: { kind: 'authority' } });
    await expect(access.ask('/requests')).rejects.toBeInstanceOf(NobodyAnswers);
    await expect(access.ask('/requests')).rejects.toThrow(/ECONNREFUSED.*admin\.listen/);
  });
});
