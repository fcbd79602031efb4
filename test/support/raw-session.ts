// A client's socket under a test's full control: bytes as they are given, and what came back.
// Logs in as root without a password where a test wants a session; reads packets, decodes nothing.
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { bytes, int, packet } from './packets.js';

const DEADLINE_MS = 5_000;
/** CLIENT_LONG_PASSWORD, PROTOCOL_41, TRANSACTIONS, SECURE_CONNECTION, MULTI_STATEMENTS, PLUGIN_AUTH */
const FLAGS = 0x1 | 0x200 | 0x2000 | 0x8000 | 0x10000 | 0x80000;

export class RawSession {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
    });
  }

  /** Connected, with the greeting read. */
  static async open(port: number): Promise<RawSession> {
    const session = new RawSession(connect(port, '127.0.0.1'));
    await session.packet();
    return session;
  }

  /** In the command phase, as root of a MariaDB or MySQL 5.6 server. */
  static async loggedIn(port: number): Promise<RawSession> {
    const session = await RawSession.open(port);
    const login = [int(FLAGS, 4), int(1 << 24, 4), 45, Buffer.alloc(23), 'root\0', 0];
    session.send(packet(1, bytes(...login, 'mysql_native_password\0')));
    const answer = await session.packet();
    if (answer[0] !== 0) throw new Error(`login refused: ${answer.toString('latin1')}`);
    return session;
  }

  send(chunk: Uint8Array): void {
    this.#socket.write(chunk);
  }

  /** The next packet's payload; empty when the connection was closed instead. */
  async packet(): Promise<Buffer> {
    await this.#until('an answer', () => this.#complete() || this.#isClosed);
    if (!this.#complete()) return Buffer.alloc(0);
    const end = 4 + this.#received.readUIntLE(0, 3);
    const payload = this.#received.subarray(4, end);
    this.#received = this.#received.subarray(end);
    return payload;
  }

  /** Resolves once the other side has closed. */
  closed(): Promise<void> {
    return this.#until('the connection to be closed', () => this.#isClosed);
  }

  /** Goes without a word. */
  vanish(): void {
    this.#socket.resetAndDestroy();
  }

  #complete(): boolean {
    const { length } = this.#received;
    return length >= 4 && length >= 4 + this.#received.readUIntLE(0, 3);
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`waited ${DEADLINE_MS} ms for ${what}`);
      await sleep(5);
    }
  }
}
