// Free TCP ports of 127.0.0.1, as the system gives them out.
import { createServer } from 'node:net';
import { InterlockError } from '../errors.js';

/** A port that was free a moment ago. Somebody may take it first: a server then fails to start. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return listened(0, host);
}

/** The next free one below a port. */
export async function freePortBelow(limit: number, host = '127.0.0.1'): Promise<number> {
  for (let port = limit - 1; port > PRIVILEGED; port -= 1) {
    const found = await listened(port, host).catch(() => undefined);
    if (found !== undefined) return found;
  }
  throw new InterlockError('LAB_FAILED', `no free port on ${host} below ${limit}`);
}

/** These are for the system's own services. */
const PRIVILEGED = 1023;

function listened(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.on('error', (cause) => {
      reject(new InterlockError('LAB_FAILED', `no free port on ${host}`, { cause }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') {
          reject(new InterlockError('LAB_FAILED', `no free port on ${host}`));
        } else {
          resolve(address.port);
        }
      });
    });
  });
}
