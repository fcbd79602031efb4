// Free TCP ports of 127.0.0.1, as the system gives them out.
import { createServer } from 'node:net';
import { InterlockError } from '../errors.js';

/** A port that was free a moment ago. Somebody may take it first: a server then fails to start. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.on('error', (cause) => {
      reject(new InterlockError('LAB_FAILED', `no free port on ${host}`, { cause }));
    });
    server.listen(0, host, () => {
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
