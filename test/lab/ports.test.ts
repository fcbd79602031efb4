// Free ports can be taken.
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort } from '../../src/lab/ports.js';

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
