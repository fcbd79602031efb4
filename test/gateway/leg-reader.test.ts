import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { legReader, reread } from '../../src/gateway/leg-reader.js';

const ends: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A client, and the accepted end of its connection, paused. */
async function pair(): Promise<{ client: Socket; accepted: Socket; listener: Server }> {
  const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = connect({ host: '127.0.0.1', port });
  const [accepted] = (await once(listener, 'connection')) as [Socket];
  ends.push(
    () => client.destroy(),
    () => listener.close(),
  );
  return { client, accepted, listener };
}

/** The accepted end read again, with all it was handed. */
function collected(accepted: Socket): { socket: Socket; chunks: Buffer[]; bytes: () => Buffer } {
  const chunks: Buffer[] = [];
  const socket = reread(accepted, 'client', { bytes: (_leg, chunk) => chunks.push(chunk) });
  if (socket === undefined) throw new Error('this Node reads accepted sockets otherwise');
  ends.push(() => socket.destroy());
  return { socket, chunks, bytes: () => Buffer.concat(chunks) };
}

describe('a leg that is read into the shared buffer', () => {
  it('hands on bytes that no later read of any leg changes', async () => {
    const one = await pair();
    const other = await pair();
    const first = collected(one.accepted);
    const second = collected(other.accepted);
    one.client.write('DROP TABLE a');
    await expect.poll(() => first.bytes().toString()).toBe('DROP TABLE a');
    other.client.write('SELECT 1 AS b');
    await expect.poll(() => second.bytes().toString()).toBe('SELECT 1 AS b');
    one.client.write('SELECT 2 AS c');
    await expect.poll(() => first.chunks.length).toBe(2);
    expect(first.chunks.map(String)).toEqual(['DROP TABLE a', 'SELECT 2 AS c']);
    expect(second.chunks.map(String)).toEqual(['SELECT 1 AS b']);
  });

  it('hands on every byte of a long stream, and of what follows it', async () => {
    const { client, accepted } = await pair();
    const { bytes } = collected(accepted);
    const sent = Buffer.alloc(5_000_000);
    for (let at = 0; at < sent.length; at += 4) sent.writeUInt32LE(at, at);
    client.write(sent);
    await expect.poll(() => bytes().length).toBe(sent.length);
    client.write('tail');
    await expect.poll(() => bytes().length).toBe(sent.length + 4);
    expect(bytes().equals(Buffer.concat([sent, Buffer.from('tail')]))).toBe(true);
  });

  describe('while it sends much', () => {
    /** What Node does for each read that fills the buffer it was given, without a socket. */
    function reads(isPassedOn: () => boolean, taken: (chunk: Buffer) => void) {
      const sink = { bytes: (_leg: string, chunk: Buffer) => taken(chunk) };
      const { buffer: next, callback } = legReader('server', sink, isPassedOn);
      let buffer = typeof next === 'function' ? next() : next;
      let value = 0;
      return (length = buffer.length): Uint8Array => {
        value += 1;
        buffer.fill(value, 0, length);
        callback(length, buffer);
        buffer = typeof next === 'function' ? next() : next;
        return buffer;
      };
    }

    it('is read into one buffer when what it sent is passed on at once', () => {
      const chunks: string[] = [];
      const read = reads(
        () => true,
        (chunk) => chunks.push(`${chunk[0]}-${chunk.at(-1)}`),
      );
      const buffers = [read(), read(), read(), read()];
      expect(new Set(buffers.map((each) => each.buffer)).size).toBe(1);
      expect(chunks).toEqual(['1-1', '2-2', '3-3', '4-4']);
    });

    it('is read into two in turns when each is passed on while the other is read', () => {
      let isWriting = false;
      const read = reads(
        () => !isWriting,
        () => {
          isWriting = true;
        },
      );
      const buffers = Array.from({ length: 8 }, () => {
        const buffer = read();
        isWriting = false;
        return buffer.buffer;
      });
      expect(new Set(buffers).size).toBe(2);
    });

    it('is never read over what is not passed on yet', () => {
      const held: Buffer[] = [];
      const read = reads(
        () => held.length === 0,
        (chunk) => held.push(chunk),
      );
      for (let round = 1; round <= 60; round += 1) {
        // Now and then all that is held goes on its way, at whatever point.
        if (round % 7 === 0 || round % 5 === 0) held.length = 0;
        read(round % 11 === 0 ? 500 : undefined);
        const first = round + 1 - held.length;
        held.forEach((chunk, index) => {
          expect([chunk[0], chunk.at(-1)]).toEqual([first + index, first + index]);
        });
      }
    });
  });

  it('is not read while it is paused', async () => {
    const { client, accepted } = await pair();
    const { socket, bytes } = collected(accepted);
    client.write('one');
    await expect.poll(() => bytes().toString()).toBe('one');
    socket.pause();
    client.write(Buffer.alloc(20_000_000));
    await expect.poll(() => client.writableLength).toBeGreaterThan(1_000_000);
    expect(bytes().toString()).toBe('one');
    socket.resume();
    await expect.poll(() => bytes().length, { timeout: 5_000 }).toBe(20_000_003);
  });

  it('says when its peer has ended, and still writes to it', async () => {
    const { client, accepted } = await pair();
    const { socket } = collected(accepted);
    const heard: Buffer[] = [];
    client.on('data', (chunk: Buffer) => heard.push(chunk));
    client.end('bye');
    await once(socket, 'end');
    socket.end('answer');
    await once(client, 'end');
    expect(Buffer.concat(heard).toString()).toBe('answer');
  });

  it('lets its listener close once it is closed itself', async () => {
    const { client, accepted, listener } = await pair();
    const { socket } = collected(accepted);
    const closed = once(listener, 'close');
    listener.close();
    client.end();
    await once(socket, 'end');
    socket.end();
    await once(socket, 'close');
    await closed;
  });

  it('is left to Node when some of it has been read before', async () => {
    const { accepted } = await pair();
    accepted.unshift(Buffer.from('PROXY'));
    expect(reread(accepted, 'client', { bytes: () => undefined })).toBeUndefined();
  });

  it('reads a socket that connects itself, too', async () => {
    const { listener } = await pair();
    const address = listener.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const chunks: Buffer[] = [];
    const onread = legReader('server', { bytes: (_leg, chunk) => chunks.push(chunk) });
    const socket = connect({ host: '127.0.0.1', port, onread });
    ends.push(() => socket.destroy());
    const [accepted] = (await once(listener, 'connection')) as [Socket];
    accepted.write('greeting');
    await expect.poll(() => Buffer.concat(chunks).toString()).toBe('greeting');
  });
});
