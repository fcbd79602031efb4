// Where clients come in: the listening sockets of one guarded server, the limits on who may, and
// the way to stop. What a session says is relay.ts's.
import { lstat, readFile, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Metrics } from '../admin/metrics.js';
import type { Clock } from '../clock.js';
import type { Limits, ListenAddress, ServerConfig } from '../config/config.js';
import { messageOf } from '../errors.js';
import type { ReadText } from '../session/session-options.js';
import type { Dialect } from '../sql/dialect.js';
import { ER_CON_COUNT_ERROR } from '../wire/error-codes.js';
import { errPacket } from '../wire/packets/err-packet.js';
import { type Certificate, unreadable } from './certificate.js';
import type { Guard } from './guard.js';
import { Relay } from './relay.js';
import { clientSecureContext, type ServerTls } from './tls-upgrade.js';

export type ListenResult =
  | { readonly kind: 'listening'; readonly address: ListenAddress }
  | { readonly kind: 'failed'; readonly address: ListenAddress; readonly message: string };

/** What all gateways of a process count together: the limits are on the whole. */
export class Admissions {
  connections = 0;
  unauthenticated = 0;
  #lastSession = 0;

  nextSession(): number {
    this.#lastSession += 1;
    return this.#lastSession;
  }
}

export interface GatewayOptions {
  readonly server: ServerConfig;
  readonly limits: Limits;
  readonly tls: { readonly certificate: Certificate; readonly require: boolean };
  readonly guard: Guard;
  readonly readText: ReadText;
  readonly dialect: () => Dialect | undefined;
  readonly metrics: Pick<Metrics, 'command' | 'unguarded' | 'connections'>;
  readonly log: {
    debug(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  readonly clock: Clock;
  /** Shared between the gateways of a process. */
  readonly admissions: Admissions;
}

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #clientTls: SecureContext;
  readonly #listeners = new Set<Server>();
  readonly #relays = new Set<Relay>();
  #serverTls: ServerTls;
  #lastLimitWarningMs = Number.NEGATIVE_INFINITY;
  #drained: (() => void) | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#clientTls = clientSecureContext(options.tls.certificate);
    this.#serverTls = { host: options.server.host, verify: options.server.tls.verify };
  }

  /** Sessions that are open. */
  get sessions(): number {
    return this.#relays.size;
  }

