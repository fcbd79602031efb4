// The interface for approvers, attacked by whoever reaches its port: nothing but a signed request is
// answered, nothing takes it down, and an approver is answered afterwards. Bounded in count and time.
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VISITORS } from '../../src/admin/visitor-limits.js';
import { strangersKey } from '../approval/scene.js';
import { Authority } from '../support/authority.js';
import {
  answersApprovers,
  approverScene,
  openedTo,
  RawClient,
  requestText,
} from './approver-scene.js';

describe('whoever has no key', () => {
  it('is told nothing but that there is a challenge, whatever is asked', async () => {
    const made = await approverScene();
    const { scene } = made;
    const request = await scene.request();
    const paths = [
      '/requests',
      `/requests?id=${request.id}`,
      '/rules/reload',
      '/links',
      '/around',
      '/audit/head',
      '/metrics',
      '/',
      '/../requests',
      '/..%2f..%2fetc/passwd',
      '//requests',
      '/requests/',
      '/challenge/../requests',
      '/REQUESTS',
      '/__proto__',
      '/%00',
    ];
    for (const target of paths) {
      for (const method of ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']) {
        const client = await openedTo(made);
        client.send(requestText({ method, target }));
        const { status, body } = await client.answer();
        expect([0, 400, 401], `${method} ${target} ${status}`).toContain(status);
        expect(JSON.stringify(body ?? '')).not.toContain('DROP TABLE');
        client.socket.destroy();
      }
    }
    await answersApprovers(made);
  });

  it('gets nothing by a stranger’s signature, nor by one for something else', async () => {
    const made = await approverScene();
    const stranger = await strangersKey();
    const answers = [];
    // A key nobody has, and somebody's without its private half: whose keys there are is not told.
    for (const kid of [stranger.kid, made.key('alice').kid, made.key('bob').kid]) {
      const client = await openedTo(made);
      const text = await client.signed({ ...stranger, kid }, { target: '/requests' });
      answers.push(await client.say(text));
    }
    expect(answers[0]).toMatchObject({ status: 401 });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const other = await openedTo(made);
    const approval = await made.scene.sign(await made.scene.request(), 'alice');
    await other.challenge();
    expect(await other.say(requestText({ target: '/requests', token: approval }))).toMatchObject({
      status: 401,
      body: { error: expect.stringContaining('no key of an approver has signed it') },
    });
    expect(made.results).toContain('unauthenticated');
    expect(made.logged).toContainEqual({
      level: 'warn',
      fields: { address: '127.0.0.1', reason: 'nobody among the approvers has its key' },
      text: 'a request to admin.listen was refused',
    });
    await answersApprovers(made);
  });

  it('is not told why, when the store or the approvers cannot be read', async () => {
    const made = await approverScene();
    made.scene.write('broken.json', 'not JSON, and nobody else’s business');
    const client = await openedTo(made);
    const text = await client.signed(made.key('alice'), { target: '/requests' });
    const { status, body } = await client.say(text);
    expect(status).toBe(503);
    expect(body).toEqual({ error: expect.stringContaining('the log of this Interlock says why') });
    expect(JSON.stringify(made.logged)).toContain('broken.json');
  });
});

