// Walks a stream of packets from header to header, at any chunking, without holding what nobody
// wants to read: a packet is kept only if its reader asks for it by its first byte.
// Counterpart of framer.ts, for what is relayed anyway.
import { InterlockError } from '../errors.js';
import { HEADER_BYTES, MAX_PAYLOAD_BYTES } from './framer.js';
import { ERR_HEADER } from './packets/err-packet.js';

/** Of a packet that is kept, no more than this is. */
const KEPT_BYTES = 65_536;
const NONE_DUE = -1;

export interface PacketReader {
  /** By its first byte, and the length of its first packet. */
  wants(firstByte: number, length: number): boolean;
  /** A payload has ended: its beginning if it was wanted, undefined if not. */
  packet(payload: Buffer | undefined): void;
}

export class PacketWalker {
  readonly #reader: PacketReader;
  #headerBytes = 0;
  #header = 0;
  #bodyLeft = 0;
  /** The packet under way is followed by another of the same payload. */
  #continues = false;
  #sawFirstByte = false;
  #kept: Buffer[] | undefined;
  #keptBytes = 0;

  /** Of the last packet that began. */
  sequenceId: number;
  /** The number that the first packet of an answer must have, until it has come. */
  #due = NONE_DUE;

  constructor(reader: PacketReader, sequenceId: number) {
    this.#reader = reader;
    this.sequenceId = sequenceId;
  }

  /** What comes next answers the packet of that number: nothing left over passes for it. */
  answers(sequenceId: number): void {
    this.sequenceId = sequenceId;
    this.#due = (sequenceId + 1) & 0xff;
  }

  get atBoundary(): boolean {
    return this.#headerBytes === 0 && this.#bodyLeft === 0 && !this.#continues;
  }

  /** Takes one packet's header, or what the chunk has of its body; returns where it stopped. */
  step(chunk: Buffer, at: number): number {
    return this.#bodyLeft > 0 ? this.#takeBody(chunk, at) : this.#takeHeader(chunk, at);
  }

  /** Whether the next packet is the whole of its payload, and the chunk has all of it. */
  isWhole(chunk: Buffer, at: number): boolean {
    if (!this.atBoundary || at + HEADER_BYTES >= chunk.length) return false;
    const length = chunk.readUInt32LE(at) & MAX_PAYLOAD_BYTES;
    return length > 0 && length < MAX_PAYLOAD_BYTES && at + HEADER_BYTES + length <= chunk.length;
  }

  /** Takes note of a packet that its reader has read in the chunk; returns where it ends. */
  passWhole(chunk: Buffer, at: number): number {
    const header = chunk.readUInt32LE(at);
    this.sequenceId = header >>> 24;
    if (this.#due !== NONE_DUE) this.#expectDue(chunk.readUInt8(at + HEADER_BYTES));
    return at + HEADER_BYTES + (header & MAX_PAYLOAD_BYTES);
  }

  /** Steps over whole packets that begin below `limit`, at the price of two reads each. */
  hop(chunk: Buffer, start: number, limit: number): number {
    if (!this.atBoundary || this.#due !== NONE_DUE) return start;
    let at = start;
    while (at + HEADER_BYTES < chunk.length) {
      const header = chunk.readUInt32LE(at);
      const length = header & MAX_PAYLOAD_BYTES;
      const next = at + HEADER_BYTES + length;
      const isWhole = length > 0 && length < MAX_PAYLOAD_BYTES && next <= chunk.length;
      if (!isWhole || chunk.readUInt8(at + HEADER_BYTES) >= limit) break;
      this.sequenceId = header >>> 24;
      at = next;
    }
    return at;
  }

  #takeHeader(chunk: Buffer, at: number): number {
    let next = at;
    while (next < chunk.length && this.#headerBytes < HEADER_BYTES) {
      this.#header |= chunk.readUInt8(next) << (8 * this.#headerBytes);
      this.#headerBytes += 1;
      next += 1;
    }
    if (this.#headerBytes === HEADER_BYTES) this.#beginPacket();
    return next;
  }

  #beginPacket(): void {
    const length = this.#header & MAX_PAYLOAD_BYTES;
    this.sequenceId = this.#header >>> 24;
    this.#header = 0;
    this.#headerBytes = 0;
    if (!this.#continues) this.#sawFirstByte = false;
    this.#continues = length === MAX_PAYLOAD_BYTES;
    this.#bodyLeft = length;
    if (length === 0) this.#endPacket();
  }

  #takeBody(chunk: Buffer, at: number): number {
    if (!this.#sawFirstByte) {
      this.#sawFirstByte = true;
      if (this.#due !== NONE_DUE) this.#expectDue(chunk.readUInt8(at));
      this.#kept = this.#reader.wants(chunk.readUInt8(at), this.#bodyLeft) ? [] : undefined;
      this.#keptBytes = 0;
    }
    const end = Math.min(chunk.length, at + this.#bodyLeft);
    this.#keep(chunk, at, end);
    this.#bodyLeft -= end - at;
    if (this.#bodyLeft === 0) this.#endPacket();
    return end;
  }

  /** A server that ends counts anew for the error that says so. */
  #expectDue(firstByte: number): void {
    const isDue = this.sequenceId === this.#due || firstByte === ERR_HEADER;
    this.#due = NONE_DUE;
    if (isDue) return;
    throw new InterlockError('MALFORMED_PACKET', 'an answer is not the first of its command');
  }

  #keep(chunk: Buffer, at: number, end: number): void {
    if (this.#kept === undefined || this.#keptBytes >= KEPT_BYTES) return;
    const piece = chunk.subarray(at, Math.min(end, at + KEPT_BYTES - this.#keptBytes));
    // A piece that must wait for the next chunk is copied: its memory is read into again by then.
    const isLast = end - at === this.#bodyLeft && !this.#continues;
    this.#kept.push(isLast ? piece : Buffer.from(piece));
    this.#keptBytes += piece.length;
  }

  #endPacket(): void {
    if (this.#continues) return;
    const kept = this.#kept;
    this.#kept = undefined;
    this.#reader.packet(this.#sawFirstByte ? joined(kept) : Buffer.alloc(0));
  }
}

function joined(pieces: readonly Buffer[] | undefined): Buffer | undefined {
  const only = pieces?.[0];
  return pieces?.length === 1 && only !== undefined ? only : pieces && Buffer.concat(pieces);
}
