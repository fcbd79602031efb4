// A loopback peer for tests of the rim: greets, says OK, and then answers by script. It stands for
// bytes on a socket, not for MySQL; what MySQL does is tested on real servers.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certificate } from '../../src/gateway/certificate.js';
import { clientSecureContext } from '../../src/gateway/tls-upgrade.js';
import { COMMON, greeting, okPayload, packet } from './packets.js';

export interface ScriptedServer {
  readonly host: string;
  readonly port: number;
  /** Everything that came after the login. */
  received(): Buffer;
  /** The first thing that came, of a plain session. */
  first(): Buffer;
  readonly sockets: readonly Socket[];
  close(): void;
}

/** With its header. */
const SSL_REQUEST_BYTES = 36;

export type Script = (socket: Socket, chunk: Buffer) => void;

export async function scriptedServer(
  answer: Script,
  certificate?: Certificate,
): Promise<ScriptedServer> {
  const chunks: Buffer[] = [];
  let first = Buffer.alloc(0);
  const sockets: Socket[] = [];
  const serve = (socket: Socket, sequenceId: number): void => {
    socket.on('error', () => undefined);
    socket.once('data', (opening: Buffer) => {
      first = Buffer.from(opening);
      socket.write(packet(sequenceId, okPayload()));
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        answer(socket, chunk);
      });
    });
  };
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.write(greeting({ common: certificate === undefined ? COMMON : COMMON | 0x800 }));
    if (certificate === undefined) serve(socket, 2);
    else {
      socket.once('data', (chunk: Buffer) => {
        socket.pause();
        if (chunk.length > SSL_REQUEST_BYTES) socket.unshift(chunk.subarray(SSL_REQUEST_BYTES));
        const secureContext = clientSecureContext(certificate);
        serve(new TLSSocket(socket, { isServer: true, secureContext }), 3);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  return {
    host: '127.0.0.1',
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    first: () => first,
    received: () => Buffer.concat(chunks),
    sockets,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Everything a socket gives, awaited until it is as much as wanted. */
export function collector(socket: Socket): {
  readonly bytes: () => Buffer;
  untilLength(wanted: number): Promise<Buffer>;
  until(wanted: (bytes: Buffer) => boolean): Promise<Buffer>;
} {
  const chunks: Buffer[] = [];
  let length = 0;
  let check = (): void => undefined;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    check();
  });
  socket.on('error', () => undefined);
  const bytes = (): Buffer => Buffer.concat(chunks);
  return {
    bytes,
    untilLength: (wanted) =>
      new Promise((resolve) => {
        check = () => {
          if (length >= wanted) resolve(bytes());
        };
        check();
      }),
    until: (wanted) =>
      new Promise((resolve) => {
        check = () => {
          if (wanted(bytes())) resolve(bytes());
        };
        check();
      }),
  };
}
