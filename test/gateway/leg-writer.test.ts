import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LegWriter } from '../../src/gateway/leg-writer.js';

const ends: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** What the far end has read, and the near end with how often it has drained. */
async function written(): Promise<{
  near: Socket;
  far: Socket;
  writer: LegWriter;
  bytes: () => Buffer;
  drained: () => number;
}> {
  const listener = createServer({ allowHalfOpen: true });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const near = connect({ host: '127.0.0.1', port });
  const [far] = (await once(listener, 'connection')) as [Socket];
  const chunks: Buffer[] = [];
  far.on('data', (chunk: Buffer) => chunks.push(chunk));
  let drained = 0;
  const writer = new LegWriter(near, () => {
    drained += 1;
  });
  ends.push(
    () => near.destroy(),
    () => far.destroy(),
    () => listener.close(),
  );
  return { near, far, writer, bytes: () => Buffer.concat(chunks), drained: () => drained };
}

describe('a leg that is written past the stream layer', () => {
  it('keeps nothing of what the kernel takes at once, and asks no stream to take it', async () => {
    const { near, writer, bytes } = await written();
    await once(near, 'connect');
    near.write = () => {
      throw new Error('this Node lets nobody write past its streams');
    };
    expect(writer.write(Buffer.from('SELECT 1'))).toBe(true);
    expect([writer.isEmpty, writer.isFull]).toEqual([true, false]);
    await expect.poll(() => bytes().toString()).toBe('SELECT 1');
  });

  it('takes what comes before the connection is there', async () => {
    const { near, writer, bytes } = await written();
    const isEarly = near.connecting;
    writer.write(Buffer.from('early, '));
    if (isEarly) expect(writer.isEmpty).toBe(false);
    await expect.poll(() => writer.isEmpty).toBe(true);
    writer.write(Buffer.from('late'));
    await expect.poll(() => bytes().toString()).toBe('early, late');
  });

  it('says that it is full, keeps the order, and says when it has drained', async () => {
    const { near, far, writer, bytes, drained } = await written();
    await once(near, 'connect');
    far.pause();
    const sent: Buffer[] = [];
    let isTaken = true;
    for (let index = 0; isTaken; index += 1) {
      const chunk = Buffer.alloc(300_000, index);
      sent.push(chunk);
      isTaken = writer.write(chunk);
    }
    expect([writer.isFull, writer.isEmpty, drained()]).toEqual([true, false, 0]);
    // Who does not listen to it is served all the same, in order.
    for (const word of ['one', 'two', 'three']) {
      expect(writer.write(Buffer.from(word))).toBe(false);
      sent.push(Buffer.from(word));
    }
    far.resume();
    await expect.poll(() => drained()).toBeGreaterThan(0);
    await expect.poll(() => bytes().length).toBe(Buffer.concat(sent).length);
    expect(bytes().equals(Buffer.concat(sent))).toBe(true);
    expect([writer.isFull, writer.isEmpty]).toEqual([false, true]);
  });

  it('writes what waits before the leg ends', async () => {
    const { near, far, writer, bytes } = await written();
    await once(near, 'connect');
    far.pause();
    let length = 0;
    for (let isTaken = true; isTaken; length += 300_000) {
      isTaken = writer.write(Buffer.alloc(300_000, 'x'));
    }
    near.end();
    far.resume();
    await once(far, 'end');
    expect(bytes().length).toBe(length);
  });

  it('takes part in a corked write in its place', async () => {
    const { near, writer, bytes } = await written();
    await once(near, 'connect');
    near.cork();
    writer.write(Buffer.from('a'));
    writer.write(Buffer.from('b'));
    near.uncork();
    writer.write(Buffer.from('c'));
    await expect.poll(() => bytes().toString()).toBe('abc');
  });

  it('ends the leg when the far end is gone, and is silent about what comes after', async () => {
    const { near, far, writer } = await written();
    await once(near, 'connect');
    const failures: string[] = [];
    near.on('error', (error) => failures.push(error.message));
    far.resetAndDestroy();
    await expect
      .poll(() => {
        writer.write(Buffer.from('x'));
        return near.destroyed;
      })
      .toBe(true);
    expect(failures.length).toBeLessThanOrEqual(1);
    expect(writer.write(Buffer.from('x'))).toBe(true);
  });

  it('forgets what waits when the leg is destroyed', async () => {
    const { near, far, writer } = await written();
    await once(near, 'connect');
    const failures: string[] = [];
    near.on('error', (error) => failures.push(error.message));
    far.pause();
    while (writer.write(Buffer.alloc(300_000))) {
      // Until the kernel takes no more.
    }
    near.destroy();
    await once(near, 'close');
    expect(failures).toEqual([]);
  });
});
