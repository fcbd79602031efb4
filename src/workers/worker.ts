// A worker: serves the sessions whose sockets the primary hands it, and asks the primary for every
// judgement. It has no listener, no audit file, no monitor and no rules; it ends with the primary.
import { Socket } from 'node:net';
import type { Stay, VisitFacts } from '../gateway/visit.js';
import { type FiringNames, firingNames } from '../sql/firing-names.js';
import {
  type Dialects,
  type FiringLists,
  isToWorker,
  type ToPrimary,
  type ToWorker,
} from './messages.js';
import { RemoteGuard } from './remote-guard.js';
import { type Serving, type ServingOptions, serveHere } from './serving.js';
import { SessionCounts } from './session-counts.js';

/** The pipe to the process that started this one. */
export interface PrimaryChannel {
  send(message: unknown): void;
  onMessage(callback: (message: unknown, handle: unknown) => void): void;
  onGone(callback: () => void): void;
  /** So that the process can end. */
  close(): void;
}

/** How much of what was counted a worker that dies takes along, at most. */
const COUNTS_PERIOD_MS = 1_000;

/** Resolves when it has drained, or the primary has gone. */
export function runWorker(channel: PrimaryChannel, log: ServingOptions['log']): Promise<void> {
  return new Promise((resolve) => {
    const worker = new Worker(channel, log, resolve);
    channel.onMessage((message, handle) => {
      if (isToWorker(message)) worker.take(message, handle);
    });
    channel.onGone(() => worker.lost());
  });
}

class Worker {
  readonly #channel: PrimaryChannel;
  readonly #log: ServingOptions['log'];
  readonly #ended: () => void;
  readonly #guard: RemoteGuard;
  readonly #counts = new SessionCounts();
  readonly #timer: NodeJS.Timeout;
  #serving: Serving | undefined;
  #dialects: Dialects = new Map();
  #firing: ReadonlyMap<string, FiringNames | undefined> = new Map();

  constructor(channel: PrimaryChannel, log: ServingOptions['log'], ended: () => void) {
    this.#channel = channel;
    this.#log = log;
    this.#ended = ended;
    this.#guard = new RemoteGuard((message) => this.#send(message));
    this.#timer = setInterval(() => this.#report(false), COUNTS_PERIOD_MS);
    this.#timer.unref();
  }

  take(message: ToWorker, handle: unknown): void {
    switch (message.kind) {
      case 'serve':
        this.#serve(message);
        return;
      case 'visit':
        this.#visit(message.visit, message.already, handle);
        return;
      case 'judged':
        this.#guard.judged(message.id, message.judgement);
        return;
      case 'doomed':
        this.#guard.doomed(message.session, message.doom);
        return;
      case 'open':
        this.#guard.opened(message.servers);
        return;
      case 'tls':
        this.#serving?.useTls(message.tls);
        return;
      case 'learned':
        this.#learned(message);
        return;
      case 'count':
        this.#report(true);
        return;
      case 'drain':
        void this.#drain(message.deadlineMs);
        return;
    }
    message satisfies never;
  }

  /** Nobody is left who could judge: sessions end at once. */
  lost(): void {
    this.#guard.lost();
    void this.#drain(0);
  }

  #learned({
    dialects,
    lists,
  }: {
    readonly dialects: Dialects;
    readonly lists?: FiringLists;
  }): void {
    this.#dialects = dialects;
    this.#firing = new Map([...(lists ?? [])].map(([server, list]) => [server, firingNames(list)]));
  }

  #serve({ config, tls, ...learned }: Extract<ToWorker, { kind: 'serve' }>): void {
    this.#learned(learned);
    this.#serving = serveHere({
      config,
      tls,
      guard: this.#guard,
      dialect: (server) => this.#dialects.get(server),
      firing: (server) => this.#firing.get(server),
      metrics: this.#counts,
      log: this.#log,
    });
    this.#send({ kind: 'ready' });
  }

  #visit(facts: VisitFacts, already: Uint8Array, handle: unknown): void {
    const { session } = facts;
    const stay: Stay = {
      loggedIn: (threadId) => this.#send({ kind: 'logged-in', session, threadId }),
      leave: () => this.#send({ kind: 'closed', session }),
    };
    if (!(handle instanceof Socket) || this.#serving === undefined) {
      stay.leave();
      return;
    }
    // What was said of the socket to the process that accepted it has not come along.
    handle.allowHalfOpen = true;
    this.#serving.open({ ...facts, already, socket: handle, stay });
  }

  #report(isAsked: boolean): void {
    const counts = this.#counts.take();
    if (isAsked || counts.length > 0) this.#send({ kind: 'counts', counts, isAsked });
  }

  async #drain(deadlineMs: number): Promise<void> {
    await this.#serving?.drain(deadlineMs);
    clearInterval(this.#timer);
    this.#report(false);
    this.#channel.close();
    this.#ended();
  }

  #send(message: ToPrimary): void {
    this.#channel.send(message);
  }
}
