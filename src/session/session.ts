// One client's session, without sockets: events in, effects out. The switch over its two phases,
// the pace at which the client may send, and what happens when a packet cannot be read.
import { InterlockError, messageOf } from '../errors.js';
import type { Judgement } from '../policy/verdict.js';
import {
  ER_HANDSHAKE_ERROR,
  ER_MALFORMED_PACKET,
  ER_NET_PACKET_TOO_LARGE,
  ER_NET_READ_ERROR,
  ER_NET_READ_INTERRUPTED,
  ER_SERVER_SHUTDOWN,
  ER_SIGNAL_EXCEPTION,
  type ErrorCode,
} from '../wire/error-codes.js';
import { HEADER_BYTES } from '../wire/framer.js';
import { ERR_HEADER } from '../wire/packets/err-packet.js';
import { isAtBoundary } from './activity.js';
import { CommandPhase } from './command-phase.js';
import { ConnectionPhase } from './connection-phase.js';
import type { Emit } from './effects.js';
import type { Leg, SessionEvent } from './events.js';
import type { SessionOptions } from './session-options.js';
import { type Login, SessionState } from './session-state.js';

/** What a client may send ahead of the response it waits for; then it is not read any more. */
export const AHEAD_BYTES = 256 * 1024;

export class Session {
  readonly #options: SessionOptions;
  readonly #emit: Emit;
  #phase: ConnectionPhase | CommandPhase;
  #paused = false;
  /** What the client is to read: what it had in flight must not go on. */
  #doom: string | undefined;
  #isLingering = false;

  /** `emit` carries out each effect as it comes, in order; no event may come from within it. */
  constructor(options: SessionOptions, emit: Emit) {
    this.#options = options;
    this.#emit = emit;
    this.#phase = new ConnectionPhase(options, emit);
  }

  get ended(): boolean {
    return this.#phase.ended;
  }

  handle(event: SessionEvent): void {
    try {
      this.#dispatch(event);
    } catch (thrown) {
      this.#phase.fail(errorFor(thrown), this.#explain(thrown));
    }
    this.#pace();
  }

  /** The event `bytes`, without an object for it: it comes for every command and every response. */
  bytes(leg: Leg, chunk: Uint8Array): void {
    const phase = this.#phase;
    if (phase.ended || (this.#doom !== undefined && this.#isAnswered(leg, chunk))) return;
    try {
      phase.bytes(leg, chunk);
      this.#loggedIn();
    } catch (thrown) {
      this.#phase.fail(errorFor(thrown), this.#explain(thrown));
    }
    this.#pace();
  }

  #dispatch(event: SessionEvent): void {
    const phase = this.#phase;
    if (event.kind === 'judged') {
      this.#judged(event.judgement);
      return;
    }
    if (phase.ended) return;
    switch (event.kind) {
      case 'bytes':
        this.bytes(event.leg, event.chunk);
        return;
      case 'secured':
        if (phase instanceof ConnectionPhase) phase.secured(event.leg);
        return;
      case 'closed':
        this.#closed(event.leg, event.why);
        return;
      case 'half-closed':
        if (event.leg === 'client' && phase instanceof CommandPhase) phase.clientHalfClosed();
        else this.#closed(event.leg, 'it closed the connection');
        return;
      case 'server-failed':
        this.#serverFailed(event.reason, event.why);
        return;
      case 'doomed':
        this.#doomed(event.message, event.now);
        return;
      case 'handshake-timeout':
        if (phase instanceof ConnectionPhase) phase.fail(ER_NET_READ_INTERRUPTED, TOO_SLOW);
        return;
      case 'drain':
        this.#drain();
        return;
    }
    event satisfies never;
  }

  #loggedIn(): void {
    const connecting = this.#phase;
    if (!(connecting instanceof ConnectionPhase)) return;
    const login: Login | undefined = connecting.login;
    if (login === undefined) return;
    const { server, session, client } = this.#options;
    const state = new SessionState({ server: server.name, session, ...client }, login);
    const phase = new CommandPhase(this.#options, state, this.#emit);
    this.#phase = phase;
    this.#emit({ kind: 'logged-in', user: login.user, threadId: login.threadId });
    for (const leg of ['server', 'client'] satisfies Leg[]) {
      const rest = connecting.takeRest(leg);
      if (rest.length > 0) phase.bytes(leg, rest);
    }
  }

  #judged(judgement: Judgement): void {
    const phase = this.#phase;
    if (!(phase instanceof CommandPhase)) return;
    if (this.#doom !== undefined) phase.fail(ER_SIGNAL_EXCEPTION, this.#doom);
    phase.judged(judgement);
  }

  #drain(): void {
    const phase = this.#phase;
    if (this.#isLingering) phase.fail(ER_SIGNAL_EXCEPTION, this.#doom ?? STOPPING);
    else if (phase instanceof CommandPhase) phase.drain();
    else phase.fail(ER_SERVER_SHUTDOWN, STOPPING);
  }

  /** Nothing more of this session reaches the server; what it runs there is being ended. */
  #doomed(message: string, now: boolean): void {
    const phase = this.#phase;
    if (!(phase instanceof CommandPhase)) return;
    this.#doom = message;
    if (phase.activity.kind === 'idle') this.#linger();
    else if (now) phase.fail(ER_SIGNAL_EXCEPTION, message);
  }

