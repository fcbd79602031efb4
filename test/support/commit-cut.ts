// A TCP path to a server that breaks at a COMMIT of something changed: before the server has it, or
// before its answer is through. Whoever committed cannot tell which.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export class CommitCut {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #next: 'nothing' | 'before' | 'after' = 'nothing';

  private constructor(server: Server, port: number, to: number) {
    this.#server = server;
    this.port = port;
    server.on('connection', (near) => this.#join(near, connect(to, '127.0.0.1')));
  }

  static async open(to: number): Promise<CommitCut> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new CommitCut(server, address.port, to);
  }

  /** The next COMMIT of a change: nobody gets it, or nobody hears of it. */
  cutNext(when: 'before' | 'after'): void {
    this.#next = when;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #join(near: Socket, far: Socket): void {
    let hasChanged = false;
    let isCut = false;
    const end = (): void => {
      for (const socket of [near, far]) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', end);
      socket.on('close', end);
    }
    near.on('data', (bytes: Buffer) => {
      const text = bytes.toString('latin1');
      if (text.includes('UPDATE interlock_store')) hasChanged = true;
      const commits = text.includes('COMMIT') && hasChanged && this.#next !== 'nothing';
      if (text.includes('COMMIT')) hasChanged = false;
      if (commits && this.#next === 'before') end();
      else far.write(bytes);
      isCut ||= commits;
      if (commits) this.#next = 'nothing';
    });
    far.on('data', (bytes: Buffer) => {
      if (isCut) end();
      else near.write(bytes);
    });
  }
}
