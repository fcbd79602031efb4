// What a server is told when a client left before login. Servers count bare leavers per host and
// lock that host out (error 1129, max_connect_errors), and all our clients are one host to them;
// a login that is refused does not count. So the server gets a login to refuse.
import {
  type Capabilities,
  CLIENT_LONG_PASSWORD,
  CLIENT_PLUGIN_AUTH,
  CLIENT_PROTOCOL_41,
  CLIENT_SECURE_CONNECTION,
  CLIENT_SSL,
} from '../wire/capabilities.js';
import { PayloadWriter } from '../wire/payload-writer.js';

/** No such account should exist; its login is refused, and named so in the server's log. */
const NOBODY = 'interlock_left';
const PACKET_BYTES = 1 << 24;
const UTF8 = 33;

export function farewellResponse(
  offered: Capabilities,
  leg: { readonly sequenceId: number; readonly isSecure: boolean },
): Buffer {
  const wanted =
    CLIENT_LONG_PASSWORD | CLIENT_PROTOCOL_41 | CLIENT_SECURE_CONNECTION | CLIENT_PLUGIN_AUTH;
  // MariaDB does not offer CLIENT_LONG_PASSWORD, and takes it for "not a MariaDB client".
  const capabilities = (wanted & (offered.common | CLIENT_LONG_PASSWORD)) >>> 0;
  return new PayloadWriter()
    .int4(leg.isSecure ? capabilities | CLIENT_SSL : capabilities)
    .int4(PACKET_BYTES)
    .int1(UTF8)
    .zeros(23)
    .stringNul(NOBODY)
    .int1(0)
    .stringNul('mysql_native_password')
    .packet(leg.sequenceId);
}

/** The answer to whatever the server asks of nobody: no password. */
export function farewellAnswer(sequenceId: number): Buffer {
  return new PayloadWriter().packet(sequenceId);
}
