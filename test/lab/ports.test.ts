// Free ports can be taken.
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort, freePortBelow } from '../../src/lab/ports.js';

it('gives a port that can be listened on', async () => {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  server.close();
  expect(port).toBeGreaterThan(1023);
});

it('says so when the address is not this machine', async () => {
  await expect(freePort('192.0.2.1')).rejects.toThrow('no free port on 192.0.2.1');
});

it('gives the next free port below another, past those that are taken', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const below = await freePortBelow(port + 1);
  taken.close();
  expect(below).toBeLessThan(port);
  expect(below).toBeGreaterThan(port - 100);
});
