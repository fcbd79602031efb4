// One session's two sockets: turns what they do into events for the session, and carries out the
// effects that come back. Decides nothing; a command leaves only with the permit for its bytes.
import { connect, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { messageOf } from '../errors.js';
import type { Doom } from '../flight/book.js';
import { covers, holds, type Permit } from '../policy/permit.js';
import type { Judgement, Question } from '../policy/verdict.js';
import type { Effect } from '../session/effects.js';
import type { Leg, SessionEvent } from '../session/events.js';
import { Session } from '../session/session.js';
import type { SessionOptions } from '../session/session-options.js';
import type { WirePacket } from '../wire/framer.js';
import type { Guard } from './guard.js';
import { legReader, reread } from './leg-reader.js';
import { LegWriter } from './leg-writer.js';
import { type ServerTls, upgradeClient, upgradeServer } from './tls-upgrade.js';
import type { Stay } from './visit.js';

/** How long an ended leg may take to deliver its last bytes. */
const LINGER_MS = 5_000;
/** How long a client whose session was ended may take to send what it is then told. */
const FAREWELL_MS = 600_000;
/** A peer that vanished without a word is noticed after this, not after the system's two hours. */
const KEEP_ALIVE_MS = 60_000;
const LEG_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };

export interface RelayOptions {
  readonly session: SessionOptions;
  readonly guard: Guard;
  readonly handshakeTimeoutMs: number;
  /** Goes to the server before anything else: a PROXY header. */
  readonly preface?: Uint8Array;
  readonly clientTls: SecureContext;
  readonly serverTls: ServerTls;
  readonly stay: Stay;
  /** Both legs are gone; called once. */
  readonly ended: (relay: Relay) => void;
  readonly log: { debug(fields: object, message: string): void };
}

export class Relay {
  readonly #options: RelayOptions;
  readonly #session: Session;
  #client: Socket;
  #server: Socket;
  #toClient: LegWriter;
  #toServer: LegWriter;
  /** What the server's leg runs over: the same, or the socket under its TLS. */
  #serverTransport: Socket;
  #isConnected = false;
  #isEnding = false;
  /** The session wants the client to wait, whatever the sockets could take. */
  #isClientHeld = false;
  #isClientSecuring = false;
  #openLegs = 2;
  #handshakeTimer: NodeJS.Timeout | undefined;
  #lingerTimer: NodeJS.Timeout | undefined;

  constructor(client: Socket, options: RelayOptions) {
    this.#options = options;
    this.#session = new Session(options.session, (effect) => this.#run(effect));
    const { host, port } = options.session.server;
    const onread = legReader('server', this.#session, () => this.#isPassedOn);
    this.#server = connect({ host, port, onread, ...LEG_OPTIONS });
    const own = reread(client, 'client', this.#session);
    this.#client = own ?? client;
    this.#serverTransport = this.#server;
    this.#server.once('connect', () => {
      this.#isConnected = true;
    });
    if (options.preface !== undefined) this.#server.write(options.preface);
    this.#client.setNoDelay(true);
    this.#client.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#toClient = this.#listen('client', this.#client);
    if (own === undefined) this.#readChunks('client', client);
    this.#toServer = this.#listen('server', this.#server);
    this.#handshakeTimer = setTimeout(() => this.#handshakeTimeout(), options.handshakeTimeoutMs);
  }

