// Writes the protocol's basic types into a whole packet, header included. Only for what Interlock
// says itself: what is relayed is never written anew. Counterpart of payload-reader.ts.

export class PayloadWriter {
  readonly #parts: Buffer[] = [];

  int1(value: number): this {
    return this.#add(Buffer.of(value & 0xff));
  }

  int2(value: number): this {
    return this.#add(Buffer.of(value & 0xff, (value >>> 8) & 0xff));
  }

  int4(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value >>> 0);
    return this.#add(bytes);
  }

  zeros(length: number): this {
    return this.#add(Buffer.alloc(length));
  }

  /** string<EOF> or string<fix>: the bytes as they are. */
  string(value: string | Uint8Array): this {
    return this.#add(Buffer.from(value));
  }

  stringNul(value: string): this {
    return this.string(value).int1(0);
  }

  /** The packet, with its header. Interlock's own are always far below 16 MB. */
  packet(sequenceId: number): Buffer {
    const payload = Buffer.concat(this.#parts);
    const header = Buffer.alloc(4);
    header.writeUIntLE(payload.length, 0, 3);
    header.writeUInt8(sequenceId & 0xff, 3);
    return Buffer.concat([header, payload]);
  }

  #add(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }
}
