import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { openCatalogConnection } from '../../src/catalog/catalog-connection.js';

const TARGET = {
  server: 'db1',
  host: '127.0.0.1',
  user: 'm',
  password: '',
  tls: { verify: 'none' },
  connectTimeoutMs: 60_000,
} as const;

it('gives up on a server that says nothing', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const connection = openCatalogConnection({ ...TARGET, port }, 50);
  await expect(connection.ask('SELECT 1')).rejects.toThrow('did not answer within 50 ms');
  connection.destroy();
  silent.close();
});
