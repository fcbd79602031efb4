// A TCP path between two servers that can be cut, made silent and mended: what a network does.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export class WirePath {
  readonly port: number;
  readonly #server: Server;
  #to: number;
  readonly #sockets = new Set<Socket>();
  #state: 'open' | 'silent' | 'cut' = 'open';

  private constructor(server: Server, port: number, to: number) {
    this.#server = server;
    this.#to = to;
    this.port = port;
  }

  /** A path from a port of its own on 127.0.0.1 to `to`. */
  static async open(to: number): Promise<WirePath> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const path = new WirePath(server, address.port, to);
    server.on('connection', (near) => path.#join(near, connect(path.#to, '127.0.0.1')));
    return path;
  }

  /** Connections that are open stay where they are; new ones go to another port. */
  turnTo(to: number): void {
    this.#to = to;
  }

  /** Connections are reset, and new ones too. */
  cut(): void {
    this.#state = 'cut';
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Connections stay, and nothing gets through. */
  silence(): void {
    this.#state = 'silent';
    for (const socket of this.#sockets) socket.pause();
  }

  mend(): void {
    this.#state = 'open';
    for (const socket of this.#sockets) socket.resume();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #join(near: Socket, far: Socket): void {
    if (this.#state === 'cut') {
      near.resetAndDestroy();
      far.destroy();
      return;
    }
    this.#relay(near, far);
    this.#relay(far, near);
  }

  #relay(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (chunk) => to.write(chunk));
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    if (this.#state === 'silent') from.pause();
  }
}
