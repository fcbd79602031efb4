// How plain sockets are written: past Node's stream layer while nothing waits to be written, which
// is nearly always. What does not fit into the kernel's buffer at once waits in libuv's queue, in
// order, and its leg is said to be full. TLS sockets, and a Node that keeps its parts elsewhere, are
// written as Node does.
import type { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';

/** Node's own object for one write; it takes no part in a write that ends at once. */
interface WriteRequest {
  oncomplete?: (status: number) => void;
  /** Keeps the memory until it is written. */
  buffer?: Uint8Array;
}

interface StreamParts {
  readonly WriteWrap: new () => WriteRequest;
  readonly streamBaseState: ArrayLike<number>;
  readonly kLastWriteWasAsync: number;
}

interface Handle {
  /** 0, or the number of a system error. */
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
}

const PARTS = streamParts();

export class LegWriter {
  readonly #socket: Socket;
  readonly #drained: () => void;
  /** The one that was looked at last: a socket that tries several addresses has several. */
  #seen: unknown;
  #handle: Handle | undefined;
  #request: WriteRequest | undefined;
  #waiting = 0;

  /** `drained`: what did not fit is written now. */
  constructor(socket: Socket, drained: () => void) {
    this.#socket = socket;
    this.#drained = drained;
    socket.on('drain', () => this.#settle());
  }

  /** Nothing given to it is still in our memory. */
  get isEmpty(): boolean {
    return this.#waiting === 0 && this.#socket.writableLength === 0;
  }

  get isFull(): boolean {
    return this.#waiting > 0 || this.#socket.writableNeedDrain;
  }

  /** False: whoever feeds it had better wait until it has drained. */
  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (!socket.writable) return true;
    const handle = this.#directly();
    if (PARTS === undefined || handle === undefined) {
      return socket.write(bytes) && this.#waiting === 0;
    }
    this.#request ??= new PARTS.WriteWrap();
    const failure = handle.writeBuffer(this.#request, bytes);
    if (failure !== 0) {
      socket.destroy(failed(failure));
      return true;
    }
    if (PARTS.streamBaseState[PARTS.kLastWriteWasAsync] === 0) return true;
    this.#wait(this.#request, bytes);
    return false;
  }

  /** Undefined while something waits, which must leave first. */
  #directly(): Handle | undefined {
    const socket = this.#socket;
    if (!this.isEmpty || socket.connecting || socket.writableCorked > 0) return undefined;
    const handle: unknown = Reflect.get(socket, '_handle');
    if (handle !== this.#seen) {
      this.#seen = handle;
      this.#handle = isTcpOrPipe(handle) ? handle : undefined;
    }
    return this.#handle;
  }

  /** The request belongs to this write from now on; the next one gets another. */
  #wait(request: WriteRequest, bytes: Uint8Array): void {
    this.#request = undefined;
    this.#waiting += 1;
    request.buffer = bytes;
    request.oncomplete = (status) => {
      this.#waiting -= 1;
      if (status < 0 && !this.#socket.destroyed) this.#socket.destroy(failed(status));
      else this.#settle();
    };
  }

  #settle(): void {
    if (!this.isFull) this.#drained();
  }
}

function failed(code: number): Error {
  return new Error(`write ${getSystemErrorName(code)}`);
}

function isTcpOrPipe(handle: unknown): handle is Handle {
  if (typeof handle !== 'object' || handle === null) return false;
  const kind = handle.constructor.name;
  if (kind !== 'TCP' && kind !== 'Pipe') return false;
  return typeof Reflect.get(handle, 'writeBuffer') === 'function';
}

/** Undefined where this Node does not give them out. */
function streamParts(): StreamParts | undefined {
  try {
    const parts: unknown = Reflect.apply(Reflect.get(process, 'binding'), process, ['stream_wrap']);
    return isStreamParts(parts) ? parts : undefined;
  } catch {
    return undefined;
  }
}

function isStreamParts(parts: unknown): parts is StreamParts {
  if (typeof parts !== 'object' || parts === null) return false;
  const state: unknown = Reflect.get(parts, 'streamBaseState');
  return (
    typeof Reflect.get(parts, 'WriteWrap') === 'function' &&
    typeof Reflect.get(parts, 'kLastWriteWasAsync') === 'number' &&
    ArrayBuffer.isView(state)
  );
}
