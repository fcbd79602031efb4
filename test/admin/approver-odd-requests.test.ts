// The interface for approvers under requests that no command of ours sends: each is refused, nothing is
// taken down, and an approver is answered afterwards. Bounded in count and time.

import { describe, expect, it } from 'vitest';
import { fc } from '../support/properties.js';
import { answersApprovers, approverScene, openedTo } from './approver-scene.js';

const head = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`;
const HOST = 'Host: localhost';

describe('odd requests', () => {
  const odd: Readonly<Record<string, readonly [string, readonly number[]]>> = {
    'HTTP/1.0 without a host': [head('GET /requests HTTP/1.0'), [505]],
    'HTTP/1.1 without a host': [head('GET /requests HTTP/1.1'), [400]],
    'a host that is somebody else’s': [head('GET /requests HTTP/1.1', 'Host: evil.example'), [421]],
    'two hosts': [head('GET /requests HTTP/1.1', HOST, 'Host: evil.example'), [400, 0]],
    'an absolute target': [head('GET https://evil.example/requests HTTP/1.1', HOST), [400]],
    'a target of another host': [head('GET //evil.example/requests HTTP/1.1', HOST), [401]],
    'a page of a browser': [head('GET /requests HTTP/1.1', HOST, 'Origin: null'), [403]],
    'a preflight': [
      head('OPTIONS /tokens HTTP/1.1', HOST, 'Access-Control-Request-Method: POST'),
      [403],
    ],
    'a tunnel': [head('CONNECT db1:3306 HTTP/1.1', 'Host: db1:3306'), [0, 400, 421]],
    'an upgrade': [
      head('GET /requests HTTP/1.1', HOST, 'Connection: Upgrade', 'Upgrade: h2c'),
      [400],
    ],
    'HTTP/2': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [0, 400]],
    'a body in chunks': [
      `${head('POST /tokens HTTP/1.1', HOST, 'Transfer-Encoding: chunked', 'Content-Type: application/json')}2\r\n{}\r\n0\r\n\r\n`,
      [400],
    ],
    'two lengths': [
      `${head('POST /tokens HTTP/1.1', HOST, 'Content-Length: 2', 'Content-Length: 3')}{}`,
      [0, 400],
    ],
    'a length and chunks': [
      `${head('POST /tokens HTTP/1.1', HOST, 'Content-Length: 2', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
      [0, 400],
    ],
    'a length below nothing': [head('POST /tokens HTTP/1.1', HOST, 'Content-Length: -1'), [0, 400]],
    'a body that is too long': [
      head(
        'POST /tokens HTTP/1.1',
        HOST,
        'Content-Type: application/json',
        'Content-Length: 16385',
      ),
      [413],
    ],
    'a body without end': [
      head(
        'POST /tokens HTTP/1.1',
        HOST,
        'Content-Type: application/json',
        'Content-Length: 999999999999999',
      ),
      [413],
    ],
    'a body of another type': [
      `${head('POST /tokens HTTP/1.1', HOST, 'Content-Type: text/plain', 'Content-Length: 2')}{}`,
      [415],
    ],
    'a body where none belongs': [
      `${head('GET /requests HTTP/1.1', HOST, 'Content-Length: 2')}{}`,
      [400],
    ],
    'headers without end': [
      head('GET /requests HTTP/1.1', HOST, `X: ${'x'.repeat(9000)}`),
      [0, 431],
    ],
    'a target without end': [head(`GET /${'x'.repeat(4000)} HTTP/1.1`, HOST), [400]],
    'a header that splits': [head('GET /requests HTTP/1.1', HOST, 'A: b\rX: c'), [0, 400]],
    'no HTTP at all': ['\x10\x00\x00\x01\x85\xa6\x3f\x20', [0, 400]],
    'no bytes but ends of lines': ['\r\n'.repeat(200), [0, 400]],
  };

  it.each(Object.entries(odd))('are refused: %s', async (_, [text, statuses]) => {
    const made = await approverScene();
    const client = await openedTo(made);
    client.send(text);
    // Some never say that they are done; the server would wait for them.
    if (statuses.includes(0)) client.socket.end();
    const { status } = await client.answer();
    expect(statuses, String(status)).toContain(status);
    expect(made.results).not.toContain('served');
    await answersApprovers(made);
  });

  it('are refused to approvers too', async () => {
    const made = await approverScene();
    const alice = made.key('alice');
    const bodies = [
      '{',
      'null',
      '[]',
      '"x"',
      '{"token":7}',
      '{"__proto__":{"token":"x"}}',
      '{"constructor":{"prototype":{"token":"x"}}}',
      '{"token":{"trim":1}}',
      '{"token":"x","token":["y"]}',
      `{"token":"${'x'.repeat(9000)}"}`,
      '['.repeat(8000),
    ];
    for (const body of bodies) {
      const client = await openedTo(made);
      const { status, body: answer } = await client.say(
        await client.signed(alice, { method: 'POST', target: '/tokens', body }),
      );
      expect([200, 400], body.slice(0, 60)).toContain(status);
      expect(JSON.stringify(answer)).toMatch(/refused|no JSON/);
      client.socket.destroy();
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    for (const query of [
      '?id=A1&id=A2',
      '?id[]=A1',
      '?id=__proto__',
      '?id=%27%20OR%201=1',
      '?id=',
    ]) {
      const client = await openedTo(made);
      const text = await client.signed(alice, { target: `/requests${query}` });
      expect(await client.say(text), query).toMatchObject({ status: 200 });
      client.socket.destroy();
    }
    for (const target of ['/rules/reload', '/links', '/../requests', '/requests/A1']) {
      const client = await openedTo(made);
      const text = await client.signed(alice, { target });
      expect(await client.say(text), target).toMatchObject({ status: 404 });
      client.socket.destroy();
    }
  });

  it('of random bytes are answered by nothing but a refusal', async () => {
    const made = await approverScene();
    const words = fc.constantFrom(
      ...['GET ', 'POST ', '/requests', '/tokens', '/challenge', ' HTTP/1.1\r\n', '\r\n\r\n', '{}'],
      ...['Host: localhost\r\n', 'Content-Length: 2\r\n', 'Authorization: Interlock a.b.c\r\n'],
    );
    const noise = fc.string({ unit: 'binary', maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(words, noise), { maxLength: 20 }), async (parts) => {
        const client = await openedTo(made);
        client.send(parts.join(''));
        client.socket.end();
        const { status, body } = await client.answer();
        if (status === 200) expect(body).toHaveProperty('value.nonce');
        client.socket.destroy();
      }),
      { numRuns: 30 },
    );
    expect(made.results).not.toContain('served');
    await answersApprovers(made);
  });
});