describe('a crowd', () => {
  it('of a hundred logins at once is answered, or cut; nobody is in by another’s', async () => {
    const made = await approverScene();
    const [alice, stranger] = [made.key('alice'), await strangersKey()];
    const logins = Array.from({ length: 100 }, async (_, index) => {
      const client = await RawClient.open(made.port);
      if (client === undefined) return 'cut';
      const isAlice = index % 2 === 0;
      try {
        const text = await client.signed(isAlice ? alice : stranger, { target: '/requests' });
        const { status } = await client.say(text);
        return `${isAlice ? 'alice' : 'stranger'} ${status}`;
      } catch {
        return 'cut';
      } finally {
        client.socket.destroy();
      }
    });
    const ends = new Set(await Promise.all(logins));
    expect(['alice 200', 'cut', 'stranger 401']).toEqual(expect.arrayContaining([...ends]));
    expect(ends.has('alice 200') && ends.has('cut')).toBe(true);
    await answersApprovers(made);
  });

  it('that races with one signed request gets one answer', async () => {
    const made = await approverScene();
    const client = await openedTo(made);
    const text = await client.signed(made.key('alice'), { target: '/requests' });
    client.send(text.repeat(10));
    const statuses: number[] = [];
    for (;;) {
      const { status } = await client.answer();
      if (status === 0) break;
      statuses.push(status);
    }
    expect(statuses[0]).toBe(200);
    expect(statuses.slice(1)).not.toContain(200);
    expect(made.results.filter((result) => result === 'served')).toHaveLength(1);
  });

  it('that stays is no more than it may be, and leaves room when it goes', async () => {
    const made = await approverScene();
    const clients = [];
    for (let count = 0; count < VISITORS.fromOneAddress + 4; count += 1) {
      clients.push(await RawClient.open(made.port));
    }
    expect(clients.filter((client) => client !== undefined)).toHaveLength(VISITORS.fromOneAddress);
    expect(made.results.filter((result) => result === 'limited')).toHaveLength(4);
    for (const client of clients) client?.socket.destroy();
    await answersApprovers(made);
  });
});

describe('who is slow', () => {
  const SOON = 300;
  const LONG = 600_000;

  it('is cut before its TLS, within a request, and in any case', async () => {
    for (const [slow, say] of [
      ['handshakeMs', undefined],
      ['requestMs', 'GET /requests HTTP/1.1\r\nHost: loc'],
      ['requestMs', head('POST /tokens HTTP/1.1', HOST, JSON_TYPE, 'Content-Length: 9')],
      ['connectionMs', ''],
    ] as const) {
      const patience = { handshakeMs: LONG, requestMs: LONG, connectionMs: LONG, [slow]: SOON };
      const made = await approverScene({ patience });
      if (say === undefined) {
        const silent = connectTcp(made.port, '127.0.0.1');
        silent.on('error', () => undefined);
        expect(await ended(silent)).toBe('');
        continue;
      }
      const client = await RawClient.open(made.port);
      client?.send(say);
      // On a busy machine it may be cut before its TLS is there, too.
      expect([0, 408, undefined], slow).toContain((await client?.answer())?.status);
    }
  });
});

const HOST = 'Host: localhost';
const JSON_TYPE = 'Content-Type: application/json';
const head = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`;

describe('its TLS', () => {
  it('is never done without, and never old', async () => {
    const made = await approverScene();
    const plain = connectTcp(made.port, '127.0.0.1');
    plain.on('error', () => undefined);
    plain.write(requestText({ target: '/challenge', method: 'POST' }));
    expect(await ended(plain)).not.toContain('HTTP/1.1');
    const old = connectTls({
      ...{ port: made.port, host: '127.0.0.1', rejectUnauthorized: false },
      maxVersion: 'TLSv1.2',
    });
    await expect(once(old, 'secureConnect')).rejects.toThrow(/alert|version/i);
    await answersApprovers(made);
  });

  it('has another certificate as soon as it is given one, and none that is not one', async () => {
    const made = await approverScene();
    const authority = await Authority.make('our own');
    const next = { ...(await authority.sign('127.0.0.1')), isSelfSigned: false };
    expect(() => made.server.useCertificate({ ...next, keyPem: 'none' })).toThrow();
    await answersApprovers(made);
    made.server.useCertificate(next);
    const trust = { kind: 'authority', ca: authority.pem } as const;
    expect(await made.as(made.key('alice'), trust).ask('/requests')).toEqual([]);
    await expect(made.as(made.key('alice')).ask('/requests')).rejects.toThrow(/fingerprint/);
  });

  it('says why it cannot be had', async () => {
    const { port } = await approverScene();
    await expect(approverScene({ port })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: expect.stringMatching(/EADDRINUSE.*change admin\.listen/),
    });
  });
});

async function ended(socket: Socket): Promise<string> {
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  await once(socket, 'close');
  return text;
}
