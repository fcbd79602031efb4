// Reads the protocol's basic types from one payload, and never past its end: whatever is missing
// throws MALFORMED_PACKET. Strings stay bytes until somebody asks for text.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_data_types.html
import { InterlockError } from '../errors.js';

export class PayloadReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(payload: Uint8Array, at = 0) {
    this.#bytes = asBuffer(payload);
    this.#at = at;
  }

  get offset(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  readInt1(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  readInt2(): number {
    return this.#bytes.readUInt16LE(this.#advance(2));
  }

  readInt3(): number {
    return this.#bytes.readUIntLE(this.#advance(3), 3);
  }

  readInt4(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  /** int<lenenc>. Beyond 2^53 no length or count is real: malformed. */
  readIntLenenc(): number {
    const first = this.readInt1();
    if (first < 0xfb) return first;
    if (first === 0xfc) return this.readInt2();
    if (first === 0xfd) return this.readInt3();
    if (first === 0xfe) return this.#readInt8();
    throw new InterlockError('MALFORMED_PACKET', 'a length begins with a byte that none can have');
  }

  readStringFix(length: number): Buffer {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  readStringLenenc(): Buffer {
    return this.readStringFix(this.readIntLenenc());
  }

  readStringNul(): Buffer {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end === -1) throw new InterlockError('MALFORMED_PACKET', 'a string has no end');
    const text = this.readStringFix(end - this.#at);
    this.skip(1);
    return text;
  }

  /** A string<NUL> at the end of a payload, where some clients leave the NUL out. */
  readStringNulOrEof(): Buffer {
    return this.#bytes.includes(0, this.#at) ? this.readStringNul() : this.readStringEof();
  }

  /** string<EOF>. */
  readStringEof(): Buffer {
    return this.readStringFix(this.remaining);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  /** For packets whose length the protocol fixes: leftovers are as wrong as missing bytes. */
  expectEnd(): void {
    if (this.remaining > 0) {
      throw new InterlockError('MALFORMED_PACKET', `${this.remaining} bytes are left over`);
    }
  }

  #readInt8(): number {
    const value = this.#bytes.readBigUInt64LE(this.#advance(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new InterlockError('MALFORMED_PACKET', 'a length is larger than any packet');
    }
    return Number(value);
  }

  #advance(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) {
      throw new InterlockError(
        'MALFORMED_PACKET',
        `${length} bytes are wanted at ${start}, ${this.remaining} are there`,
      );
    }
    this.#at = start + length;
    return start;
  }
}

/** The same memory, with Buffer's methods. */
export function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
