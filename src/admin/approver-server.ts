// The interface for approvers on their own machines, over TLS: open requests, one of them, a signature.
// It has no other routes, runs no SQL, and answers only to requests signed with a valid approver's key
// for this very connection (approver-login.ts). Its counterpart is network-access.ts.
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Approvals } from '../approval/approvals.js';
import { addressLabel } from '../config/address.js';
import { InterlockError, messageOf } from '../errors.js';
import type { Certificate } from '../gateway/certificate.js';
import { ApproverLogin, type LoginParts } from './approver-login.js';
import type { AdminResult } from './approver-metrics.js';
import { CertificateNames } from './certificate-names.js';
import { objectionTo, requestFault } from './request-gate.js';
import { requestRoutes, tokenRoutes } from './request-routes.js';
import { VisitorLimits } from './visitor-limits.js';
import { VisitorLog, type VisitorLogOptions } from './visitor-log.js';

export interface ApproverServerOptions extends Omit<LoginParts, 'storeId'>, VisitorLogOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** Names it has besides those of its certificate. */
  readonly hosts: readonly string[];
  readonly certificate: Certificate;
  readonly approvals: Pick<Approvals, 'list' | 'find' | 'submit' | 'identity'>;
  readonly count: (result: AdminResult) => void;
  /** How long TLS, a request, and a connection in all may take. */
  readonly patience?: Readonly<Record<keyof typeof PATIENCE, number>>;
}

export interface ApproverServer {
  /** With the port that port 0 became. */
  readonly address: string;
  /** For connections from now on. Throws, and changes nothing, when it cannot be used. */
  useCertificate(certificate: Certificate): void;
  close(): Promise<void>;
}

/** Of what somebody posts; nothing that is taken is larger than a token. */
const BODY_BYTES = 16 * 1024;
const HEADER_BYTES = 8 * 1024;
/** A command needs less than a second for all of it. */
const PATIENCE = { handshakeMs: 5_000, requestMs: 10_000, connectionMs: 30_000 } as const;
const REQUESTS_PER_CONNECTION = 16;

/** Listens, or says with LISTEN_FAILED why it can't and what to change. */
export async function createApproverServer(
  options: ApproverServerOptions,
): Promise<ApproverServer> {
  const { listen, certificate } = options;
  const names = new CertificateNames(certificate, options.hosts);
  const log = new VisitorLog(options);
  const app = openApp(options, log);
  const service = new Service(options, names, log);
  app.server.on('connection', admitting(options, log));
  // Nothing is read but bytes: what they say is looked at once it is known who sent them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (_: unknown, body: Buffer) => body);
  app.addHook('onRequest', async (request, reply) => service.gate(request, reply));
  const preHandler = async (request: FastifyRequest, reply: FastifyReply) =>
    service.authenticate(request, reply);
  app.post('/challenge', async (request, reply) => service.challenge(request, reply));
  app.get('/requests', { preHandler }, async (request, reply) => service.requests(request, reply));
  app.post('/tokens', { preHandler }, async (request, reply) => service.tokens(request, reply));
  app.setNotFoundHandler({ preHandler }, async (_, reply) =>
    service.refuse(reply, { status: 404, reason: 'there are only /requests and /tokens' }),
  );
  app.setErrorHandler(async (thrown, _, reply) => service.failed(reply, thrown));
  try {
    await app.listen({ host: listen.host, port: listen.port });
  } catch (thrown) {
    await app.close();
    throw listenFailed(options, thrown);
  }
  return {
    address: addressLabel({ host: listen.host, port: portOf(app.server) ?? listen.port }),
    useCertificate: (next) => {
      app.server.setSecureContext(contextOf(next));
      names.use(next);
    },
    close: () => app.close(),
  };
}

function listenFailed({ listen }: ApproverServerOptions, cause: unknown): InterlockError {
  const at = addressLabel(listen);
  const text = `Approvers cannot be answered at ${at}: ${messageOf(cause)}; change admin.listen.`;
  return new InterlockError('LISTEN_FAILED', text, { cause });
}

function contextOf({ certificatePem: cert, keyPem: key }: Certificate) {
  return { cert, key, minVersion: 'TLSv1.3' } as const;
}

function openApp(options: ApproverServerOptions, log: VisitorLog) {
  const { certificate, count, patience = PATIENCE } = options;
  const { handshakeMs: handshakeTimeout, requestMs: requestTimeout } = patience;
  return fastify({
    https: {
      ...contextOf(certificate),
      ...{ handshakeTimeout, maxHeaderSize: HEADER_BYTES, connectionsCheckingInterval: 1_000 },
      ...{ headersTimeout: requestTimeout, requestTimeout },
    },
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    bodyLimit: BODY_BYTES,
    requestTimeout,
    connectionTimeout: requestTimeout,
    maxRequestsPerSocket: REQUESTS_PER_CONNECTION,
    // What cannot be read gets no answer: who sends it is no command of ours.
    clientErrorHandler: (thrown, socket) => {
      // Who went away has asked for nothing.
      if (thrown.code !== 'ECONNRESET') {
        count('refused');
        log.refused(socket.remoteAddress, messageOf(thrown));
      }
      socket.destroy();
    },
  });
}

