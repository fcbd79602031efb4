// Takes the PROXY header off a new connection: required from the networks of proxyProtocol.from,
// within the time that a login may take. What it says is wire/proxy-header.ts's.
import type { Socket } from 'node:net';
import type { ProxyProtocolConfig } from '../config/config.js';
import { isInNetwork, type Network, parseIp, parseNetwork } from '../policy/network.js';
import { type ProxyHeader, readProxyHeader } from '../wire/proxy-header.js';

export type TakenHeader =
  | { readonly kind: 'taken'; readonly header: ProxyHeader; readonly rest: Buffer }
  | { readonly kind: 'failed'; readonly why: string };

/** Whether a connection from this address must begin with a header. */
export function proxyNetworks(
  proxyProtocol: ProxyProtocolConfig | undefined,
): (address: string | undefined) => boolean {
  const networks = (proxyProtocol?.from ?? []).flatMap((text): readonly Network[] => {
    const network = parseNetwork(text);
    return network === undefined ? [] : [network];
  });
  return (address) => {
    const ip = address === undefined ? undefined : parseIp(address);
    return ip !== undefined && networks.some((network) => isInNetwork(ip, network));
  };
}

/** Reads until the header is whole; then the socket is paused again, and `rest` is what follows. */
export function takeProxyHeader(
  socket: Socket,
  timeoutMs: number,
  done: (taken: TakenHeader) => void,
): void {
  let bytes = Buffer.alloc(0);
  const settle = (taken: TakenHeader): void => {
    clearTimeout(timer);
    socket.pause();
    socket.off('data', onData).off('end', onEnd).off('close', onEnd);
    done(taken);
  };
  const fail = (why: string): void => settle({ kind: 'failed', why });
  const onEnd = (): void => fail('the connection ended before its PROXY header was whole');
  const onData = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    const read = readProxyHeader(bytes);
    if (read.kind === 'malformed') fail(`its PROXY header is malformed: ${read.why}`);
    if (read.kind === 'complete') {
      settle({ kind: 'taken', header: read.header, rest: bytes.subarray(read.length) });
    }
  };
  const timer = setTimeout(() => fail(`no PROXY header within ${timeoutMs} ms`), timeoutMs);
  socket.on('data', onData).on('end', onEnd).on('close', onEnd);
  socket.resume();
}
