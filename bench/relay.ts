// The baseline: bytes from one socket to another and back with Node's `net`, no framing, nothing
// read. A process of its own; prints the port it listens on. `node relay.js HOST PORT`.
import { connect, createServer, type Socket } from 'node:net';
import { argv, stdout } from 'node:process';
import { collectOnSignal } from './collect.js';

const [host = '127.0.0.1', port = '3306'] = argv.slice(2);

function pass(from: Socket, to: Socket): void {
  from.on('data', (chunk: Buffer) => {
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}

const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  const server = connect({ host, port: Number(port), noDelay: true, allowHalfOpen: true });
  pass(client, server);
  pass(server, client);
});
// As Interlock does under `bench/collectable.ts`.
collectOnSignal();
listener.listen(0, '127.0.0.1', () => {
  const address = listener.address();
  if (typeof address === 'object' && address !== null) stdout.write(`${address.port}\n`);
});
