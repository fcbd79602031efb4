// Where clients come in: the listening sockets of one guarded server, the limits on who may, and
// whose connection it is. What becomes of a visit is sessions.ts's, here or in a worker.
import type { Server, Socket } from 'node:net';
import type { Metrics } from '../admin/metrics.js';
import type { Clock } from '../clock.js';
import type { Limits, ListenAddress, ServerConfig } from '../config/config.js';
import { ER_CON_COUNT_ERROR } from '../wire/error-codes.js';
import { errPacket } from '../wire/packets/err-packet.js';
import type { Endpoint } from '../wire/proxy-header.js';
import { type Admissions, type Host, limitText, type Place } from './admissions.js';
import { type ListenResult, openListener } from './listening.js';
import { proxyNetworks, type TakenHeader, takeProxyHeader } from './proxy-protocol.js';
import type { Visit } from './visit.js';

/** How long somebody who is turned away may take to read why. */
const TURNED_AWAY_MS = 5_000;
/** How many may at a time: a flood of those who stay must not take the descriptors of those within. */
const TURNED_AWAY_MOST = 100;

export interface ListenerOptions {
  readonly server: Pick<ServerConfig, 'name' | 'host' | 'port' | 'listen' | 'proxyProtocol'>;
  readonly limits: Limits;
  readonly open: (visit: Visit) => void;
  readonly metrics: Pick<Metrics, 'connections'>;
  readonly log: { warn(fields: object, message: string): void };
  readonly clock: Clock;
  /** Shared between the listeners of all servers. */
  readonly admissions: Admissions;
}

/** A connection whose client is not known yet. */
interface Newcomer {
  readonly socket: Socket;
  readonly place: Place;
  readonly isLocal: boolean;
  readonly arrivedMs: number;
}

