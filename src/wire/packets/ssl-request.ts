// SSLRequest: the first 32 bytes of a HandshakeResponse41 with CLIENT_SSL set and nothing after
// them; what follows on the wire is TLS.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_ssl_request.html
import { CLIENT_SSL } from '../capabilities.js';
import { HEADER_BYTES } from '../framer.js';
import { readClientCapabilities } from './handshake-response-41.js';

const SSL_REQUEST_BYTES = 32;

export function isSslRequest(payload: Uint8Array): boolean {
  if (payload.length !== SSL_REQUEST_BYTES) return false;
  return (readClientCapabilities(payload).common & CLIENT_SSL) !== 0;
}

/** What a client that answers with this packet (header included) would have asked for TLS with. */
export function sslRequestOf(handshakeResponse: Buffer): Buffer {
  const end = HEADER_BYTES + SSL_REQUEST_BYTES;
  const request = Buffer.from(handshakeResponse.subarray(0, end));
  request.writeUIntLE(SSL_REQUEST_BYTES, 0, 3);
  return request;
}
