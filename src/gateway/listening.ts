// Opens one listening socket, or says in words why not: a taken port, a stale Unix socket, a
// missing folder. Who comes in is listener.ts's.
import { lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { addressLabel } from '../config/address.js';
import type { ListenAddress } from '../config/config.js';
import { messageOf } from '../errors.js';

export type ListenResult =
  | { readonly kind: 'listening'; readonly address: ListenAddress }
  | { readonly kind: 'failed'; readonly address: ListenAddress; readonly message: string };

export type Opened =
  | { readonly kind: 'listening'; readonly address: ListenAddress; readonly listener: Server }
  | Extract<ListenResult, { kind: 'failed' }>;

/** Sockets are handed over paused: whoever takes them decides when they are read, and where. */
export async function openListener(
  server: string,
  address: ListenAddress,
  accept: (socket: Socket) => void,
): Promise<Opened> {
  try {
    return await open(address, accept);
  } catch (thrown) {
    const isStale = address.kind === 'unix' && (await isStaleSocket(address.path, thrown));
    if (!isStale) return failed(server, address, thrown);
    await unlink(address.path);
    return open(address, accept).catch((again: unknown) => failed(server, address, again));
  }
}

function open(address: ListenAddress, accept: (socket: Socket) => void): Promise<Opened> {
  const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true }, accept);
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(listenOptions(address), () => {
      listener.removeListener('error', reject);
      resolve({ kind: 'listening', address: actualAddress(listener, address), listener });
    });
  });
}

function listenOptions(address: ListenAddress) {
  if (address.kind === 'tcp') return { host: address.host, port: address.port };
  // As the servers' own sockets: who may log in is the server's to say.
  return { path: address.path, readableAll: true, writableAll: true };
}

function actualAddress(listener: Server, address: ListenAddress): ListenAddress {
  const bound = listener.address();
  if (address.kind === 'unix' || bound === null || typeof bound === 'string') return address;
  return { ...address, port: bound.port };
}

function failed(server: string, address: ListenAddress, thrown: unknown): Opened {
  const place = addressLabel(address);
  const message = `server ${server} cannot listen on ${place}: ${mend(thrown, place)}`;
  return { kind: 'failed', address, message };
}

/** A socket file that nobody answers on is left over from a process that died. */
async function isStaleSocket(path: string, thrown: unknown): Promise<boolean> {
  if (codeOf(thrown) !== 'EADDRINUSE') return false;
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSocket() !== true) return false;
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error) => resolve(codeOf(error) === 'ECONNREFUSED'));
  });
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}

function mend(thrown: unknown, place: string): string {
  switch (codeOf(thrown)) {
    case 'EADDRINUSE':
      return `another process has ${place}. Stop it, or change this server's listen`;
    case 'EACCES':
      // Also what Node says of a Unix socket's folder that is not there.
      return place.startsWith('/')
        ? 'the folder does not exist, or this account may not write to it'
        : 'this account may not. Choose a port above 1023';
    case 'EADDRNOTAVAIL':
      return "the address is not this machine's. Listen on 0.0.0.0 or on one that is";
    default:
      return messageOf(thrown);
  }
}
