// From the server's greeting to its OK: relays both sides' packets, takes out what Interlock
// cannot honour, and notes who logs in. Passwords pass through unread. A client may send exactly
// one packet for each one of the server that asks for an answer, so no command slips in early.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html
import { InterlockError } from '../errors.js';
import type { Capabilities } from '../wire/capabilities.js';
import {
  ER_HANDSHAKE_ERROR,
  ER_MALFORMED_PACKET,
  ER_NET_READ_INTERRUPTED,
  ER_SECURE_TRANSPORT_REQUIRED,
  ER_SERVER_SHUTDOWN,
  type ErrorCode,
} from '../wire/error-codes.js';
import type { WirePacket } from '../wire/framer.js';
import { authenticationStep } from '../wire/packets/auth-switch-request.js';
import type { HandshakeV10 } from '../wire/packets/handshake-v10.js';
import { type LoginResponse, loginOf, readClientResponse } from './client-response.js';
import type { Emit } from './effects.js';
import type { Leg } from './events.js';
import { LoginPackets } from './login-packets.js';
import { clearTextRefused, noTlsAtServer, proxyHeaderRefused } from './login-refusals.js';
import { readServerGreeting } from './server-greeting.js';
import type { SessionOptions } from './session-options.js';
import type { Login } from './session-state.js';

/** Not worth waiting for a client that is late, or while stopping. */
const LATE_ENDS: ReadonlySet<ErrorCode> = new Set([ER_NET_READ_INTERRUPTED, ER_SERVER_SHUTDOWN]);

type Step =
  | 'greeting'
  | 'response'
  | 'securing'
  | 'authenticating'
  | 'logged-in'
  /** It has failed, and the client is told as soon as it can understand. */
  | 'failing'
  | 'ended';

export class ConnectionPhase {
  readonly #options: SessionOptions;
  readonly #emit: Emit;
  readonly #packets: LoginPackets;
  #step: Step = 'greeting';
  #greeting: HandshakeV10 | undefined;
  #offered: Capabilities = { common: 0, mariadb: 0 };
  #answer: LoginResponse | undefined;
  /** By the SSLRequest of a client that asked for TLS itself. */
  #settled: Capabilities | undefined;
  readonly #toSecure = new Set<Leg>();
  #isSecure = false;
  #mayAnswer = false;
  #isAbandoned = false;
  #isServerGone = false;
  /** Waits for TLS on one leg: the answer to the server, or the error for the client. */
  #held: (() => void) | undefined;

  constructor(options: SessionOptions, emit: Emit) {
    this.#options = options;
    this.#emit = emit;
    this.#packets = new LoginPackets(emit);
  }

  get bufferedBytes(): number {
    return this.#packets.bufferedBytes;
  }

