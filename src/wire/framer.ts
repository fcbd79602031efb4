// Cuts a byte stream into packets, whatever its chunks: a payload that is whole in one chunk is a
// view of it, never a copy. Payloads of 16 MB and more come back as one, with the frames they
// travel in. Never looks into a payload.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
import { InterlockError } from '../errors.js';
import { asBuffer } from './payload-reader.js';

export const HEADER_BYTES = 4;
/** A packet this long is followed by another of the same payload. */
export const MAX_PAYLOAD_BYTES = 0xffffff;

/** One payload, and the bytes it travels as: the same memory, headers in between. */
export interface WirePacket {
  readonly payload: Buffer;
  readonly frames: readonly Buffer[];
  /** Of its last frame: an answer to it counts on from here. */
  readonly sequenceId: number;
}

/**
 * The packet, when the chunk is exactly one, as most are: no copy, and nothing to keep. What is
 * not, or is larger than allowed, is for a Framer to say.
 */
export function onlyPacket(chunk: Buffer, maxPayloadBytes: number): WirePacket | undefined {
  if (chunk.length < HEADER_BYTES) return undefined;
  const header = chunk.readUInt32LE(0);
  const length = header & MAX_PAYLOAD_BYTES;
  if (length !== chunk.length - HEADER_BYTES) return undefined;
  if (length === MAX_PAYLOAD_BYTES || length > maxPayloadBytes) return undefined;
  return { payload: chunk.subarray(HEADER_BYTES), frames: [chunk], sequenceId: header >>> 24 };
}

export class Framer {
  readonly #maxPayloadBytes: number;
  #chunks: Buffer[] = [];
  /** How much of the first chunk is used up. */
  #used = 0;
  #buffered = 0;
  /** The pieces of a payload of several packets, until its last packet is there. */
  #pieces: Buffer[] = [];
  #piecesBytes = 0;
  #sequenceId = -1;

  constructor(maxPayloadBytes = Number.MAX_SAFE_INTEGER) {
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /** Bytes held that no packet was cut from yet. */
  get bufferedBytes(): number {
    return this.#buffered;
  }

  /** Whether a payload has begun and not ended. */
  get midPacket(): boolean {
    return this.#buffered > 0 || this.#pieces.length > 0;
  }

  /** Whether the first packet of a payload of several is whole, and none of it is taken yet. */
  get startsLong(): boolean {
    if (this.#sequenceId !== -1 || this.#buffered < HEADER_BYTES + MAX_PAYLOAD_BYTES) return false;
    return (this.#peekHeader() & MAX_PAYLOAD_BYTES) === MAX_PAYLOAD_BYTES;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(asBuffer(chunk));
    this.#buffered += chunk.length;
  }

  /** Throws STATEMENT_TOO_LARGE as soon as headers announce more than is allowed. */
  next(): WirePacket | undefined {
    while (this.#buffered >= HEADER_BYTES) {
      const header = this.#peekHeader();
      const length = header & MAX_PAYLOAD_BYTES;
      this.#checkSize(length);
      if (this.#buffered < HEADER_BYTES + length) return undefined;
      const sequenceId = header >>> 24;
      if (length < MAX_PAYLOAD_BYTES && this.#sequenceId === -1) {
        return this.#takeSingle(length, sequenceId);
      }
      this.#takePiece(length, sequenceId);
      if (length < MAX_PAYLOAD_BYTES) return this.#assemble();
    }
    return undefined;
  }

  /** Everything not cut yet, and forgets it: what follows an SSLRequest is TLS. */
  takeRest(): Buffer {
    const rest =
      this.#buffered === 0 ? Buffer.alloc(0) : Buffer.concat(this.#drain(this.#buffered));
    return rest;
  }

  #checkSize(length: number): void {
    const announced = this.#piecesBytes + length;
    if (announced > this.#maxPayloadBytes) {
      throw new InterlockError(
        'STATEMENT_TOO_LARGE',
        `${announced} bytes were announced, ${this.#maxPayloadBytes} are allowed (limits.statement)`,
      );
    }
  }

  #peekHeader(): number {
    const first = this.#chunks[0];
    if (first !== undefined && first.length - this.#used >= HEADER_BYTES) {
      return first.readUInt32LE(this.#used);
    }
    const header = Buffer.concat(this.#view(HEADER_BYTES));
    return header.readUInt32LE(0);
  }

  #takeSingle(length: number, sequenceId: number): WirePacket {
    const pieces = this.#drain(HEADER_BYTES + length);
    const frame = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
    return { payload: frame.subarray(HEADER_BYTES), frames: [frame], sequenceId };
  }

  #takePiece(length: number, sequenceId: number): void {
    if (this.#sequenceId !== -1 && sequenceId !== ((this.#sequenceId + 1) & 0xff)) {
      throw new InterlockError('MALFORMED_PACKET', 'the packets of one payload are out of order');
    }
    this.#sequenceId = sequenceId;
    this.#drain(HEADER_BYTES);
    for (const piece of this.#drain(length)) this.#pieces.push(piece);
    this.#piecesBytes += length;
  }

  #assemble(): WirePacket {
    const payload = Buffer.concat(this.#pieces);
    const sequenceId = this.#sequenceId;
    this.#pieces = [];
    this.#piecesBytes = 0;
    this.#sequenceId = -1;
    return { payload, frames: framesOf(payload, sequenceId), sequenceId };
  }

  /** The next bytes, without using them up. */
  #view(length: number): Buffer[] {
    const view: Buffer[] = [];
    let wanted = length;
    let from = this.#used;
    for (const chunk of this.#chunks) {
      if (wanted === 0) break;
      const piece = chunk.subarray(from, from + wanted);
      view.push(piece);
      wanted -= piece.length;
      from = 0;
    }
    return view;
  }

  #drain(length: number): Buffer[] {
    const view = this.#view(length);
    let rest = this.#used + length;
    let dropped = 0;
    for (const chunk of this.#chunks) {
      if (rest < chunk.length) break;
      rest -= chunk.length;
      dropped += 1;
    }
    this.#chunks.splice(0, dropped);
    this.#used = rest;
    this.#buffered -= length;
    return view;
  }
}

/** How many packets a payload travels in. */
export function packetCount({ payload }: WirePacket): number {
  return Math.floor(payload.length / MAX_PAYLOAD_BYTES) + 1;
}

/** A large payload with the headers its packets need: how it is cut is fixed by the protocol. */
function framesOf(payload: Buffer, lastSequenceId: number): Buffer[] {
  const count = Math.floor(payload.length / MAX_PAYLOAD_BYTES) + 1;
  const frames: Buffer[] = [];
  for (let index = 0; index < count; index += 1) {
    const piece = payload.subarray(index * MAX_PAYLOAD_BYTES, (index + 1) * MAX_PAYLOAD_BYTES);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUIntLE(piece.length, 0, 3);
    header.writeUInt8((lastSequenceId - (count - 1 - index)) & 0xff, 3);
    frames.push(header, piece);
  }
  return frames;
}
