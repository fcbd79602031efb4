// A client that is only a socket: logs in without a password and sends what it is told, so that
// thousands of them, or one that does not read, cost the benchmark nothing.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PayloadWriter } from '../src/wire/payload-writer.js';

export const RAW_USER = 'raw';
/** Long passwords off, protocol 4.1, secure connection, plugin names, transactions. */
const CAPABILITIES = 0x8a201;
const FULL_PACKET = 0xffffff;
const PIECE_BYTES = 256 * 1024;

export async function openRawSession(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'data');
  const response = new PayloadWriter()
    .int4(CAPABILITIES)
    .int4(FULL_PACKET)
    .int1(33)
    .zeros(23)
    .stringNul(RAW_USER)
    .int1(0)
    .stringNul('mysql_native_password');
  socket.write(response.packet(1));
  const [answer] = await once(socket, 'data');
  if (!Buffer.isBuffer(answer) || answer[4] !== 0) throw new Error(`no login: ${String(answer)}`);
  return socket;
}

export function sendQuery(socket: Socket, sql: string): void {
  socket.write(new PayloadWriter().int1(3).string(sql).packet(0));
}

/** One statement whose text is `head`, that many times `x`, and `tail`; resolves with its answer. */
export async function sendHuge(
  socket: Socket,
  { head, fill, tail }: { readonly head: string; readonly fill: number; readonly tail: string },
): Promise<Buffer> {
  const length = 1 + head.length + fill + tail.length;
  let at = 0;
  let sequenceId = 0;
  let header = headerOf(length, sequenceId);
  let left = Math.min(FULL_PACKET, length);
  const send = async (piece: Buffer): Promise<void> => {
    for (let rest = piece; rest.length > 0; ) {
      const part = rest.subarray(0, left);
      rest = rest.subarray(part.length);
      socket.write(header);
      header = NOTHING;
      left -= part.length;
      at += part.length;
      if (!socket.write(part)) await once(socket, 'drain');
      if (left > 0) continue;
      sequenceId += 1;
      left = Math.min(FULL_PACKET, length - at);
      header = headerOf(length - at, sequenceId);
    }
  };
  await send(Buffer.from(`\x03${head}`));
  const piece = Buffer.alloc(PIECE_BYTES, 'x');
  for (let rest = fill; rest > 0; rest -= PIECE_BYTES) await send(piece.subarray(0, rest));
  await send(Buffer.from(tail));
  const [answer] = await once(socket, 'data');
  if (!Buffer.isBuffer(answer)) throw new Error('no answer');
  return answer;
}

const NOTHING = Buffer.alloc(0);

function headerOf(left: number, sequenceId: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUIntLE(Math.min(FULL_PACKET, left), 0, 3);
  header.writeUInt8(sequenceId & 0xff, 3);
  return header;
}
