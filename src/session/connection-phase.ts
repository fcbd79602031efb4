// From the server's greeting to its OK: relays both sides' packets, takes out what Interlock
// cannot honour, and notes who logs in. Passwords pass through unread. A client may send exactly
// one packet for each one of the server that asks for an answer, so no command slips in early.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html
import { InterlockError } from '../errors.js';
import {
  type Capabilities,
  CLIENT_SSL,
  commonCapabilities,
  hasCapability,
  SUPPORTED,
} from '../wire/capabilities.js';
import {
  CR_SSL_CONNECTION_ERROR,
  ER_SECURE_TRANSPORT_REQUIRED,
  type ErrorCode,
} from '../wire/error-codes.js';
import { Framer, packetCount, type WirePacket } from '../wire/framer.js';
import { authenticationStep } from '../wire/packets/auth-switch-request.js';
import { ERR_HEADER, errPacket } from '../wire/packets/err-packet.js';
import {
  type HandshakeResponse41,
  readClientCapabilities,
  readHandshakeResponse41,
  withClientCapabilities,
} from '../wire/packets/handshake-response-41.js';
import {
  type HandshakeV10,
  readHandshakeV10,
  withCapabilities,
} from '../wire/packets/handshake-v10.js';
import { isSslRequest } from '../wire/packets/ssl-request.js';
import type { Emit } from './effects.js';
import type { Leg } from './events.js';
import { farewellAnswer, farewellResponse } from './farewell.js';
import type { SessionOptions } from './session-options.js';
import { type Login, schemaName } from './session-state.js';

/** No packet of a login is longer: attributes end at 64 KiB, certificates and tokens far below. */
const LOGIN_PACKET_BYTES = 1024 * 1024;

type Step = 'greeting' | 'response' | 'securing' | 'authenticating' | 'logged-in' | 'ended';

export class ConnectionPhase {
  readonly #options: SessionOptions;
  readonly #emit: Emit;
  readonly #client = new Framer(LOGIN_PACKET_BYTES);
  readonly #server = new Framer(LOGIN_PACKET_BYTES);
  #step: Step = 'greeting';
  #greeting: HandshakeV10 | undefined;
  #offered: Capabilities = { common: 0, mariadb: 0 };
  #agreed: Capabilities = { common: 0, mariadb: 0 };
  #response: HandshakeResponse41 | undefined;
  readonly #toSecure = new Set<Leg>();
  #isSecure = false;
  #mayAnswer = false;
  #isAbandoned = false;
  /** Of the last packet on either leg, and of the last that the server took part in. */
  #serverSequenceId = -1;
  #sequenceId = -1;

  constructor(options: SessionOptions, emit: Emit) {
    this.#options = options;
    this.#emit = emit;
  }

  get bufferedBytes(): number {
    return this.#client.bufferedBytes;
  }