  /** A response is written to the client, or read at once: nobody keeps views of it after that. */
  get #isPassedOn(): boolean {
    const isLoggedIn = this.#handshakeTimer === undefined;
    return isLoggedIn && this.#toClient.isEmpty;
  }

  /** Ends the session as soon as no command is under way. */
  drain(): void {
    this.#handle({ kind: 'drain' });
  }

  /** Ends it now. */
  destroy(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #listen(leg: Leg, socket: Socket): LegWriter {
    socket.on('end', () => this.#handle({ kind: 'half-closed', leg }));
    socket.on('error', (error) => this.#broken(leg, error.message));
    socket.on('close', () => this.#closed(leg));
    return new LegWriter(socket, () => this.#drained(leg));
  }

  #readChunks(leg: Leg, socket: Socket): void {
    socket.on('data', (chunk: Buffer) => this.#session.bytes(leg, chunk));
  }

  #handle(event: SessionEvent): void {
    this.#session.handle(event);
  }

  #run(effect: Effect): void {
    switch (effect.kind) {
      case 'forward':
        this.#forward(effect.packet, effect.permit);
        return;
      case 'forward-held':
        if (holds(effect.hold, effect.bytes)) this.#writeServer(effect.bytes);
        else this.destroy();
        return;
      case 'to-client':
        if (!this.#toClient.write(effect.bytes)) this.#pauseBoth();
        return;
      case 'forward-authentication':
      case 'forward-file-data':
        this.#writeServer(effect.bytes);
        return;
      case 'judge':
        this.#judge(effect.question);
        return;
      case 'answered':
        this.#options.guard.answered(effect.recordId, effect.outcome);
        return;
      case 'transaction-ended':
        this.#options.guard.transactionEnded(this.#options.session.session, effect.end);
        return;
      case 'linger':
        this.#lingerTimer ??= setTimeout(() => this.#handle({ kind: 'drain' }), FAREWELL_MS);
        this.#lingerTimer.unref();
        return;
      case 'upgrade-tls':
        this.#upgrade(effect.leg, effect.already);
        return;
      case 'logged-in':
        clearTimeout(this.#handshakeTimer);
        this.#handshakeTimer = undefined;
        this.#options.stay.loggedIn(effect.threadId);
        return;
      case 'client-flow':
        this.#isClientHeld = effect.paused;
        if (effect.paused) this.#client.pause();
        else this.#resumeClient();
        return;
      case 'finish-server':
        // Not TLS's own farewell: a server that waits for a lock takes any byte for a client.
        this.#serverTransport.end();
        return;
      case 'dismiss-client':
        this.#dismissClient(effect.why);
        return;
      case 'end':
        this.#end(effect.why);
        return;
    }
    effect satisfies never;
  }

  #forward(packet: WirePacket, permit: Permit): void {
    if (!covers(permit, packet.payload)) {
      // A bug of ours: the session asks to send what was not judged. Nothing leaves.
      this.#options.log.debug({}, 'a permit does not cover its packet');
      this.destroy();
      return;
    }
    const { frames } = packet;
    if (frames.length > 1) this.#server.cork();
    for (const frame of frames) this.#writeServer(frame);
    if (frames.length > 1) this.#server.uncork();
  }

  /** Back-pressure: what feeds a full socket is not read until it has drained. */
  #writeServer(bytes: Uint8Array): void {
    if (!this.#toServer.write(bytes)) this.#client.pause();
  }

  /** A client that does not read is not read either: our own answers are as many as its commands. */
  #pauseBoth(): void {
    this.#server.pause();
    this.#client.pause();
  }

  #drained(leg: Leg): void {
    if (leg === 'client') this.#server.resume();
    this.#resumeClient();
  }

  #resumeClient(): void {
    const mustWait = this.#isClientHeld || this.#toServer.isFull || this.#toClient.isFull;
    if (!mustWait) this.#client.resume();
  }

  #judge(question: Question): void {
    const doom = (told: Doom): void => this.#handle({ kind: 'doomed', ...told });
    this.#options.guard.judge(question, doom).then(
      (judgement) => this.#handle({ kind: 'judged', judgement }),
      (thrown: unknown) => this.#handle({ kind: 'judged', judgement: guardFailed(thrown) }),
    );
  }

  #upgrade(leg: Leg, already: Uint8Array): void {
    const failed = (why: string): void => {
      if (leg === 'client') this.#broken('client', `TLS failed: ${why}`);
      else this.#handle({ kind: 'server-failed', reason: 'tls', why });
    };
    const secured = (): void => {
      if (leg === 'client') this.#isClientSecuring = false;
      this.#handle({ kind: 'secured', leg });
    };
    if (leg === 'client') {
      this.#isClientSecuring = true;
      const secureContext = this.#options.clientTls;
      this.#client = upgradeClient(this.#client, already, { secureContext, secured, failed });
      this.#toClient = this.#listen('client', this.#client);
      this.#readChunks('client', this.#client);
      return;
    }
    const plain = this.#server;
    // The SSLRequest must be out before TLS takes the socket over.
    plain.write('', () => {
      if (plain.destroyed) return;
      this.#server = upgradeServer(plain, this.#options.serverTls, { secured, failed });
      this.#toServer = this.#listen('server', this.#server);
      this.#readChunks('server', this.#server);
    });
  }

  #handshakeTimeout(): void {
    const waitedMs = this.#options.handshakeTimeoutMs;
    if (this.#isConnected) this.#handle({ kind: 'handshake-timeout' });
    else {
      const why = `no answer within ${waitedMs} ms`;
      this.#handle({ kind: 'server-failed', reason: 'unreachable', why });
    }
  }

  #broken(leg: Leg, why: string): void {
    if (leg === 'server' && !this.#isConnected) {
      this.#handle({ kind: 'server-failed', reason: 'unreachable', why });
    } else this.#handle({ kind: 'closed', leg, why });
  }

  #closed(leg: Leg): void {
    this.#handle({ kind: 'closed', leg, why: 'the connection was closed' });
    // A leg that waited for this one to drain would wait for ever.
    (leg === 'client' ? this.#server : this.#client).resume();
    this.#openLegs -= 1;
    if (this.#openLegs > 0) return;
    clearTimeout(this.#handshakeTimer);
    clearTimeout(this.#lingerTimer);
    this.#options.guard.left(this.#options.session.session);
    this.#options.stay.leave();
    this.#options.ended(this);
  }

  #end(why: string): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#server.end();
    this.#server.resume();
    this.#dismissClient(why);
  }

  /** The server's leg may be left in order for as long as the client's last bytes may take. */
  #dismissClient(why: string): void {
    this.#options.log.debug({ session: this.#options.session.session, why }, 'session ends');
    // In the middle of a TLS handshake there is nothing to finish, and it might never end.
    if (this.#isClientSecuring) this.#client.destroy();
    else this.#client.end();
    // What is still sent is read and thrown away, so that the leg can close in order.
    this.#client.resume();
    clearTimeout(this.#lingerTimer);
    this.#lingerTimer = setTimeout(() => this.destroy(), LINGER_MS);
    this.#lingerTimer.unref();
  }
}

function guardFailed(thrown: unknown): Judgement {
  const message =
    `Interlock refused: it failed to judge this statement (${messageOf(thrown).slice(0, 200)}). ` +
    'Rule built-in-failure';
  return { kind: 'refused', message, recordId: '' };
}