  /** One that cannot listen does not keep the others from it. Throws when a CA cannot be read. */
  async start(): Promise<ListenResult[]> {
    const { caFile } = this.#options.server.tls;
    if (caFile !== undefined) {
      const ca = await readCa(caFile, this.#options.server.name);
      this.#serverTls = { ...this.#serverTls, ca };
    }
    return Promise.all(this.#options.server.listen.map((address) => this.#listen(address)));
  }

  /** Takes nobody new, lets commands under way finish, and cuts what is left at the deadline. */
  async drain(deadlineMs: number): Promise<void> {
    for (const listener of this.#listeners) listener.close();
    this.#listeners.clear();
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

  async #listen(address: ListenAddress): Promise<ListenResult> {
    try {
      return await this.#open(address);
    } catch (thrown) {
      const isStale = address.kind === 'unix' && (await isStaleSocket(address.path, thrown));
      if (!isStale) return this.#listenFailed(address, thrown);
      await unlink(address.path);
      return this.#open(address).catch((again: unknown) => this.#listenFailed(address, again));
    }
  }

  #open(address: ListenAddress): Promise<ListenResult> {
    const listener = createServer({ allowHalfOpen: true, pauseOnConnect: false }, (socket) =>
      this.#accept(socket),
    );
    return new Promise((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(listenOptions(address), () => {
        listener.removeListener('error', reject);
        listener.on('error', (error) => this.#options.log.warn({ error }, 'a listener failed'));
        this.#listeners.add(listener);
        resolve({ kind: 'listening', address: actualAddress(listener, address) });
      });
    });
  }

  #listenFailed(address: ListenAddress, thrown: unknown): ListenResult {
    const { name } = this.#options.server;
    const place = address.kind === 'tcp' ? `${address.host}:${address.port}` : address.path;
    const message = `server ${name} cannot listen on ${place}: ${mend(thrown, place)}`;
    return { kind: 'failed', address, message };
  }

  #accept(socket: Socket): void {
    const { admissions, limits, metrics, server } = this.#options;
    if (admissions.connections >= limits.connections) {
      this.#turnAway(socket, `limits.connections (${limits.connections})`);
      return;
    }
    if (admissions.unauthenticated >= limits.unauthenticated) {
      this.#turnAway(socket, `limits.unauthenticated (${limits.unauthenticated})`);
      return;
    }
    admissions.connections += 1;
    metrics.connections(server.name, 1);
    const leaveLobby = this.#enterLobby();
    const relay: Relay = new Relay(socket, {
      session: this.#sessionOptions(socket),
      guard: this.#options.guard,
      handshakeTimeoutMs: limits.handshakeTimeoutMs,
      clientTls: this.#clientTls,
      serverTls: this.#serverTls,
      loggedIn: leaveLobby,
      closed: () => {
        leaveLobby();
        admissions.connections -= 1;
        metrics.connections(server.name, -1);
        this.#relays.delete(relay);
        if (this.#relays.size === 0) this.#drained?.();
      },
      log: this.#options.log,
    });
    this.#relays.add(relay);
  }

  /** Counts one that has not logged in; the function it gives back counts it out, once. */
  #enterLobby(): () => void {
    const { admissions } = this.#options;
    admissions.unauthenticated += 1;
    let isInside = true;
    return () => {
      if (isInside) admissions.unauthenticated -= 1;
      isInside = false;
    };
  }

  #sessionOptions(socket: Socket) {
    const { server, limits, tls, readText, dialect, metrics, admissions } = this.#options;
    const address = socket.remoteAddress ?? 'localhost';
    return {
      server,
      session: admissions.nextSession(),
      client: { address: address.replace(/^::ffff:/, ''), port: socket.remotePort ?? 0 },
      statementBytes: limits.statementBytes,
      requireTls: tls.require,
      readText,
      dialect,
      metrics,
    };
  }

  #turnAway(socket: Socket, limit: string): void {
    const { server, log, clock } = this.#options;
    const message = `Interlock: too many connections: ${limit} is reached. Try again in a moment.`;
    socket.on('error', () => socket.destroy());
    socket.end(errPacket(ER_CON_COUNT_ERROR, message, { sequenceId: 0, withSqlState: false }));
    socket.resume();
    // Once a second: a flood of clients must not become a flood of lines.
    if (clock.monotonic() - this.#lastLimitWarningMs < 1_000) return;
    this.#lastLimitWarningMs = clock.monotonic();
    log.warn({ server: server.name, limit }, 'clients are turned away');
  }
}

async function readCa(file: string, server: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw unreadable(`servers.${server}.tls.ca: cannot read ${file}`, thrown);
  }
}

function listenOptions(address: ListenAddress) {
  if (address.kind === 'tcp') return { host: address.host, port: address.port };
  // As the servers' own sockets: who may log in is the server's to say.
  return { path: address.path, readableAll: true, writableAll: true };
}

function actualAddress(listener: Server, address: ListenAddress): ListenAddress {
  const bound = listener.address();
  if (address.kind === 'unix' || bound === null || typeof bound === 'string') return address;
  return { ...address, port: bound.port };
}

/** A socket file that nobody answers on is left over from a process that died. */
async function isStaleSocket(path: string, thrown: unknown): Promise<boolean> {
  if (codeOf(thrown) !== 'EADDRINUSE') return false;
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSocket() !== true) return false;
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error) => resolve(codeOf(error) === 'ECONNREFUSED'));
  });
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}

function mend(thrown: unknown, place: string): string {
  switch (codeOf(thrown)) {
    case 'EADDRINUSE':
      return `another process has ${place}. Stop it, or change this server's listen`;
    case 'EACCES':
      return 'this account may not. Choose a port above 1023, or a folder it may write to';
    case 'EADDRNOTAVAIL':
      return "the address is not this machine's. Listen on 0.0.0.0 or on one that is";
    case 'ENOENT':
      return 'the folder does not exist. Make it, or change listen';
    default:
      return messageOf(thrown);
  }
}
