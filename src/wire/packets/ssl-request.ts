// SSLRequest: the first 32 bytes of a HandshakeResponse41 with CLIENT_SSL set and nothing after
// them; what follows on the wire is TLS.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_ssl_request.html
import { CLIENT_SSL } from '../capabilities.js';
import { readClientCapabilities } from './handshake-response-41.js';

const SSL_REQUEST_BYTES = 32;

export function isSslRequest(payload: Uint8Array): boolean {
  if (payload.length !== SSL_REQUEST_BYTES) return false;
  return (readClientCapabilities(payload).common & CLIENT_SSL) !== 0;
}