  /** A client that waits for no answer is told in the place of its next one. */
  #linger(): void {
    if (this.#isLingering) return;
    this.#isLingering = true;
    this.#emit({ kind: 'finish-server' });
    this.#emit({ kind: 'linger' });
  }

  /** Of a doomed session: an error of the server's is replaced, and a new command is answered. */
  #isAnswered(leg: Leg, chunk: Uint8Array): boolean {
    const phase = this.#phase;
    if (!(phase instanceof CommandPhase) || this.#doom === undefined) return false;
    if (leg === 'client') {
      if (!this.#isLingering) return false;
      phase.fail(ER_SIGNAL_EXCEPTION, this.#doom, 1);
      return true;
    }
    if (phase.activity.kind === 'idle') {
      this.#linger();
      return true;
    }
    if (!isAtBoundary(phase.activity) || chunk[HEADER_BYTES] !== ERR_HEADER) return false;
    phase.fail(ER_SIGNAL_EXCEPTION, this.#doom);
    return true;
  }

  #closed(leg: Leg, why: string): void {
    const phase = this.#phase;
    if (leg === 'server' && this.#doom !== undefined && phase instanceof CommandPhase) {
      if (phase.activity.kind === 'idle') this.#linger();
      else phase.fail(ER_SIGNAL_EXCEPTION, this.#doom);
      return;
    }
    if (this.#phase instanceof CommandPhase) {
      this.#phase.closed(leg, why);
      return;
    }
    if (leg === 'client') this.#phase.abandon();
    else this.#phase.lose(ER_NET_READ_ERROR, this.#lost(why));
  }

  #serverFailed(reason: 'unreachable' | 'tls', why: string): void {
    const phase = this.#phase;
    if (!(phase instanceof ConnectionPhase)) return;
    const { name, host, port } = this.#options.server;
    const place = `server ${name} (${host}:${port})`;
    if (reason === 'tls') {
      const message = `Interlock: TLS with ${place} failed: ${why}. See servers.${name}.tls`;
      phase.lose(ER_HANDSHAKE_ERROR, message);
    } else {
      phase.lose(ER_NET_READ_ERROR, `Interlock: cannot connect to ${place}: ${why}`);
    }
  }

  #lost(why: string): string {
    const { name, host, port } = this.#options.server;
    return `Interlock: server ${name} (${host}:${port}) ended the connection during login: ${why}`;
  }

  /** A client that is far ahead of its responses is not read until they have caught up. */
  #pace(): void {
    const phase = this.#phase;
    const isAhead = phase.bufferedBytes > AHEAD_BYTES;
    if (!isAhead && !this.#paused) return;
    const waits = phase instanceof CommandPhase ? phase.isBusy : true;
    const congested = isAhead && waits && !phase.ended;
    if (congested === this.#paused) return;
    this.#paused = congested;
    this.#emit({ kind: 'client-flow', paused: congested });
  }

  #explain(thrown: unknown): string {
    const what = messageOf(thrown);
    if (!(thrown instanceof InterlockError)) {
      return `Interlock failed in this session and ends it; nothing was passed on (${what})`;
    }
    if (thrown.code === 'STATEMENT_TOO_LARGE') {
      return `Interlock refused: the statement is too large: ${what}. The connection ends.`;
    }
    return `Interlock refused: malformed packet: ${what}. Rule built-in-malformed. The connection ends.`;
  }
}

const TOO_SLOW = 'Interlock: the login took too long (limits.handshake). Connect again.';
const STOPPING = 'Interlock is stopping. Connect again in a moment.';

function errorFor(thrown: unknown): ErrorCode {
  const isTooLarge = thrown instanceof InterlockError && thrown.code === 'STATEMENT_TOO_LARGE';
  return isTooLarge ? ER_NET_PACKET_TOO_LARGE : ER_MALFORMED_PACKET;
}
