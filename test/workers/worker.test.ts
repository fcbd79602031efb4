import { beforeAll, expect, it } from 'vitest';
import { type Certificate, loadCertificate } from '../../src/gateway/certificate.js';
import { type PrimaryChannel, runWorker } from '../../src/workers/worker.js';

const FACTS = {
  server: 'db1',
  session: 7,
  client: { address: '192.0.2.1', port: 1 },
  isLocal: false,
  destination: { address: '192.0.2.2', port: 2 },
  handshakeTimeoutMs: 1_000,
};
const LIMITS = {
  connections: 1,
  unauthenticated: 1,
  unauthenticatedPerAddress: 1,
  handshakeTimeoutMs: 1_000,
  statementBytes: 1_024,
};

let certificate: Certificate;
beforeAll(async () => {
  certificate = await loadCertificate({ require: false }, Date.now());
});

function stage() {
  const sent: unknown[] = [];
  let tell: (message: unknown, handle?: unknown) => void = () => undefined;
  let go: () => void = () => undefined;
  let isClosed = false;
  const channel: PrimaryChannel = {
    send: (message) => sent.push(message),
    onMessage: (callback) => {
      tell = callback;
    },
    onGone: (callback) => {
      go = callback;
    },
    close: () => {
      isClosed = true;
    },
  };
  const ended = runWorker(channel, { debug: () => undefined });
  const config = { servers: [], readers: [], limits: LIMITS, tls: { require: false } };
  const tls = { certificate, authorities: new Map() };
  tell({ kind: 'serve', config, tls, dialects: new Map() });
  return {
    sent,
    tell: (message: unknown) => tell(message),
    go: () => go(),
    ended,
    closed: () => isClosed,
  };
}

it('says that it is ready, counts when asked, and ends when it has drained', async () => {
  const { sent, tell, ended, closed } = stage();
  expect(sent).toEqual([{ kind: 'ready' }]);
  tell({ kind: 'count' });
  expect(sent.at(-1)).toEqual({ kind: 'counts', counts: [], isAsked: true });
  tell('nonsense');
  tell({ kind: 'drain', deadlineMs: 10 });
  await ended;
  expect(closed()).toBe(true);
});

it('gives a place back when the client left on the way', async () => {
  const { sent, tell, ended } = stage();
  tell({ kind: 'visit', visit: FACTS, already: Buffer.alloc(0) });
  expect(sent.at(-1)).toEqual({ kind: 'closed', session: 7 });
  tell({ kind: 'drain', deadlineMs: 10 });
  await ended;
});

it('ends with the primary', async () => {
  const { go, ended, closed } = stage();
  go();
  await ended;
  expect(closed()).toBe(true);
});