/** Before TLS costs anything: who is too much is cut, and nobody stays for long. */
function admitting(options: ApproverServerOptions, log: VisitorLog) {
  const { clock, count, patience = PATIENCE } = options;
  const limits = new VisitorLimits();
  return (socket: Socket): void => {
    const leave = limits.enter(socket.remoteAddress ?? '', clock.monotonic());
    if (leave === undefined) {
      count('limited');
      log.refused(socket.remoteAddress, 'too many come, in all or from there');
      socket.destroy();
      return;
    }
    const timer = setTimeout(() => socket.destroy(), patience.connectionMs);
    socket.once('close', () => {
      clearTimeout(timer);
      leave();
    });
  };
}

function portOf(server: Server): number | undefined {
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : undefined;
}

/** The same for every key that is none of ours, and for every signature that is none of its key. */
const NOT_OURS = 'no key of an approver has signed it: is your public key among the approvers?';

interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/** What is done for each request, in the order of its life. */
class Service {
  readonly #options: ApproverServerOptions;
  readonly #names: CertificateNames;
  readonly #log: VisitorLog;
  readonly #login: ApproverLogin;
  readonly #people = new WeakMap<FastifyRequest, string>();

  constructor(options: ApproverServerOptions, names: CertificateNames, log: VisitorLog) {
    const { approvals, approvers, clock } = options;
    this.#options = options;
    this.#names = names;
    this.#log = log;
    const storeId = async () => (await approvals.identity()).id;
    this.#login = new ApproverLogin({ storeId, approvers, clock });
  }

  gate(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
    const objection = objectionTo(request.raw, (name) => this.#names.has(name));
    if (objection === undefined) return undefined;
    this.#log.refused(request.raw.socket.remoteAddress, objection.reason);
    return this.refuse(reply, objection);
  }

  async challenge({ raw }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const challenge = await this.#login.challenge(tlsOf(raw.socket));
    this.#options.count('challenged');
    return reply.send({ value: challenge });
  }

  async authenticate(
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> {
    const { raw, body } = request;
    const known = await this.#login.who({
      socket: tlsOf(raw.socket),
      method: raw.method ?? '',
      target: raw.url ?? '',
      body: body instanceof Uint8Array ? body : Buffer.alloc(0),
      authorization: raw.headers.authorization,
    });
    if (known.kind === 'known') {
      this.#people.set(request, known.person);
      return undefined;
    }
    this.#options.count('unauthenticated');
    this.#log.refused(raw.socket.remoteAddress, known.reason);
    const why = known.isStranger ? NOT_OURS : known.reason;
    const error = `this request is answered to approvers only, and ${why}`;
    const closing = reply.code(401).header('connection', 'close');
    return closing.header('www-authenticate', 'Interlock').send({ error });
  }

  async requests(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const routes = requestRoutes(this.#options.approvals);
    const value = await routes['/requests'](request.query as Record<string, string>);
    this.#served(request);
    return reply.send({ value: value ?? null });
  }

  async tokens(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const body = jsonOf(request.body);
    if (body === undefined) return this.refuse(reply, { status: 400, reason: 'it is no JSON' });
    const value = await tokenRoutes(this.#options.approvals)['/tokens'](body);
    this.#served(request, { result: value.kind });
    return reply.send({ value });
  }

  refuse(reply: FastifyReply, { status, reason }: Refusal): FastifyReply {
    this.#options.count('refused');
    return reply.code(status).header('connection', 'close').send({ error: reason });
  }

  /** Why is told to approvers and to the log, not to whoever passes by. */
  failed(reply: FastifyReply, thrown: unknown): FastifyReply {
    const status = requestFault(thrown);
    if (status !== undefined) return this.refuse(reply, { status, reason: messageOf(thrown) });
    const { request } = reply;
    const reason = messageOf(thrown);
    this.#log.failed(request.raw.socket.remoteAddress, reason);
    const isKnown = this.#people.has(request);
    const error = isKnown
      ? reason
      : 'it cannot be answered now: the log of this Interlock says why';
    return reply.code(503).header('connection', 'close').send({ error });
  }

  #served(request: FastifyRequest, more: { readonly result?: string } = {}): void {
    this.#options.count('served');
    const { method = '', url = '', socket } = request.raw;
    const asked = `${method} ${url}`;
    const person = this.#people.get(request) ?? '';
    this.#log.served({ person, address: socket.remoteAddress, asked, ...more });
  }
}

function tlsOf(socket: Socket): TLSSocket {
  if (socket instanceof TLSSocket) return socket;
  throw new Error('this connection has no TLS');
}

function jsonOf(body: unknown): unknown {
  if (!(body instanceof Uint8Array)) return undefined;
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