export class Listener {
  readonly #options: ListenerOptions;
  readonly #listeners = new Set<Server>();
  readonly #isProxied: (address: string | undefined) => boolean;
  readonly #newcomers = new Set<Socket>();
  readonly #turnedAway = new Set<Socket>();
  /** One for all: a function made for each would keep its accepted socket as long as it lasts. */
  readonly #host: Host;
  readonly #threads = new Set<number>();
  #lastWarningMs = Number.NEGATIVE_INFINITY;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#isProxied = proxyNetworks(options.server.proxyProtocol);
    const { metrics, server } = options;
    this.#host = {
      arrived: (threadId) => this.#threads.add(threadId),
      left: (threadId) => {
        if (threadId !== undefined) this.#threads.delete(threadId);
        metrics.connections(server.name, -1);
      },
    };
  }

  /** The server's thread ids of the sessions that came in here and have logged in. */
  get threads(): ReadonlySet<number> {
    return this.#threads;
  }

  /** One that cannot listen does not keep the others from it. */
  start(): Promise<ListenResult[]> {
    const { name, listen } = this.#options.server;
    return Promise.all(
      listen.map(async (address): Promise<ListenResult> => {
        const accept = (socket: Socket): void => this.#accept(socket, address);
        const opened = await openListener(name, address, accept);
        if (opened.kind === 'failed') return opened;
        const { listener } = opened;
        listener.on('error', (error) => this.#options.log.warn({ error }, 'a listener failed'));
        this.#listeners.add(listener);
        return { kind: 'listening', address: opened.address };
      }),
    );
  }

  /** Takes nobody new. */
  close(): void {
    for (const listener of this.#listeners) listener.close();
    this.#listeners.clear();
    for (const socket of this.#newcomers) socket.destroy();
  }

  #accept(socket: Socket, { kind }: ListenAddress): void {
    const { admissions, limits, metrics, server, clock } = this.#options;
    const place = admissions.enter(limits, this.#host);
    if (typeof place === 'string') {
      this.#turnAway(socket, place);
      return;
    }
    metrics.connections(server.name, 1);
    const isLocal = kind === 'unix';
    const newcomer = { socket, place, isLocal, arrivedMs: clock.monotonic() };
    if (isLocal || !this.#isProxied(socket.remoteAddress)) {
      this.#admit(newcomer, { client: ownEnd(socket), destination: this.#otherEnd(socket) });
      return;
    }
    this.#newcomers.add(socket);
    socket.on('error', () => socket.destroy());
    takeProxyHeader(socket, limits.handshakeTimeoutMs, (taken) => {
      this.#newcomers.delete(socket);
      this.#proxied(newcomer, taken);
    });
  }

  #proxied(newcomer: Newcomer, taken: TakenHeader): void {
    const { socket } = newcomer;
    if (taken.kind === 'failed') {
      const { address } = ownEnd(socket);
      this.#warn({ address, why: taken.why }, 'a connection without a PROXY header was closed');
      socket.destroy();
      newcomer.place.leave();
      return;
    }
    socket.removeAllListeners('error');
    const { header, rest } = taken;
    const isProxied = header.kind === 'proxied';
    const client = isProxied ? header.source : ownEnd(socket);
    const destination = isProxied ? header.destination : this.#otherEnd(socket);
    this.#admit(newcomer, { client, destination, already: rest });
  }

  #admit(
    newcomer: Newcomer,
    ends: {
      readonly client: Endpoint;
      readonly destination: Endpoint;
      readonly already?: Uint8Array;
    },
  ): void {
    const { limits, server, clock } = this.#options;
    const { socket, place, isLocal, arrivedMs } = newcomer;
    if (!place.isFrom(ends.client.address, limits)) {
      place.leave();
      this.#turnAway(socket, limitText('unauthenticatedPerAddress', limits));
      return;
    }
    const spentMs = clock.monotonic() - arrivedMs;
    this.#options.open({
      server: server.name,
      session: place.session,
      client: ends.client,
      isLocal,
      destination: ends.destination,
      handshakeTimeoutMs: Math.max(1, Math.ceil(limits.handshakeTimeoutMs - spentMs)),
      socket,
      already: ends.already ?? Buffer.alloc(0),
      stay: place,
    });
  }

  #otherEnd({ localAddress, localPort }: Socket): Endpoint {
    const { host, port } = this.#options.server;
    return { address: withoutMapping(localAddress ?? host), port: localPort ?? port };
  }

  #turnAway(socket: Socket, limit: string): void {
    const message = `Interlock: too many connections: ${limit} is reached. Try again in a moment.`;
    this.#warn({ limit }, 'clients are turned away');
    socket.on('error', () => socket.destroy());
    if (this.#turnedAway.size >= TURNED_AWAY_MOST) this.#letGoOldest();
    this.#turnedAway.add(socket);
    socket.end(errPacket(ER_CON_COUNT_ERROR, message, { sequenceId: 0, withSqlState: false }));
    socket.resume();
    // Who does not close its end must not keep ours.
    const timer = setTimeout(() => socket.destroy(), TURNED_AWAY_MS).unref();
    socket.once('close', () => {
      clearTimeout(timer);
      this.#turnedAway.delete(socket);
    });
  }

  #letGoOldest(): void {
    for (const oldest of this.#turnedAway) {
      this.#turnedAway.delete(oldest);
      oldest.destroy();
      return;
    }
  }

  /** Once a second: a flood of clients must not become a flood of lines. */
  #warn(fields: object, message: string): void {
    const { server, log, clock } = this.#options;
    if (clock.monotonic() - this.#lastWarningMs < 1_000) return;
    this.#lastWarningMs = clock.monotonic();
    log.warn({ server: server.name, ...fields }, message);
  }
}

function ownEnd({ remoteAddress, remotePort }: Socket): Endpoint {
  return { address: withoutMapping(remoteAddress ?? 'localhost'), port: remotePort ?? 0 };
}

/** An IPv4 client of a listener for both families. */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}
