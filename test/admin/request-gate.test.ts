import { describe, expect, it } from 'vitest';
import { objectionTo, requestFault } from '../../src/admin/request-gate.js';

const isOurName = (name: string) => name === 'interlock.example';

function gate(
  lines: readonly (readonly [string, string])[],
  head: { readonly method?: string; readonly url?: string; readonly httpVersion?: string } = {},
): number | undefined {
  const rawHeaders = lines.flat();
  const asked = { method: 'GET', url: '/requests', httpVersion: '1.1', ...head, rawHeaders };
  return objectionTo(asked, isOurName)?.status;
}

describe('the gate', () => {
  it('lets in what the commands send', () => {
    for (const host of [
      'localhost',
      'LOCALHOST:1',
      '127.0.0.1:9708',
      '[::1]:9708',
      'Interlock.Example:9708',
    ]) {
      expect(gate([['Host', host]]), host).toBeUndefined();
    }
    const json = [
      ['host', 'localhost'],
      ['content-type', 'application/json'],
      ['content-length', '7'],
    ] as const;
    expect(gate(json, { method: 'POST' })).toBeUndefined();
    const empty = [
      ['host', 'localhost'],
      ['content-length', '0'],
    ] as const;
    expect(gate(empty, { method: 'POST' })).toBeUndefined();
  });

  it('lets in no name that is not ours: it may be a page’s own', () => {
    for (const host of ['evil.example', 'interlock.example.evil', 'localhost.evil', '2130706433']) {
      expect(gate([['host', host]]), host).toBe(421);
    }
    for (const host of ['', 'a b', 'user@localhost', 'localhost:x', 'localhost, evil', '[::1']) {
      expect(gate([['host', host]]), host).toBe(400);
    }
    expect(gate([])).toBe(400);
    expect(
      gate([
        ['host', 'localhost'],
        ['Host', 'localhost'],
      ]),
    ).toBe(400);
  });

  it('lets in no browser', () => {
    for (const name of [
      'Origin',
      'Referer',
      'Cookie',
      'Sec-Fetch-Site',
      'Access-Control-Request-Method',
    ]) {
      expect(
        gate([
          ['host', 'localhost'],
          [name, 'null'],
        ]),
        name,
      ).toBe(403);
    }
  });

  it('lets in no other HTTP, and no target that is more than a short path', () => {
    const host = [['host', 'localhost']] as const;
    for (const httpVersion of ['1.0', '2.0', '0.9']) expect(gate(host, { httpVersion })).toBe(505);
    for (const url of [
      'http://localhost/requests',
      '*',
      'localhost:1',
      '',
      `/${'x'.repeat(600)}`,
    ]) {
      expect(gate(host, { url }), url).toBe(400);
    }
  });

  it('lets in no body that two readers could read in two ways', () => {
    for (const name of ['Transfer-Encoding', 'Content-Encoding', 'Expect', 'Upgrade', 'Trailer']) {
      expect(
        gate(
          [
            ['host', 'localhost'],
            [name, 'x'],
          ],
          { method: 'POST' },
        ),
        name,
      ).toBe(400);
    }
    const body = (type: string, method: string) =>
      gate(
        [
          ['host', 'localhost'],
          ['content-length', '1'],
          ['content-type', type],
        ],
        { method },
      );
    expect(body('application/json', 'GET')).toBe(400);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', '']) {
      expect(body(type, 'POST'), type).toBe(415);
    }
    for (const name of ['content-length', 'content-type', 'authorization']) {
      const twice = [
        ['host', 'localhost'],
        [name, '0'],
        [name, '0'],
      ] as const;
      expect(gate(twice, { method: 'POST' }), name).toBe(400);
    }
  });
});

it('tells what is wrong with a request from what is wrong with us', () => {
  expect(requestFault(Object.assign(new Error('too long'), { statusCode: 413 }))).toBe(413);
  for (const thrown of [new Error('x'), null, 'x', { statusCode: 500 }, { statusCode: '413' }]) {
    expect(requestFault(thrown)).toBeUndefined();
  }
});
