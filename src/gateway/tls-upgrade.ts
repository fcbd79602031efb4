// Turns a leg into TLS in the middle of its conversation, after an SSLRequest: towards the client
// with Interlock's certificate, towards the server as `servers.<name>.tls` says.
import { isIP, type Socket } from 'node:net';
import { connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { TlsVerify } from '../config/config.js';
import type { Certificate } from './certificate.js';

/** How Interlock checks a server's certificate. */
export interface ServerTls {
  readonly host: string;
  readonly verify: TlsVerify;
  /** PEM of the certificates that are trusted; Node's own list when absent. */
  readonly ca?: string;
}

/** What happens to the leg: exactly one of the two is called, once. */
export interface Upgraded {
  readonly secured: (socket: TLSSocket) => void;
  readonly failed: (why: string) => void;
}

export function clientSecureContext(certificate: Certificate): SecureContext {
  return createSecureContext({ cert: certificate.certificatePem, key: certificate.keyPem });
}

/** `already` is what the client sent right behind its SSLRequest: its ClientHello. */
export function upgradeClient(
  socket: Socket,
  already: Uint8Array,
  { secureContext, ...upgraded }: Upgraded & { readonly secureContext: SecureContext },
): TLSSocket {
  release(socket);
  if (already.length > 0) socket.unshift(already);
  const secure = new TLSSocket(socket, { isServer: true, secureContext });
  once(secure, 'secure', upgraded);
  return secure;
}

export function upgradeServer(socket: Socket, tls: ServerTls, upgraded: Upgraded): TLSSocket {
  release(socket);
  const secure = connect({
    socket,
    host: tls.host,
    // A server name indication must not be an address.
    ...(isIP(tls.host) === 0 ? { servername: tls.host } : {}),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    rejectUnauthorized: tls.verify !== 'none',
    ...(tls.verify === 'full' ? {} : { checkServerIdentity: () => undefined }),
  });
  once(secure, 'secureConnect', upgraded);
  return secure;
}

/** The plain socket must not be read any more: its bytes are TLS's now. */
function release(socket: Socket): void {
  socket.pause();
  socket.removeAllListeners('data').removeAllListeners('end').removeAllListeners('close');
  socket.removeAllListeners('drain').removeAllListeners('error');
  // Its errors come up again as the TLS socket's; without a listener they would end the process.
  socket.on('error', () => undefined);
}

function once(
  secure: TLSSocket,
  event: 'secure' | 'secureConnect',
  { secured, failed }: Upgraded,
): void {
  let isSettled = false;
  const settle = (action: () => void): void => {
    if (isSettled) return;
    isSettled = true;
    action();
  };
  secure.once(event, () => settle(() => secured(secure)));
  secure.once('error', (error) => settle(() => failed(error.message)));
  secure.once('close', () => settle(() => failed('the connection was closed')));
}