  /** Who logged in, once the server said OK. */
  get login(): Login | undefined {
    if (this.#step !== 'logged-in' || this.#isAbandoned) return undefined;
    if (this.#greeting === undefined || this.#answer === undefined) return undefined;
    return loginOf(this.#greeting, this.#answer, this.#packets.statusFlags);
  }

  get ended(): boolean {
    return this.#step === 'ended';
  }

  /** What either leg sent beyond the login. */
  takeRest(leg: Leg): Buffer {
    return this.#packets.takeRest(leg);
  }

  bytes(leg: Leg, chunk: Uint8Array): void {
    if (leg === 'client' && this.#isAbandoned) return;
    this.#packets.push(leg, chunk);
    if (leg === 'server') this.#readServer();
    this.#readClient();
  }

  #readServer(): void {
    while (this.#step === 'greeting' || this.#step === 'authenticating') {
      const packet = this.#packets.nextOfServer();
      if (packet === undefined) return;
      if (this.#step === 'greeting') this.#serverGreeting(packet);
      else this.#serverAuthentication(packet);
      if (this.#isAbandoned) this.#leave();
    }
  }

  secured(leg: Leg): void {
    this.#toSecure.delete(leg);
    if (this.#step === 'failing') this.#readClient();
    if (this.#step !== 'securing') return;
    const isReady = this.#toSecure.size === 0 || (this.#isAbandoned && leg === 'server');
    if (!isReady) return;
    this.#isSecure = true;
    this.#step = 'response';
    if (this.#isAbandoned) this.#leave();
    else if (this.#held !== undefined) this.#release();
    else this.#readClient();
  }

  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    held?.();
  }

  /** The server could not be reached, or has gone. */
  lose(error: ErrorCode, message: string): void {
    this.#isServerGone = true;
    this.fail(error, message);
  }

  /** Tells the client what went wrong, in the way it can read at this point, and ends. */
  fail(error: ErrorCode, message: string): void {
    if (this.#step === 'ended') return;
    if (this.#step === 'failing' || this.#isAbandoned) {
      if (this.#isAbandoned || LATE_ENDS.has(error)) this.#end(message);
      return;
    }
    const tell = (): void => {
      this.#packets.tellClient(error, message, this.#greeting !== undefined);
    };
    // Between SSLRequest and its answer in TLS nobody could read an ERR packet.
    if (this.#isDeaf && !LATE_ENDS.has(error)) {
      this.#step = 'failing';
      this.#held = () => {
        tell();
        this.#end(message);
      };
      // Its answer may be here already.
      this.#readClient();
      return;
    }
    if (!this.#isDeaf) tell();
    if (this.#isServerGone || this.#step === 'greeting') this.#end(message);
    else {
      this.#emit({ kind: 'dismiss-client', why: message });
      this.abandon();
    }
  }

  /** The client's own leg is between clear text and TLS, or has said nothing in it yet. */
  get #isDeaf(): boolean {
    return this.#step === 'securing' && this.#settled !== undefined;
  }

  /** The client has gone, or was told why. The server gets a login to refuse (farewell.ts). */
  abandon(): void {
    if (this.#step === 'ended') return;
    this.#isAbandoned = true;
    if (this.#step === 'failing') this.#end('the client left');
    else if (this.#step === 'securing' && !this.#toSecure.has('server')) this.secured('server');
    else this.#leave();
  }

  /** One step towards leaving the server in order: after each of its packets, until its verdict. */
  #leave(): void {
    if (this.#step === 'response') {
      this.#packets.sayFarewell(this.#offered);
      this.#step = 'authenticating';
      this.#mayAnswer = false;
    } else if (this.#step === 'authenticating' && this.#mayAnswer) {
      this.#mayAnswer = false;
      this.#packets.answerForNobody();
    } else if (this.#step === 'logged-in') this.#end('the client left during the login');
  }

  #serverGreeting(packet: WirePacket): void {
    const said = readServerGreeting(packet, this.#options);
    if (said.kind === 'refusal') {
      this.#toClient(packet);
      this.#end('the server refused the connection');
      return;
    }
    this.#offered = said.offered;
    this.#step = 'response';
    if (said.kind === 'without-tls') {
      this.fail(ER_HANDSHAKE_ERROR, noTlsAtServer(this.#options.server));
      return;
    }
    this.#greeting = said.greeting;
    if (!this.#isAbandoned) this.#emit({ kind: 'to-client', bytes: said.bytes });
  }

  #toClient(packet: WirePacket): void {
    if (!this.#isAbandoned) this.#packets.toClient(packet);
  }

  #serverAuthentication(packet: WirePacket): void {
    this.#toClient(packet);
    this.#answer?.watch?.serverPacket(packet.payload);
    const step = authenticationStep(packet.payload);
    if (step === 'ok') this.#step = 'logged-in';
    else if (step === 'refused') this.#end('the server refused the login');
    else this.#mayAnswer = step === 'answer-expected';
  }

  #readClient(): void {
    if (this.#isAbandoned) return;
    // Its answer to the greeting, which it can send now, is what an error answers.
    const mayHear = this.#step === 'failing' && !this.#toSecure.has('client');
    if (mayHear && this.#packets.nextOfClient() !== undefined) this.#release();
    if (this.#step === 'response' && !this.#mayBegin()) return;
    while (this.#step === 'response' || (this.#step === 'authenticating' && this.#mayAnswer)) {
      const packet = this.#packets.nextOfClient();
      if (packet === undefined) return;
      if (this.#step === 'response') this.#clientResponse(packet);
      else this.#clientAuthentication(packet);
    }
  }

  /** Balancers that are not in proxyProtocol.from have no say in who a client is. */
  #mayBegin(): boolean {
    const opening = this.#packets.clientOpening();
    if (opening === 'proxy-header') {
      this.fail(ER_MALFORMED_PACKET, proxyHeaderRefused(this.#options.server));
    }
    return opening === 'packet';
  }

  #clientResponse(packet: WirePacket): void {
    const standing = {
      options: this.#options,
      offered: this.#offered,
      isSecure: this.#isSecure,
      settled: this.#settled,
    };
    const answer = readClientResponse(packet, standing);
    switch (answer.kind) {
      case 'ssl-request':
        this.#settled = answer.capabilities;
        this.#toSecure.add('client').add('server');
        this.#startTls(answer.frame);
        this.#emit({ kind: 'upgrade-tls', leg: 'client', already: this.takeRest('client') });
        return;
      case 'refused':
        this.fail(answer.error, answer.message);
        return;
      case 'login':
        this.#answer = answer;
        if (answer.sslRequest === undefined) this.#respond(answer);
        else {
          this.#held = () => this.#respond(answer);
          this.#toSecure.add('server');
          this.#startTls(answer.sslRequest);
        }
        return;
    }
    answer satisfies never;
  }

  #respond({ frame }: LoginResponse): void {
    this.#step = 'authenticating';
    this.#mayAnswer = false;
    this.#packets.toServer(frame);
  }

  /** The server's leg; the client's too, when it was the client who asked. */
  #startTls(sslRequest: Buffer): void {
    this.#step = 'securing';
    this.#packets.requestTls(sslRequest, this.#settled ? 'both-legs' : 'server-leg');
    this.#emit({ kind: 'upgrade-tls', leg: 'server', already: this.takeRest('server') });
  }

  #clientAuthentication(packet: WirePacket): void {
    this.#mayAnswer = false;
    const watch = this.#answer?.watch;
    if (this.#packets.isMalformedAnswer(packet)) {
      this.#packets.answerForNobody();
      throw new InterlockError('MALFORMED_PACKET', 'an answer is not as long as its plugin has it');
    }
    if (watch?.tells(packet.payload) === true) {
      this.#packets.answerForNobody();
      const message = clearTextRefused(this.#options.server, watch.plugin);
      this.fail(ER_SECURE_TRANSPORT_REQUIRED, message);
      return;
    }
    for (const frame of packet.frames) this.#packets.toServer(frame);
  }

  #end(why: string): void {
    this.#step = 'ended';
    this.#emit({ kind: 'end', why });
  }
}
