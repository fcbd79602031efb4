// Who asks: the challenge of a connection, and what answers it. Raw, over real TLS.
import { describe, expect, it } from 'vitest';
import { CHALLENGE_MS } from '../../src/admin/approver-login.js';
import { bodyDigest, signRequest } from '../../src/approval/challenge.js';
import { approverScene, openedTo, requestText } from './approver-scene.js';

async function stage() {
  const made = await approverScene();
  return { ...made, open: () => openedTo(made), alice: made.key('alice') };
}

const LIST = { target: '/requests' };
const refusedFor = (reason: string) => ({
  status: 401,
  body: { error: expect.stringContaining(reason) },
});

describe('a challenge', () => {
  it('is answered once: what was signed for it is worth nothing after', async () => {
    const { open, alice } = await stage();
    const client = await open();
    const text = await client.signed(alice, LIST);
    expect(await client.say(text)).toEqual({ status: 200, body: { value: [] } });
    expect(await client.say(text)).toEqual(refusedFor('no challenge that waits'));
    expect(await client.answer()).toMatchObject({ status: 0 });
  });

  it('is used up by an answer that is wrong, too', async () => {
    const { open, alice } = await stage();
    const client = await open();
    const text = await client.signed(alice, LIST);
    client.send(requestText({ target: '/requests', token: 'a.b.c' }) + text);
    expect(await client.answer()).toEqual(refusedFor('no key of an approver'));
    expect((await client.answer()).status).not.toBe(200);
  });

  it('is one of its connection: what is signed for one is refused on every other', async () => {
    const { open, alice } = await stage();
    const [one, other] = [await open(), await open()];
    const channels = { one: one.channel, other: other.channel };
    expect(channels.one).not.toBe(channels.other);
    const given = await one.challenge();
    const said = { ...given, method: 'GET', target: '/requests', body: bodyDigest('') };
    // A server in between would have its own connection to Interlock, and its own to the approver.
    const relayed = await signRequest({ ...said, channel: channels.other }, alice);
    expect(await one.say(requestText({ ...LIST, token: relayed }))).toEqual(
      refusedFor('another connection'),
    );
    await other.challenge();
    const stolen = await signRequest({ ...said, channel: channels.one }, alice);
    expect(await other.say(requestText({ ...LIST, token: stolen }))).toEqual(
      refusedFor('another challenge'),
    );
  });

  it('takes the place of the one before it', async () => {
    const { open, alice } = await stage();
    const client = await open();
    const text = await client.signed(alice, LIST);
    await client.challenge();
    expect(await client.say(text)).toEqual(refusedFor('another challenge'));
  });

  it('waits for so long', async () => {
    const { open, alice, clock } = await stage();
    const client = await open();
    const text = await client.signed(alice, LIST);
    clock.monotonicMs += CHALLENGE_MS + 1;
    expect(await client.say(text)).toEqual(refusedFor('too late'));
  });

  it('is no session: a key that is revoked in between is refused at the next request', async () => {
    const { open, alice, scene } = await stage();
    const client = await open();
    expect(await client.say(await client.signed(alice, LIST))).toMatchObject({ status: 200 });
    const text = await client.signed(alice, LIST);
    scene.revoke('alice', '2026-11-27');
    expect(await client.say(text)).toEqual(refusedFor('alice was revoked on 2026-11-27'));
  });

  it('is answered for one request: another method, path or body is refused', async () => {
    const { open, alice } = await stage();
    const post = { method: 'POST', target: '/tokens', body: '{"token":"x"}' };
    for (const change of [
      { method: 'GET' },
      { target: '/requests' },
      { body: bodyDigest('{"token":"y"}') },
    ]) {
      const client = await open();
      const text = await client.signed(alice, post, change);
      expect(await client.say(text)).toEqual(refusedFor('another request'));
    }
    const client = await open();
    expect(await client.say(await client.signed(alice, post))).toMatchObject({
      status: 200,
      body: { value: { kind: 'refused' } },
    });
  });
});
