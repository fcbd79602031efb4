// Follows a payload of several packets whose first is on its way already: hands on what belongs to
// the packets in between as it comes, and keeps the last one whole. Holds nothing else.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
import { InterlockError } from '../errors.js';
import { Framer, HEADER_BYTES, MAX_PAYLOAD_BYTES, type WirePacket } from './framer.js';

/** Takes a piece of a packet that another follows, or such a packet's header. */
export type Pass = (piece: Buffer, packetBytes: number, isHeader: boolean) => void;

export class PayloadStream {
  readonly #maxPayloadBytes: number;
  readonly #tail = new Framer();
  #sequenceId: number;
  /** What all packets announced so far, the first included. */
  #announced = MAX_PAYLOAD_BYTES;
  /** Of the packet under way, to be passed on. */
  #left = 0;
  #isLast = false;

  constructor(sequenceId: number, maxPayloadBytes: number) {
    this.#sequenceId = sequenceId;
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /** Of the last packet that began. */
  get sequenceId(): number {
    return this.#sequenceId;
  }

  /** Gives `pass` what is not of the last packet, as it comes. */
  push(chunk: Buffer, pass: Pass): void {
    let rest = chunk;
    while (rest.length > 0 && !this.#isLast) {
      if (this.#left > 0) {
        const piece = rest.subarray(0, this.#left);
        this.#left -= piece.length;
        rest = rest.subarray(piece.length);
        pass(piece, MAX_PAYLOAD_BYTES, false);
      } else rest = this.#takeHeader(rest, pass);
    }
    if (this.#isLast) this.#tail.push(rest);
  }

  /** The last packet, once it is whole. */
  last(): WirePacket | undefined {
    return this.#isLast ? this.#tail.next() : undefined;
  }

  /** What came behind it. */
  takeRest(): Buffer {
    return this.#tail.takeRest();
  }

  #takeHeader(chunk: Buffer, pass: Pass): Buffer {
    const missing = HEADER_BYTES - this.#tail.bufferedBytes;
    this.#tail.push(chunk.subarray(0, missing));
    if (this.#tail.bufferedBytes < HEADER_BYTES) return EMPTY;
    const header = this.#tail.takeRest();
    const length = header.readUIntLE(0, 3);
    this.#check(length, header.readUInt8(3));
    if (length === MAX_PAYLOAD_BYTES) {
      this.#left = length;
      pass(header, length, true);
    } else {
      this.#isLast = true;
      this.#tail.push(header);
    }
    return chunk.subarray(missing);
  }

  #check(length: number, sequenceId: number): void {
    if (sequenceId !== ((this.#sequenceId + 1) & 0xff)) {
      throw new InterlockError('MALFORMED_PACKET', 'the packets of one payload are out of order');
    }
    this.#sequenceId = sequenceId;
    this.#announced += length;
    if (this.#announced > this.#maxPayloadBytes) {
      throw new InterlockError(
        'STATEMENT_TOO_LARGE',
        `${this.#announced} bytes were announced, ${this.#maxPayloadBytes} are allowed (limits.statement)`,
      );
    }
  }
}

const EMPTY = Buffer.alloc(0);
