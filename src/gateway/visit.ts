// One client that was let in, on its way from the listener to its session: in this process, or in
// a worker's. Types only.
import type { Socket } from 'node:net';
import type { Endpoint } from '../wire/proxy-header.js';

/** What a visit is without its socket: all of it can be sent to another process. */
export interface VisitFacts {
  readonly server: string;
  /** Interlock's own number of the session. */
  readonly session: number;
  /** The real one, as the PROXY header said where there was one. */
  readonly client: Endpoint;
  /** It came by a Unix socket: it holds its own leg for safe whatever the other one is. */
  readonly isLocal: boolean;
  /** Where the client meant to connect to. */
  readonly destination: Endpoint;
  /** What is left of the time that a login may take. */
  readonly handshakeTimeoutMs: number;
}

/** Who counts the visit is told how it goes on. An object of its own: it must not hold the socket. */
export interface Stay {
  /** `threadId`: the server's number of the session, as its greeting said. */
  loggedIn(threadId: number): void;
  /** Both legs are gone. */
  leave(): void;
}

export interface Visit extends VisitFacts {
  /** Paused, and nothing of it read but what comes first in `already`. */
  readonly socket: Socket;
  readonly already: Uint8Array;
  readonly stay: Stay;
}
