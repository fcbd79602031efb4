import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { openListener } from '../../src/gateway/listening.js';

it('hands sockets over unread, whatever has come already', async () => {
  let take: (socket: Socket) => void = () => undefined;
  const taken = new Promise<Socket>((resolve) => {
    take = resolve;
  });
  const opened = await openListener('db1', { kind: 'tcp', host: '127.0.0.1', port: 0 }, take);
  if (opened.kind !== 'listening' || opened.address.kind !== 'tcp') throw new Error(opened.kind);
  const client = connect(opened.address.port, '127.0.0.1');
  client.write('early');
  const socket = await taken;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([socket.isPaused(), socket.readableLength, socket.bytesRead]).toEqual([true, 0, 0]);
  socket.resume();
  const [chunk] = await once(socket, 'data');
  expect(String(chunk)).toBe('early');
  client.destroy();
  socket.destroy();
  opened.listener.close();
});

it.each([
  [
    { kind: 'unix' as const, path: '/nowhere/db1.sock' },
    'the folder does not exist, or this account may not write to it',
  ],
  [{ kind: 'tcp' as const, host: '192.0.2.1', port: 0 }, "the address is not this machine's"],
])('says who, what and how to mend (%#)', async (address, how) => {
  const opened = await openListener('db1', address, () => undefined);
  expect(opened).toMatchObject({ kind: 'failed', address });
  expect(opened.kind === 'failed' && opened.message).toContain(how);
});
