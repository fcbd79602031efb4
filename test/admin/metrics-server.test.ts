// The port for machines: three paths, GET only.
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMetricsServer, type ReadinessCheck } from '../../src/admin/metrics-server.js';

const metrics = {
  expose: async () => ({ contentType: 'text/plain; version=0.0.4', body: 'a 1\n' }),
};

async function start(checks: readonly ReadinessCheck[] = []) {
  const listen = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
  const server = await createMetricsServer({ listen, metrics, checks });
  onTestFinished(() => server.close());
  return (path: string, method = 'GET') => fetch(`http://${server.address}${path}`, { method });
}

describe('the metrics port', () => {
  it('serves what the metrics expose', async () => {
    const get = await start();
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await response.text()).toBe('a 1\n');
  });

  it('is healthy while the loop turns', async () => {
    const get = await start([{ name: 'audit', check: () => ({ ok: false, reason: 'full' }) }]);
    const response = await get('/healthz');
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('is ready when every condition holds, looking anew each time', async () => {
    let full = true;
    const get = await start([
      { name: 'listeners', check: () => ({ ok: true }) },
      {
        name: 'audit',
        check: () => (full ? { ok: false, reason: 'no space' } : { ok: true }),
      },
    ]);
    const before = await get('/readyz');
    expect(before.status).toBe(503);
    expect(await before.json()).toEqual({
      ready: false,
      checks: [
        { name: 'listeners', ok: true },
        { name: 'audit', ok: false, reason: 'no space' },
      ],
    });
    full = false;
    expect((await get('/readyz')).status).toBe(200);
  });

  it('is not ready when a condition cannot be told', async () => {
    const get = await start([
      {
        name: 'rules',
        check: () => {
          throw new Error('boom');
        },
      },
    ]);
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ checks: [{ name: 'rules', reason: 'boom' }] });
  });

  it('takes GET only, and knows three paths', async () => {
    const get = await start();
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS']) {
      const response = await get('/metrics', method);
      expect([method, response.status, response.headers.get('allow')]).toEqual([
        method,
        405,
        'GET',
      ]);
    }
    const elsewhere = await get('/links');
    expect(elsewhere.status).toBe(404);
    expect(await elsewhere.text()).toContain('/metrics, /healthz, /readyz');
  });

  it('says which address is taken and what to change', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const bound = other.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    const listen = { kind: 'tcp', host: '127.0.0.1', port } as const;
    await expect(
      createMetricsServer({ listen, metrics, checks: [], isDefault: true }),
    ).rejects.toEqual(
      expect.objectContaining({
        code: 'LISTEN_FAILED',
        message: expect.stringMatching(
          new RegExp(`127.0.0.1:${port} \\(the default\\): EADDRINUSE.*metrics.listen`),
        ),
      }),
    );
  });

  it('lets its port go when closed', async () => {
    const listen = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
    const server = await createMetricsServer({ listen, metrics, checks: [] });
    await fetch(`http://${server.address}/healthz`);
    await server.close();
    await expect(fetch(`http://${server.address}/healthz`)).rejects.toThrow();
  });
});
