// An interface for approvers over TLS, on a scene of approvals; and clients of it: the real one, and a
// raw one that says what it likes and signs what it wants.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { expect, onTestFinished } from 'vitest';
import { channelOf } from '../../src/admin/approver-login.js';
import type { AdminResult } from '../../src/admin/approver-metrics.js';
import {
  type ApproverServer,
  type ApproverServerOptions,
  createApproverServer,
} from '../../src/admin/approver-server.js';
import { CertificateNames } from '../../src/admin/certificate-names.js';
import type { AdminAccess } from '../../src/admin/client.js';
import { networkAccess, type Trust } from '../../src/admin/network-access.js';
import { loadApprovers } from '../../src/approval/approvers.js';
import {
  bodyDigest,
  readChallenge,
  type SignedRequest,
  signRequest,
} from '../../src/approval/challenge.js';
import type { PrivateKey } from '../../src/approval/key-file.js';
import { type Certificate, loadCertificate } from '../../src/gateway/certificate.js';
import { Scene } from '../approval/scene.js';

let made: Promise<Certificate> | undefined;

/** Self-signed, one for all tests of a file: making an RSA key takes a while. */
export function selfSigned(): Promise<Certificate> {
  made ??= loadCertificate({}, Date.now());
  return made;
}

export interface ApproverScene {
  readonly scene: Scene;
  readonly server: ApproverServer;
  readonly port: number;
  readonly fingerprint: string;
  readonly results: readonly AdminResult[];
  readonly logged: readonly {
    readonly level: string;
    readonly fields: object;
    readonly text: string;
  }[];
  /** What only goes forward. */
  readonly clock: { monotonicMs: number };
  key(person: string): PrivateKey;
  as(key: PrivateKey, trust?: Trust): AdminAccess;
}

export async function approverScene(
  more: {
    readonly hosts?: readonly string[];
    readonly certificate?: Certificate;
    readonly port?: number;
    readonly patience?: NonNullable<ApproverServerOptions['patience']>;
  } = {},
): Promise<ApproverScene> {
  const scene = await Scene.open();
  const certificate = more.certificate ?? (await selfSigned());
  const results: AdminResult[] = [];
  const logged: { level: string; fields: object; text: string }[] = [];
  const clock = { monotonicMs: 0 };
  const line = (level: string) => (fields: object, text: string) =>
    void logged.push({ level, fields, text });
  const server = await createApproverServer({
    listen: { host: '127.0.0.1', port: more.port ?? 0 },
    hosts: more.hosts ?? [],
    ...(more.patience && { patience: more.patience }),
    certificate,
    approvals: scene.approvals,
    approvers: () => loadApprovers(`${scene.folder}/approvers`),
    clock: { now: () => scene.nowMs, monotonic: () => clock.monotonicMs },
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    count: (result) => void results.push(result),
  });
  onTestFinished(() => server.close());
  const port = Number(server.address.split(':').at(-1));
  const fingerprint = new CertificateNames(certificate, []).fingerprint.replaceAll(':', '');
  const url = new URL(`https://127.0.0.1:${port}`);
  return {
    ...{ scene, server, port, fingerprint, results, logged, clock },
    key: (person) => {
      const key = scene.keys.get(person);
      if (key === undefined) throw new Error(`${person} has no key`);
      return key;
    },
    as: (key, trust = { kind: 'fingerprint', sha256: fingerprint }) =>
      networkAccess({ url, key, trust }),
  };
}

export interface RawAnswer {
  /** 0 when the connection ended without one. */
  readonly status: number;
  readonly body: unknown;
}

/** A TLS connection that says what it is told to. */
export class RawClient {
  readonly socket: TLSSocket;
  #received = '';
  #ended = false;

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#ended = true;
    });
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.#received += chunk;
    });
  }

  /** Undefined when it was cut before its TLS was there. */
  static async open(port: number): Promise<RawClient | undefined> {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    const client = new RawClient(socket);
    const isThere = await Promise.race([
      once(socket, 'secureConnect').then(
        () => true,
        () => false,
      ),
      once(socket, 'close').then(() => false),
    ]);
    onTestFinished(() => void socket.destroy());
    return isThere ? client : undefined;
  }

  get channel(): string {
    return channelOf(this.socket);
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** The next answer, or that the connection has ended. */
  async answer(): Promise<RawAnswer> {
    for (;;) {
      const found = /^HTTP\/1\.1 (\d+)[^\r\n]*\r\n([\s\S]*?)\r\n\r\n/.exec(this.#received);
      if (found !== null) {
        const length = Number(/content-length: (\d+)/i.exec(found[2] ?? '')?.[1] ?? 0);
        const end = found[0].length + length;
        if (this.#received.length >= end || this.#ended) {
          const text = this.#received.slice(found[0].length, end);
          this.#received = this.#received.slice(end);
          return { status: Number(found[1]), body: jsonOf(text) };
        }
      }
      if (this.#ended) return { status: 0, body: undefined };
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]).catch(() => 0);
    }
  }

  async say(text: string): Promise<RawAnswer> {
    this.send(text);
    return await this.answer();
  }

  async challenge(): Promise<{ readonly v: 1; readonly nonce: string; readonly store: string }> {
    const { body } = await this.say(
      'POST /challenge HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n',
    );
    if (typeof body !== 'object' || body === null || !('value' in body)) {
      throw new Error(`no challenge: ${JSON.stringify(body)}`);
    }
    return readChallenge(body.value);
  }

  /** A request, signed; `change` may sign another one than is sent. */
  async signed(
    key: PrivateKey,
    request: { readonly method?: string; readonly target: string; readonly body?: string },
    change: Partial<SignedRequest> = {},
  ): Promise<string> {
    const { method = 'GET', target, body = '' } = request;
    const given = await this.challenge();
    const said = { method, target, body: bodyDigest(body), channel: this.channel };
    const token = await signRequest({ ...given, ...said, ...change }, key);
    return requestText({ ...request, token });
  }
}

/** Let in as soon as the limits allow: those from one address are all the tests'. */
export async function openedTo({ port, clock }: ApproverScene): Promise<RawClient> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    clock.monotonicMs += 1000;
    const client = await RawClient.open(port);
    if (client !== undefined) return client;
    if (performance.now() > deadline) throw new Error('it is cut all the time');
    await sleep(10);
  }
}

/** Whatever has happened, an approver is answered: by and by, when the crowd has left. */
export async function answersApprovers({ clock, as, key }: ApproverScene): Promise<void> {
  clock.monotonicMs += 60_000;
  const ask = async (): Promise<unknown> => {
    return await as(key('bob'))
      .ask('/requests')
      .catch((thrown: unknown) => thrown);
  };
  await expect.poll(ask, { timeout: 30_000 }).toEqual(expect.any(Array));
}

export function requestText(request: {
  readonly method?: string;
  readonly target: string;
  readonly body?: string;
  readonly token?: string;
  readonly headers?: readonly string[];
}): string {
  const { method = 'GET', target, body, token, headers = [] } = request;
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: localhost',
    ...(token === undefined ? [] : [`Authorization: Interlock ${token}`]),
    ...(body === undefined
      ? []
      : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]),
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
