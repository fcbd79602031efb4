// The packets of a login on both legs and their numbers: one dialogue, in which the server may be
// ahead by the SSLRequest that its leg alone has had. Decides nothing.
import { InterlockError } from '../errors.js';
import type { Capabilities } from '../wire/capabilities.js';
import type { ErrorCode } from '../wire/error-codes.js';
import { Framer, packetCount, type WirePacket } from '../wire/framer.js';
import { switchedPlugin } from '../wire/packets/auth-switch-request.js';
import { errPacket } from '../wire/packets/err-packet.js';
import { okStatusFlags } from '../wire/packets/ok-packet.js';
import { looksLikeProxyHeader } from '../wire/proxy-header.js';
import type { Emit } from './effects.js';
import type { Leg } from './events.js';
import { farewellAnswer, farewellResponse, isMalformedAnswer } from './farewell.js';

/** No packet of a login is longer: attributes end at 64 KiB, certificates and tokens far below. */
const LOGIN_PACKET_BYTES = 1024 * 1024;

export class LoginPackets {
  readonly #emit: Emit;
  readonly #client = new Framer(LOGIN_PACKET_BYTES);
  readonly #server = new Framer(LOGIN_PACKET_BYTES);
  /** Of the last packet on either leg, and of the last that the server took part in. */
  #serverSequenceId = -1;
  #sequenceId = -1;
  #aheadBy = 0;
  /** The first bytes of the client, until they can be told from a PROXY header. */
  #opening: Buffer | undefined = Buffer.alloc(0);

  #lastOfServer: Buffer | undefined;
  #sslRequest: Buffer | undefined;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  get bufferedBytes(): number {
    return this.#client.bufferedBytes;
  }

  /** What the server said of the session when it let the client in. */
  get statusFlags(): number | undefined {
    return this.#lastOfServer === undefined ? undefined : okStatusFlags(this.#lastOfServer);
  }

  /** The number that the server expects of the next packet it gets. */
  get #nextAtServer(): number {
    return this.#serverSequenceId + 1;
  }

  push(leg: Leg, chunk: Uint8Array): void {
    if (leg === 'server') this.#server.push(chunk);
    else {
      this.#client.push(chunk);
      if (this.#opening !== undefined) this.#opening = Buffer.concat([this.#opening, chunk]);
    }
  }

  /** What the leg sent that no packet was cut from yet. */
  takeRest(leg: Leg): Buffer {
    return leg === 'client' ? this.#client.takeRest() : this.#server.takeRest();
  }

  clientOpening(): 'proxy-header' | 'packet' | 'too-early' {
    if (this.#opening === undefined) return 'packet';
    const looks = looksLikeProxyHeader(this.#opening);
    if (looks === 'too-early') return looks;
    this.#opening = undefined;
    return looks === 'yes' ? 'proxy-header' : 'packet';
  }

  nextOfServer(): WirePacket | undefined {
    const packet = this.#server.next();
    if (packet === undefined) return undefined;
    this.#lastOfServer = packet.payload;
    this.#serverSequenceId = packet.sequenceId;
    this.#sequenceId = packet.sequenceId - this.#aheadBy;
    return packet;
  }

  /** A command begins at 0 again: it can't pass for an answer in a login. */
  nextOfClient(): WirePacket | undefined {
    const packet = this.#client.next();
    if (packet === undefined) return undefined;
    const isNext = packet.sequenceId === (this.#sequenceId + packetCount(packet)) % 256;
    this.#sequenceId = packet.sequenceId;
    if (isNext && packet.sequenceId !== 0) return packet;
    throw new InterlockError('MALFORMED_PACKET', 'a packet is not the next of this login');
  }

  toClient(packet: WirePacket): void {
    for (const frame of packet.frames) {
      this.#emit({ kind: 'to-client', bytes: renumbered(frame, -this.#aheadBy) });
    }
  }

  toServer(frame: Buffer): void {
    const bytes = renumbered(frame, this.#aheadBy);
    this.#emit({ kind: 'forward-authentication', bytes });
  }

  /** The client's SSLRequest goes on to the server, or one is made for the server's leg alone. */
  requestTls(frame: Buffer, on: 'both-legs' | 'server-leg'): void {
    this.toServer(frame);
    this.#sslRequest = frame;
    this.#serverSequenceId = this.#sequenceId;
    if (on === 'server-leg') this.#aheadBy = 1;
  }

  /** A login that the server will refuse. */
  sayFarewell(offered: Capabilities): void {
    const leg = { sequenceId: this.#nextAtServer, sslRequest: this.#sslRequest };
    this.#emit({ kind: 'forward-authentication', bytes: farewellResponse(offered, leg) });
  }

  /** What the server will refuse, in the place of the answer that it waits for. */
  answerForNobody(): void {
    const bytes = farewellAnswer(this.#lastOfServer, this.#nextAtServer);
    this.#emit({ kind: 'forward-authentication', bytes });
  }

  /** To what the server has asked last. */
  isMalformedAnswer({ payload }: WirePacket): boolean {
    const asked = this.#lastOfServer && switchedPlugin(this.#lastOfServer);
    return isMalformedAnswer(asked, payload);
  }

  /** An ERR packet in its place; the greeting's place when there was none: `withSqlState` false. */
  tellClient(error: ErrorCode, message: string, withSqlState: boolean): void {
    const sequenceId = withSqlState ? this.#sequenceId + 1 : 0;
    const bytes = errPacket(error, message, { sequenceId, withSqlState });
    this.#emit({ kind: 'to-client', bytes });
  }
}

/** A packet that stands elsewhere in the order of the other leg. */
function renumbered(frame: Buffer, by: number): Buffer {
  if (by === 0) return frame;
  const copy = Buffer.from(frame);
  copy.writeUInt8((frame.readUInt8(3) + by) & 0xff, 3);
  return copy;
}
