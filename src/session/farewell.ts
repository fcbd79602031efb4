// What a server is told when a client left before login. Servers count bare leavers per host and
// lock that host out (error 1129, max_connect_errors), and all our clients are one host to them;
// a login that is refused does not count, a malformed one does. So the server gets a login to refuse.
import {
  type Capabilities,
  CLIENT_CONNECT_ATTRS,
  CLIENT_CONNECT_WITH_DB,
  CLIENT_LONG_PASSWORD,
  CLIENT_PLUGIN_AUTH,
  CLIENT_PROTOCOL_41,
  CLIENT_SECURE_CONNECTION,
  hasCapability,
} from '../wire/capabilities.js';
import { HEADER_BYTES } from '../wire/framer.js';
import { switchedPlugin } from '../wire/packets/auth-switch-request.js';
import { readClientCapabilities } from '../wire/packets/handshake-response-41.js';
import { PayloadWriter } from '../wire/payload-writer.js';

/** No such account should exist; its login is refused, and named so in the server's log. */
const NOBODY = 'interlock_left';
const PLUGIN = 'mysql_native_password';
const PACKET_BYTES = 1 << 24;
const UTF8 = 33;

/** `sslRequest`: what the server's leg became TLS by; MySQL 9 takes no login that differs from it. */
export function farewellResponse(
  offered: Capabilities,
  leg: { readonly sequenceId: number; readonly sslRequest?: Uint8Array | undefined },
): Buffer {
  const { sslRequest, sequenceId } = leg;
  if (sslRequest !== undefined) return secureFarewell(sslRequest, sequenceId);
  const wanted =
    CLIENT_LONG_PASSWORD | CLIENT_PROTOCOL_41 | CLIENT_SECURE_CONNECTION | CLIENT_PLUGIN_AUTH;
  // MariaDB does not offer CLIENT_LONG_PASSWORD, and takes it for "not a MariaDB client".
  return new PayloadWriter()
    .int4((wanted & (offered.common | CLIENT_LONG_PASSWORD)) >>> 0)
    .int4(PACKET_BYTES)
    .int1(UTF8)
    .zeros(23)
    .stringNul(NOBODY)
    .int1(0)
    .stringNul(PLUGIN)
    .packet(sequenceId);
}

/** With everything that the request announced, and nothing in it. */
function secureFarewell(sslRequest: Uint8Array, sequenceId: number): Buffer {
  const fixed = sslRequest.subarray(HEADER_BYTES);
  const capabilities = readClientCapabilities(fixed);
  const writer = new PayloadWriter().string(fixed).stringNul(NOBODY).int1(0);
  if (hasCapability(capabilities, CLIENT_CONNECT_WITH_DB)) writer.stringNul('');
  if (hasCapability(capabilities, CLIENT_PLUGIN_AUTH)) writer.stringNul(PLUGIN);
  if (hasCapability(capabilities, CLIENT_CONNECT_ATTRS)) writer.int1(0);
  return writer.packet(sequenceId);
}

/** An answer to what the server asks of nobody: no password, or one that is wrong. */
export function farewellAnswer(request: Uint8Array | undefined, sequenceId: number): Buffer {
  const plugin = request === undefined ? undefined : switchedPlugin(request);
  const [length = 0] = (plugin === undefined ? undefined : ANSWER_BYTES.get(plugin)) ?? [];
  return new PayloadWriter().zeros(length).packet(sequenceId);
}

/** Of any other length an answer is malformed to servers, which they count (measured). */
const ANSWER_BYTES: ReadonlyMap<string, readonly number[]> = new Map([
  ['mysql_native_password', [0, 1, 20]],
  ['client_ed25519', [64]],
]);

/** Whether a server would call this a bad handshake, and not a wrong password. */
export function isMalformedAnswer(plugin: string | undefined, answer: Uint8Array): boolean {
  const lengths = plugin === undefined ? undefined : ANSWER_BYTES.get(plugin);
  return lengths !== undefined && !lengths.includes(answer.length);
}
