// Asks a running Interlock from another machine, as an approver: over TLS to a server whose certificate
// is verified or pinned before anything is sent, each request signed with the approver's key for that
// very connection. Its counterpart is approver-server.ts.
import { type IncomingMessage, request } from 'node:http';
import { isIP } from 'node:net';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { bodyDigest, type Challenge, readChallenge, signRequest } from '../approval/challenge.js';
import type { PrivateKey } from '../approval/key-file.js';
import { InterlockError, messageOf } from '../errors.js';
import { channelOf, SCHEME } from './approver-login.js';
import { type AdminAccess, NobodyAnswers, readAnswer } from './client.js';

/** How the server is known to be Interlock. */
export type Trust =
  /** By an authority: `ca` is PEM text, or those that Node trusts. */
  | { readonly kind: 'authority'; readonly ca?: string }
  /** By its certificate's SHA-256 fingerprint, whoever signed it: 64 digits in upper case. */
  | { readonly kind: 'fingerprint'; readonly sha256: string };

export interface NetworkPlace {
  readonly url: URL;
  readonly trust: Trust;
  readonly key: PrivateKey;
}

const ANSWER_TIMEOUT_MS = 10_000;

export function networkAccess(place: NetworkPlace): AdminAccess {
  return {
    ask: (path) => exchange(place, { method: 'GET', path }),
    tell: (path, body) => exchange(place, { method: 'POST', path, body: JSON.stringify(body) }),
  };
}

interface Asking {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

/** A connection of its own for each: what is signed is for that one. */
async function exchange(place: NetworkPlace, asking: Asking): Promise<unknown> {
  const where = place.url.host;
  const socket = await connected(place);
  try {
    const challenge = await challengeFrom(socket, where);
    const { method, path, body = '' } = asking;
    const channel = channelOf(socket);
    const signed = { ...challenge, channel, method, target: path, body: bodyDigest(body) };
    const authorization = SCHEME + (await signRequest(signed, place.key));
    return await send(socket, { ...asking, where, authorization });
  } catch (thrown) {
    throw thrown instanceof InterlockError ? thrown : unasked(where, thrown);
  } finally {
    socket.destroy();
  }
}

function unasked(where: string, cause: unknown): InterlockError {
  const text = `Interlock at ${where} could not be asked: ${messageOf(cause)}.`;
  return new InterlockError('ADMIN_UNAVAILABLE', text, { cause });
}

async function challengeFrom(socket: TLSSocket, where: string): Promise<Challenge> {
  const answer = await send(socket, { method: 'POST', path: '/challenge', where });
  try {
    return readChallenge(answer);
  } catch (cause) {
    throw new Error('what answers is no Interlock, or one of another version', { cause });
  }
}

/** Nothing has been sent on it but TLS, and the server is who it should be. */
function connected({ url, trust }: NetworkPlace): Promise<TLSSocket> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(url.port === '' ? 443 : url.port),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(trust.kind === 'authority' && trust.ca !== undefined ? { ca: trust.ca } : {}),
      minVersion: 'TLSv1.3',
      // Looked at below, so that a refusal can say which certificate it was.
      rejectUnauthorized: false,
    });
    const fail = (error: InterlockError): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error('no answer in time')));
    // It stays: what ends a connection between two requests is told by the second.
    socket.on('error', (thrown) => fail(unreachable(url, thrown)));
    socket.once('close', () => fail(unreachable(url, new Error('it was cut'))));
    socket.once('secureConnect', () => {
      const why = distrust(socket, trust);
      if (why === undefined) resolve(socket);
      else fail(unverified(url, socket, why));
    });
  });
}

/** Undefined when the certificate is the one it should be. */
function distrust(socket: TLSSocket, trust: Trust): string | undefined {
  if (trust.kind === 'authority') {
    return socket.authorized ? undefined : messageOf(socket.authorizationError);
  }
  const theirs = fingerprintOf(socket);
  return theirs === trust.sha256 ? undefined : 'its fingerprint is another one';
}

/** Not by getPeerX509Certificate: Node 20 gives that once, and then no more. */
function fingerprintOf(socket: TLSSocket): string | undefined {
  const { fingerprint256 }: Partial<PeerCertificate> = socket.getPeerCertificate();
  return fingerprint256?.replaceAll(':', '');
}

function unverified(url: URL, socket: TLSSocket, why: string): InterlockError {
  const text =
    `The certificate of ${url.host} cannot be trusted (${why}); nothing was sent. ` +
    `Its SHA-256 fingerprint is ${fingerprintOf(socket)}. Name the authority with --admin-ca FILE; ` +
    'or ask whoever runs that Interlock for the fingerprint that its log shows at the start, and ' +
    'if it is this one give it as --admin-fingerprint.';
  return new NobodyAnswers('TLS_FAILED', text);
}

function unreachable(url: URL, cause: Error): InterlockError {
  const code = 'code' in cause ? String(cause.code) : cause.message;
  const text =
    `No Interlock answers at ${url.href} (${code}). There must be admin.listen in its ` +
    'configuration; who comes too often is cut for a few seconds.';
  return new NobodyAnswers('ADMIN_UNAVAILABLE', text, { cause });
}

/** One request and its answer; the connection stays open for the next. */
async function send(
  socket: TLSSocket,
  asking: Asking & { readonly where: string; readonly authorization?: string },
): Promise<unknown> {
  const { method, path, body, where, authorization } = asking;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = {
      host: where,
      connection: 'keep-alive',
      ...(method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body ?? '') }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(authorization === undefined ? {} : { authorization }),
    };
    const asked = request({ createConnection: () => socket, method, path, headers });
    asked.on('error', reject);
    asked.on('response', resolve);
    asked.end(body);
  });
  return await readAnswer(response, { where, path });
}
