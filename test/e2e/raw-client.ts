// A MySQL client that sends exactly the bytes it is given, whatever character set the session has:
// what mysql2 cannot do. Text protocol only, root without a password.
import { connect, type Socket } from 'node:net';

const CLIENT_FLAGS = 0x1 | 0x200 | 0x2000 | 0x8000 | 0x10000 | 0x80000;
const SERVER_MORE_RESULTS_EXISTS = 8;

/** One result of a text: rows, an OK, or the error that ended it. */
export interface RawResult {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly error?: string;
}

export class RawClient {
  readonly #socket: Socket;
  #buffer: Buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#wake?.();
    });
    for (const event of ['close', 'error']) {
      socket.on(event, () => {
        this.#closed = true;
        this.#wake?.();
      });
    }
  }

  static async open(port: number): Promise<RawClient> {
    const client = new RawClient(connect(port, '127.0.0.1'));
    const greeting = await client.#packet();
    const plugin = greeting.payload.includes('caching_sha2_password')
      ? 'caching_sha2_password'
      : 'mysql_native_password';
    const fixed = Buffer.alloc(32);
    fixed.writeUInt32LE(CLIENT_FLAGS, 0);
    fixed.writeUInt32LE(1 << 24, 4);
    fixed[8] = 8;
    client.#send(1, Buffer.concat([fixed, Buffer.from(`root\0\0${plugin}\0`)]));
    for (;;) {
      const { payload, sequence } = await client.#packet();
      if (payload[0] === 0x00) return client;
      if (payload[0] === 0xff) throw new Error(errorText(payload));
      client.#send(sequence + 1, Buffer.alloc(0));
    }
  }

  /** Runs a text given as one character a byte; the results up to the end or the first error. */
  async query(sql: string): Promise<readonly RawResult[]> {
    this.#send(0, Buffer.concat([Buffer.from([3]), Buffer.from(sql, 'latin1')]));
    const results: RawResult[] = [];
    for (;;) {
      const { result, status } = await this.#result();
      results.push(result);
      if (result.error !== undefined || (status & SERVER_MORE_RESULTS_EXISTS) === 0) return results;
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  async #result(): Promise<{ readonly result: RawResult; readonly status: number }> {
    const { payload } = await this.#packet();
    if (payload[0] === 0xff) return { result: { rows: [], error: errorText(payload) }, status: 0 };
    if (payload[0] === 0x00) return { result: { rows: [] }, status: okStatus(payload) };
    for (let column = 0; column <= (payload[0] ?? 0); column += 1) await this.#packet();
    const rows: (string | null)[][] = [];
    for (;;) {
      const row = (await this.#packet()).payload;
      if (row[0] === 0xff) return { result: { rows, error: errorText(row) }, status: 0 };
      if (row[0] === 0xfe && row.length < 9) {
        return { result: { rows }, status: row.readUInt16LE(3) };
      }
      rows.push(cells(row));
    }
  }

  async #packet(): Promise<{ readonly payload: Buffer; readonly sequence: number }> {
    for (;;) {
      if (this.#buffer.length >= 4) {
        const length = this.#buffer.readUIntLE(0, 3);
        if (this.#buffer.length >= 4 + length) {
          const payload = this.#buffer.subarray(4, 4 + length);
          const sequence = this.#buffer[3] ?? 0;
          this.#buffer = this.#buffer.subarray(4 + length);
          return { payload, sequence };
        }
      }
      if (this.#closed) throw new Error('the server closed the connection');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #send(sequence: number, payload: Buffer): void {
    const header = Buffer.alloc(4);
    header.writeUIntLE(payload.length, 0, 3);
    header[3] = sequence;
    this.#socket.write(Buffer.concat([header, payload]));
  }
}

function errorText(payload: Buffer): string {
  return `${payload.readUInt16LE(1)} ${payload.subarray(3).toString('latin1')}`;
}

function okStatus(payload: Buffer): number {
  return payload.readUInt16LE(afterLength(payload, afterLength(payload, 1)));
}

function afterLength(payload: Buffer, at: number): number {
  const first = payload[at] ?? 0;
  if (first < 0xfb) return at + 1;
  return at + (first === 0xfc ? 3 : first === 0xfd ? 4 : 9);
}

function cells(row: Buffer): (string | null)[] {
  const values: (string | null)[] = [];
  let at = 0;
  while (at < row.length) {
    const first = row[at] ?? 0;
    const start = first === 0xfb ? at + 1 : afterLength(row, at);
    const length =
      first < 0xfb ? first : first === 0xfb ? 0 : row.readUIntLE(at + 1, start - at - 1);
    values.push(first === 0xfb ? null : row.toString('latin1', start, start + length));
    at = start + length;
  }
  return values;
}
