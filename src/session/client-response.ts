// What a client's answer to the greeting asks for: TLS on both legs, a login as it stands, one
// over a server leg that must be secured first, or nothing that may be. Pure.
import { InterlockError } from '../errors.js';
import {
  type Capabilities,
  CLIENT_LONG_PASSWORD,
  CLIENT_SSL,
  commonCapabilities,
  hasCapability,
} from '../wire/capabilities.js';
import { wideCharset } from '../wire/client-charsets.js';
import {
  ER_HANDSHAKE_ERROR,
  ER_SECURE_TRANSPORT_REQUIRED,
  ER_WRONG_VALUE_FOR_VAR,
  type ErrorCode,
} from '../wire/error-codes.js';
import type { WirePacket } from '../wire/framer.js';
import {
  type HandshakeResponse41,
  readAuthentication,
  readClientCapabilities,
  readHandshakeResponse41,
  withClientCapabilities,
} from '../wire/packets/handshake-response-41.js';
import type { HandshakeV10 } from '../wire/packets/handshake-v10.js';
import { isSslRequest, sslRequestOf } from '../wire/packets/ssl-request.js';
import { ClearTextWatch } from './clear-text-watch.js';
import { isMalformedAnswer } from './farewell.js';
import {
  charsetRefused,
  clearTextRefused,
  isUnreadable,
  nameRefused,
  noTlsAtServer,
  plainRefused,
} from './login-refusals.js';
import type { SessionOptions } from './session-options.js';
import { accountName, type Login, schemaName } from './session-state.js';

/** A login to pass on, with what Interlock cannot honour taken out. */
export interface LoginResponse {
  readonly kind: 'login';
  readonly frame: Buffer;
  readonly capabilities: Capabilities;
  readonly response: HandshakeResponse41;
  /** Sent first, on the server's leg alone, which becomes TLS before the login follows. */
  readonly sslRequest?: Buffer;
  /** The way to the server stays in clear text: what tells the password must not pass. */
  readonly watch?: ClearTextWatch;
}

export type ClientResponse =
  | { readonly kind: 'ssl-request'; readonly frame: Buffer; readonly capabilities: Capabilities }
  | { readonly kind: 'refused'; readonly error: ErrorCode; readonly message: string }
  | LoginResponse;

interface Standing {
  readonly options: Pick<SessionOptions, 'server' | 'requireTls' | 'isLocalClient'>;
  readonly offered: Capabilities;
  /** Both legs speak TLS already. */
  readonly isSecure: boolean;
  /**
   * What the SSLRequest said. To every server that settles it: what the login behind it says
   * instead is not looked at, so it must not be what we read by.
   */
  readonly settled?: Capabilities | undefined;
}

export function readClientResponse(packet: WirePacket, standing: Standing): ClientResponse {
  const { options, offered, isSecure } = standing;
  const wanted = standing.settled ?? readClientCapabilities(packet.payload);
  const capabilities = commonCapabilities(wanted, offered);
  const frame = withClientCapabilities(Buffer.concat(packet.frames), capabilities);
  if (!isSecure && isSslRequest(packet.payload)) {
    if (hasCapability(capabilities, CLIENT_SSL)) {
      return { kind: 'ssl-request', frame, capabilities };
    }
    return refused(ER_HANDSHAKE_ERROR, noTlsAtServer(options.server));
  }
  // Servers begin TLS behind it and wait for nothing else, and their login errors would be ours.
  if (!isSecure && hasCapability(capabilities, CLIENT_SSL)) {
    throw new InterlockError('MALFORMED_PACKET', 'a login in clear text asks for TLS');
  }
  const response = readHandshakeResponse41(packet.payload, capabilities);
  if (isUnreadable(response.user)) return refused(ER_HANDSHAKE_ERROR, nameRefused());
  const { plugin, answer } = readAuthentication(packet.payload, capabilities);
  // By any other plugin a client may begin with nothing, and is asked by the server.
  if (plugin === 'mysql_native_password' && isMalformedAnswer(plugin, answer)) {
    throw new InterlockError('MALFORMED_PACKET', 'its answer is not as long as its plugin has it');
  }
  const server = hasCapability(offered, CLIENT_LONG_PASSWORD) ? 'mysql' : 'mariadb';
  const wide = wideCharset(response.characterSet, server);
  if (wide !== undefined) return refused(ER_WRONG_VALUE_FOR_VAR, charsetRefused(wide));
  const login: LoginResponse = { kind: 'login', frame, capabilities, response };
  if (isSecure) return login;
  if (options.isLocalClient === true) return localLogin(packet, login, standing);
  if (!options.requireTls) return login;
  return refused(ER_SECURE_TRANSPORT_REQUIRED, plainRefused(options.server));
}

/** A client on a Unix socket takes the way for safe: so it is made, or nothing secret goes. */
function localLogin(
  { payload }: WirePacket,
  login: LoginResponse,
  { options, offered }: Standing,
): ClientResponse {
  const { capabilities } = login;
  if (hasCapability(offered, CLIENT_SSL)) {
    const common = (capabilities.common | CLIENT_SSL) >>> 0;
    const frame = withClientCapabilities(login.frame, { ...capabilities, common });
    return { ...login, frame, sslRequest: sslRequestOf(frame) };
  }
  const { plugin, answer } = readAuthentication(payload, capabilities);
  const watch = new ClearTextWatch(plugin);
  if (!watch.tells(answer)) return { ...login, watch };
  return refused(ER_SECURE_TRANSPORT_REQUIRED, clearTextRefused(options.server, plugin));
}

function refused(error: ErrorCode, message: string): ClientResponse {
  return { kind: 'refused', error, message };
}

/** Who logged in, once the server said OK to it. */
export function loginOf(
  { threadId }: HandshakeV10,
  answer: LoginResponse,
  statusFlags: number | undefined,
): Login {
  const { capabilities, response, watch } = answer;
  const database = schemaName(response.database ?? Buffer.alloc(0));
  const program = response.attributes.get('program_name');
  return {
    capabilities,
    threadId,
    user: accountName(response.user, 'login'),
    ...(statusFlags === undefined ? {} : { statusFlags }),
    ...(database === undefined ? {} : { database }),
    ...(program === undefined ? {} : { program }),
    ...(watch === undefined ? {} : { isClearOnward: true }),
  };
}