  /** Who logged in, once the server said OK. */
  get login(): Login | undefined {
    if (this.#step !== 'logged-in' || this.#isAbandoned || !this.#greeting || !this.#response)
      return undefined;
    const database = schemaName(this.#response.database ?? Buffer.alloc(0));
    const program = this.#response.attributes.get('program_name');
    return {
      capabilities: this.#agreed,
      threadId: this.#greeting.threadId,
      user: this.#response.user,
      ...(database === undefined ? {} : { database }),
      ...(program === undefined ? {} : { program }),
    };
  }

  get ended(): boolean {
    return this.#step === 'ended';
  }

  /** What either leg sent beyond the login. */
  takeRest(leg: Leg): Buffer {
    return leg === 'client' ? this.#client.takeRest() : this.#server.takeRest();
  }

  bytes(leg: Leg, chunk: Uint8Array): void {
    if (leg === 'client') {
      this.#client.push(chunk);
      this.#readClient();
      return;
    }
    this.#server.push(chunk);
    while (this.#step === 'greeting' || this.#step === 'authenticating') {
      const packet = this.#server.next();
      if (packet === undefined) break;
      this.#serverPacket(packet);
      if (this.#isAbandoned) this.#leave();
    }
    this.#readClient();
  }

  secured(leg: Leg): void {
    this.#toSecure.delete(leg);
    if (this.#step !== 'securing') return;
    const isReady = this.#toSecure.size === 0 || (this.#isAbandoned && leg === 'server');
    if (!isReady) return;
    this.#isSecure = true;
    this.#step = 'response';
    if (this.#isAbandoned) this.#leave();
    else this.#readClient();
  }

  /** Tells the client what went wrong, in the way it can read at this point, and ends. */
  fail(error: ErrorCode, message: string): void {
    if (this.#step === 'ended') return;
    // Between SSLRequest and TLS nobody could read an ERR packet.
    if (this.#step !== 'securing') {
      const withSqlState = this.#greeting !== undefined;
      const sequenceId = this.#sequenceId + 1;
      this.#emit({
        kind: 'to-client',
        bytes: errPacket(error, message, { sequenceId, withSqlState }),
      });
    }
    if (this.#step === 'response') this.#sayFarewell(this.#serverSequenceId + 1);
    this.#end(message);
  }

  /** The client has gone. The server is given a login to refuse (farewell.ts), then left. */
  abandon(): void {
    if (this.#step === 'ended') return;
    this.#isAbandoned = true;
    if (this.#step === 'securing' && !this.#toSecure.has('server')) this.secured('server');
    else this.#leave();
  }

  /** One step towards leaving the server in order: after each of its packets, until its verdict. */
  #leave(): void {
    const sequenceId = this.#serverSequenceId + 1;
    if (this.#step === 'response') this.#sayFarewell(sequenceId);
    else if (this.#step === 'authenticating' && this.#mayAnswer) {
      this.#mayAnswer = false;
      this.#emit({ kind: 'forward-authentication', bytes: farewellAnswer(sequenceId) });
    } else if (this.#step === 'logged-in') this.#end('the client left during the login');
  }

  #sayFarewell(sequenceId: number): void {
    const bytes = farewellResponse(this.#offered, { sequenceId, isSecure: this.#isSecure });
    this.#emit({ kind: 'forward-authentication', bytes });
    this.#step = 'authenticating';
    this.#mayAnswer = false;
  }

  #serverPacket(packet: WirePacket): void {
    this.#sequenceId = packet.sequenceId;
    this.#serverSequenceId = packet.sequenceId;
    if (this.#step === 'greeting') this.#serverGreeting(packet);
    else this.#serverAuthentication(packet);
  }

  #serverGreeting(packet: WirePacket): void {
    if (packet.payload[0] === ERR_HEADER) {
      this.#relayToClient(packet);
      this.#end('the server refused the connection');
      return;
    }
    const greeting = readHandshakeV10(packet.payload);
    const lacksTls = !hasCapability(greeting.capabilities, CLIENT_SSL);
    if (this.#options.requireTls && lacksTls) {
      this.#sequenceId = -1;
      this.fail(CR_SSL_CONNECTION_ERROR, this.#noTlsAtServer());
      return;
    }
    this.#greeting = greeting;
    this.#offered = commonCapabilities(greeting.capabilities, SUPPORTED);
    const frame = Buffer.concat(packet.frames);
    this.#emit({ kind: 'to-client', bytes: withCapabilities(frame, greeting, this.#offered) });
    this.#step = 'response';
  }

  #serverAuthentication(packet: WirePacket): void {
    this.#relayToClient(packet);
    switch (authenticationStep(packet.payload)) {
      case 'ok':
        this.#step = 'logged-in';
        return;
      case 'refused':
        this.#end('the server refused the login');
        return;
      case 'answer-expected':
        this.#mayAnswer = true;
        return;
      case 'no-answer-expected':
        this.#mayAnswer = false;
        return;
    }
  }

  #readClient(): void {
    if (this.#isAbandoned) return;
    while (this.#step === 'response' || (this.#step === 'authenticating' && this.#mayAnswer)) {
      const packet = this.#client.next();
      if (packet === undefined) return;
      this.#expectNext(packet);
      if (this.#step === 'response') this.#clientResponse(packet);
      else this.#clientAuthentication(packet);
    }
  }

  /** A command begins at 0 again: it can't pass for an answer in a login. */
  #expectNext(packet: WirePacket): void {
    const isNext = packet.sequenceId === (this.#sequenceId + packetCount(packet)) % 256;
    this.#sequenceId = packet.sequenceId;
    if (isNext && packet.sequenceId !== 0) return;
    throw new InterlockError('MALFORMED_PACKET', 'a packet is not the next of this login');
  }

  #clientResponse(packet: WirePacket): void {
    const wanted = readClientCapabilities(packet.payload);
    const capabilities = commonCapabilities(wanted, this.#offered);
    const frame = withClientCapabilities(Buffer.concat(packet.frames), capabilities);
    if (!this.#isSecure && isSslRequest(packet.payload)) {
      this.#startTls(frame, capabilities);
      return;
    }
    if (this.#options.requireTls && !this.#isSecure) {
      this.fail(ER_SECURE_TRANSPORT_REQUIRED, this.#plainRefused());
      return;
    }
    this.#agreed = capabilities;
    this.#response = readHandshakeResponse41(packet.payload, capabilities);
    this.#step = 'authenticating';
    this.#mayAnswer = false;
    this.#emit({ kind: 'forward-authentication', bytes: frame });
  }

  #startTls(frame: Buffer, capabilities: Capabilities): void {
    if (!hasCapability(capabilities, CLIENT_SSL)) {
      this.fail(CR_SSL_CONNECTION_ERROR, this.#noTlsAtServer());
      return;
    }
    this.#step = 'securing';
    this.#serverSequenceId = this.#sequenceId;
    this.#toSecure.add('client').add('server');
    this.#emit({ kind: 'forward-authentication', bytes: frame });
    this.#emit({ kind: 'upgrade-tls', leg: 'server', already: this.#server.takeRest() });
    this.#emit({ kind: 'upgrade-tls', leg: 'client', already: this.#client.takeRest() });
  }

  #clientAuthentication(packet: WirePacket): void {
    this.#mayAnswer = false;
    for (const bytes of packet.frames) this.#emit({ kind: 'forward-authentication', bytes });
  }

  #relayToClient(packet: WirePacket): void {
    for (const bytes of packet.frames) this.#emit({ kind: 'to-client', bytes });
  }

  #end(why: string): void {
    this.#step = 'ended';
    this.#emit({ kind: 'end', why });
  }

  #noTlsAtServer(): string {
    const { name, host, port } = this.#options.server;
    return (
      `Interlock: server ${name} (${host}:${port}) offers no TLS, and Interlock mirrors it on ` +
      'both legs. Give that server a certificate, or do without TLS.'
    );
  }

  #plainRefused(): string {
    return (
      `Interlock: server ${this.#options.server.name} takes no connections without TLS ` +
      '(tls.require). Connect with --ssl, or ssl-mode=REQUIRED.'
    );
  }
}
