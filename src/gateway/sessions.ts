// The sessions of one guarded server in this process: opens one for each visit, with the TLS
// material of that moment, and ends them in order when Interlock stops.
import type { SecureContext } from 'node:tls';
import type { Limits, ServerConfig } from '../config/config.js';
import type { DeclaredReader } from '../session/declared-readers.js';
import type { ReadText, SessionMetrics } from '../session/session-options.js';
import type { Dialect } from '../sql/dialect.js';
import type { FiringNames } from '../sql/firing-names.js';
import { proxyHeaderV2 } from '../wire/proxy-header.js';
import type { Certificate } from './certificate.js';
import type { Guard } from './guard.js';
import { Relay } from './relay.js';
import { clientSecureContext, type ServerTls } from './tls-upgrade.js';
import type { Visit } from './visit.js';

/** What both legs need for TLS: Interlock's own certificate, and whom it trusts. */
export interface TlsMaterial {
  readonly certificate: Certificate;
  /** By server name, the PEM of tls.ca where there is one. */
  readonly authorities: ReadonlyMap<string, string>;
}

export interface SessionsOptions {
  readonly server: ServerConfig;
  readonly readers: readonly DeclaredReader[];
  readonly limits: Limits;
  readonly requireTls: boolean;
  readonly tls: TlsMaterial;
  readonly guard: Guard;
  readonly readText: ReadText;
  readonly firing?: () => FiringNames | undefined;
  readonly dialect: () => Dialect | undefined;
  readonly metrics: SessionMetrics;
  readonly log: { debug(fields: object, message: string): void };
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #relays = new Set<Relay>();
  #clientTls: SecureContext;
  #serverTls: ServerTls;
  #isDraining = false;
  #drained: (() => void) | undefined;

  /** Throws when the certificate and its key do not belong together. */
  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#clientTls = clientSecureContext(options.tls.certificate);
    this.#serverTls = serverTls(options.server, options.tls);
  }

  /** How many are open. */
  get count(): number {
    return this.#relays.size;
  }

  /** For sessions from now on. Throws, and changes nothing, when the material is not usable. */
  useTls(tls: TlsMaterial): void {
    this.#clientTls = clientSecureContext(tls.certificate);
    this.#serverTls = serverTls(this.#options.server, tls);
  }

  open(visit: Visit): void {
    const { guard, log } = this.#options;
    const { socket, already, handshakeTimeoutMs, stay } = visit;
    const preface = this.#preface(visit);
    if (already.length > 0) socket.unshift(already);
    const relay = new Relay(socket, {
      session: this.#sessionOptions(visit),
      guard,
      handshakeTimeoutMs,
      ...(preface === undefined ? {} : { preface }),
      clientTls: this.#clientTls,
      serverTls: this.#serverTls,
      stay,
      ended: this.#ended,
      log,
    });
    this.#relays.add(relay);
    socket.resume();
    if (this.#isDraining) relay.drain();
  }

  /** Lets commands under way finish, and cuts what is left at the deadline. */
  async drain(deadlineMs: number): Promise<void> {
    this.#isDraining = true;
    for (const relay of [...this.#relays]) relay.drain();
    if (this.#relays.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        for (const relay of [...this.#relays]) relay.destroy();
      }, deadlineMs);
      this.#drained = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  readonly #ended = (relay: Relay): void => {
    this.#relays.delete(relay);
    if (this.#relays.size === 0) this.#drained?.();
  };

  #preface({ client, destination }: Visit): Uint8Array | undefined {
    if (this.#options.server.proxyProtocol?.send !== true) return undefined;
    return proxyHeaderV2(client, destination);
  }

  #sessionOptions({ session, client, isLocal }: Visit) {
    const { server, readers, limits, requireTls, guard, metrics } = this.#options;
    const { readText, firing, dialect } = this.#options;
    return {
      server,
      readers,
      session,
      client,
      isLocalClient: isLocal,
      statementBytes: limits.statementBytes,
      requireTls,
      readText,
      ...(firing === undefined ? {} : { firing }),
      dialect,
      holdsOpen: () => guard.holdsOpen(server.name),
      metrics,
    };
  }
}

function serverTls({ name, host, tls }: ServerConfig, { authorities }: TlsMaterial): ServerTls {
  const ca = authorities.get(name);
  return { host, verify: tls.verify, ...(ca === undefined ? {} : { ca }) };
}
