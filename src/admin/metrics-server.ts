// The HTTP port for machines: /metrics, /healthz, /readyz. GET only, and nothing about statements,
// users or data: it may stand open to a whole network. What shows more is admin-server.ts's.
import { type FastifyInstance, fastify } from 'fastify';
import type { ListenAddress } from '../config/config.js';
import { InterlockError, messageOf } from '../errors.js';
import type { Metrics } from './metrics.js';

/** One condition of being ready, by name. Looked at anew at every request. */
export interface ReadinessCheck {
  readonly name: string;
  readonly check: () => ReadinessState;
}

export type ReadinessState =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string };

export interface MetricsServerOptions {
  readonly listen: ListenAddress;
  /** Nobody asked for this address: a message says where to change it. */
  readonly isDefault?: boolean;
  readonly metrics: Pick<Metrics, 'expose'>;
  readonly checks: readonly ReadinessCheck[];
}

export interface MetricsServer {
  /** Where it listens, with the port that port 0 became. */
  readonly address: string;
  close(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTIONS = 64;

/** Listens, or says with LISTEN_FAILED why it can't and what to change. */
export async function createMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const app = fastify({
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: REQUEST_TIMEOUT_MS,
  });
  app.server.maxConnections = CONNECTIONS;
  routeMetrics(app, options);
  const { listen } = options;
  try {
    await app.listen(
      listen.kind === 'tcp' ? { host: listen.host, port: listen.port } : { path: listen.path },
    );
  } catch (thrown) {
    await app.close();
    throw listenFailed(options, thrown);
  }
  return { address: addressOf(app, listen), close: () => app.close() };
}

function routeMetrics(app: FastifyInstance, options: MetricsServerOptions): void {
  const paths = ['/metrics', '/healthz', '/readyz'];
  app.get('/metrics', async (_, reply) => {
    const { contentType, body } = await options.metrics.expose();
    return reply.header('content-type', contentType).send(body);
  });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_, reply) => {
    const checks = options.checks.map(look);
    const ready = checks.every(({ ok }) => ok);
    return reply.code(ready ? 200 : 503).send({ ready, checks });
  });
  app.setNotFoundHandler(async ({ method, url }, reply) => {
    const known = paths.includes(url.split('?', 1)[0] ?? '');
    if (known && method !== 'GET') {
      return reply.code(405).header('allow', 'GET').send({ error: 'GET only' });
    }
    return reply.code(404).send({ error: `not here; there are ${paths.join(', ')}` });
  });
  app.setErrorHandler(async (thrown, _, reply) => {
    return reply.code(500).send({ error: messageOf(thrown) });
  });
}

function look({ name, check }: ReadinessCheck) {
  try {
    return { name, ...check() };
  } catch (thrown) {
    return { name, ok: false, reason: messageOf(thrown) };
  }
}

function addressOf(app: FastifyInstance, listen: ListenAddress): string {
  const bound = app.server.address();
  if (listen.kind === 'unix' || bound === null || typeof bound === 'string') return pathOf(listen);
  return `${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${bound.port}`;
}

function pathOf(listen: ListenAddress): string {
  return listen.kind === 'unix' ? listen.path : `${listen.host}:${listen.port}`;
}

const MEND: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there; stop it, or change metrics.listen',
  EADDRNOTAVAIL: 'this machine has no such address; change metrics.listen',
  EACCES: 'this account may not listen there; take a port over 1023 in metrics.listen',
  ENOTFOUND: 'that name does not resolve; change metrics.listen',
};

function listenFailed(options: MetricsServerOptions, thrown: unknown): InterlockError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'error';
  const address = `${pathOf(options.listen)}${options.isDefault === true ? ' (the default)' : ''}`;
  const mend = MEND[code] ?? `${messageOf(thrown)}; change metrics.listen`;
  const text = `Metrics cannot be served at ${address}: ${code}, ${mend}.`;
  return new InterlockError('LISTEN_FAILED', text, { cause: thrown });
}
