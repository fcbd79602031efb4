// How plain sockets are read: into one buffer that all sessions share, instead of a new one of
// 64 KiB for every read, which is what most of Node's own time goes to. What is handed on is always
// a copy or a buffer of the leg's own: nobody ever sees the shared one, so nothing that was judged
// can change afterwards. TLS sockets are read as Node does.
import { type OnReadOpts, Socket } from 'node:net';
import type { Leg } from '../session/events.js';

const SHARED_BYTES = 64 * 1024;
/** While a leg sends more than fits into the shared buffer it reads into its own: no copies. */
const BULK_BYTES = 256 * 1024;
const NEVER = (): boolean => false;
/** What holds the bytes of one read until they are copied, in the same turn. */
const SHARED = Buffer.allocUnsafeSlow(SHARED_BYTES);

/** Who takes the bytes of both legs: an object, since a function for each leg of thousands adds up. */
export interface LegSink {
  bytes(leg: Leg, chunk: Buffer): void;
}

/**
 * Options of a socket whose bytes go to `sink`; it emits no `data`. `isPassedOn` says that nobody
 * looks any more at what the sink was given: then the memory is read into again. A new buffer for
 * each read of a large result costs more in collections than all else that is done with it.
 */
export function legReader(leg: Leg, sink: LegSink, isPassedOn = NEVER): OnReadOpts {
  let isBulk = false;
  let own: BulkBuffers | undefined;
  return {
    buffer: () => {
      if (!isBulk) return SHARED;
      own ??= new BulkBuffers(isPassedOn);
      return own.next();
    },
    callback: (length, buffer) => {
      const isShared = buffer === SHARED;
      isBulk = length >= (isShared ? SHARED_BYTES : SHARED_BYTES / 2);
      if (isBulk) own?.filled();
      else own = undefined;
      sink.bytes(leg, isShared || !isBulk ? copyOf(buffer, length) : ownPart(buffer, length));
      return true;
    },
  };
}

/**
 * Two at most, in turns: while what one holds is still being written the next read goes to the
 * other, which is free if everything was written before that read came.
 */
class BulkBuffers {
  readonly #isPassedOn: () => boolean;
  #current: Buffer | undefined;
  #other: Buffer | undefined;
  #isOtherFree = false;

  constructor(isPassedOn: () => boolean) {
    this.#isPassedOn = isPassedOn;
  }

  /** Something was read, and is about to be handed on. */
  filled(): void {
    this.#isOtherFree = this.#isPassedOn();
  }

  next(): Buffer {
    if (this.#current !== undefined && this.#isPassedOn()) return this.#current;
    const free = this.#isOtherFree ? this.#other : undefined;
    this.#other = this.#current;
    this.#isOtherFree = false;
    this.#current = free ?? Buffer.allocUnsafeSlow(BULK_BYTES);
    return this.#current;
  }
}

/** Small ones share a slab of Node's pool: no allocation of their own. */
function copyOf(buffer: Uint8Array, length: number): Buffer {
  const copy = Buffer.allocUnsafe(length);
  copy.set(length === buffer.length ? buffer : buffer.subarray(0, length));
  return copy;
}

function ownPart(buffer: Uint8Array, length: number): Buffer {
  return Buffer.from(buffer.buffer, buffer.byteOffset, length);
}

/**
 * An accepted connection in a socket that is read so. Node has no option for it: the connection's
 * handle moves to a new socket, and the old one is left an empty shell. Undefined where Node keeps
 * it elsewhere, or has read some of it already.
 */
export function reread(accepted: Socket, leg: Leg, sink: LegSink): Socket | undefined {
  const handle: unknown = Reflect.get(accepted, '_handle');
  if (accepted.readableLength > 0 || !isHandle(handle)) return undefined;
  const moved = {
    _server: Reflect.get(accepted, '_server'),
    server: Reflect.get(accepted, 'server'),
  };
  Object.assign(accepted, { _handle: null, _server: null, server: null });
  const options = Object.assign({ allowHalfOpen: true, onread: legReader(leg, sink) }, { handle });
  return Object.assign(new Socket(options), moved);
}

function isHandle(handle: unknown): boolean {
  return (
    typeof handle === 'object' &&
    handle !== null &&
    typeof Reflect.get(handle, 'useUserBuffer') === 'function'
  );
}
