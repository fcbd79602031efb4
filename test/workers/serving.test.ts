import { expect, it } from 'vitest';
import { loadCertificate } from '../../src/gateway/certificate.js';
import { serveHere } from '../../src/workers/serving.js';

it('throws for a certificate that does not fit its key, at the start and later', async () => {
  const [one, two] = [
    await loadCertificate({ require: false }, Date.now()),
    await loadCertificate({ require: false }, Date.now()),
  ];
  const authorities = new Map<string, string>();
  const serve = (certificate: typeof one) =>
    serveHere({
      config: {
        servers: [
          {
            name: 'db1',
            host: '127.0.0.1',
            port: 1,
            listen: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
            mode: 'enforce',
            monitor: { user: 'interlock' },
            tls: { verify: 'none' },
            binlogDump: 'deny',
          },
        ],
        readers: [],
        limits: {
          connections: 1,
          unauthenticated: 1,
          unauthenticatedPerAddress: 1,
          handshakeTimeoutMs: 1_000,
          statementBytes: 1_024,
        },
        tls: { require: false },
      },
      tls: { certificate, authorities },
      guard: {
        judge: () => Promise.reject(new Error('not asked')),
        answered: () => undefined,
        transactionEnded: () => undefined,
        left: () => undefined,
        holdsOpen: () => false,
      },
      dialect: () => undefined,
      metrics: { command: () => undefined, unguarded: () => undefined, asked: () => undefined },
      log: { debug: () => undefined },
    });
  const mixed = { ...one, keyPem: two.keyPem };
  expect(() => serve(mixed)).toThrow(/key/);
  const serving = serve(one);
  expect(serving.ready).toEqual({ ok: true });
  expect(() => serving.useTls({ certificate: mixed, authorities })).toThrow(/key/);
  await serving.drain(10);
});
