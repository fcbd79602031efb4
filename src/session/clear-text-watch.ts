// Clients hold a Unix socket for safe and answer some plugins in clear text on it. Where the way
// goes on over the network without TLS, this tells such an answer from one that gives nothing away.
// What it does not know counts as clear text.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html
import { switchedPlugin } from '../wire/packets/auth-switch-request.js';

const AUTH_MORE_DATA = 0x01;
const SCRAMBLE_BYTES = 32;
/** RSA keys have whole numbers of these bytes, and so has what they seal. */
const RSA_BYTES_STEP = 32;
const RSA_BYTES_LEAST = 128;

/** Plugins whose answers prove a password without telling it. */
const PROOFS_ONLY: ReadonlySet<string> = new Set([
  'mysql_native_password',
  'mysql_old_password',
  'client_ed25519',
  'parsec',
  'auth_gssapi_client',
  'authentication_kerberos_client',
  'authentication_ldap_sasl_client',
  'authentication_webauthn_client',
  'authentication_fido_client',
]);

export class ClearTextWatch {
  #plugin: string;
  #isScrambleDue = true;

  constructor(plugin: string) {
    this.#plugin = plugin;
  }

  /** By which the client answers now. */
  get plugin(): string {
    return this.#plugin;
  }

  serverPacket(payload: Uint8Array): void {
    if (payload[0] === AUTH_MORE_DATA) this.#isScrambleDue = false;
    const plugin = switchedPlugin(payload);
    if (plugin === undefined) return;
    this.#plugin = plugin;
    this.#isScrambleDue = true;
  }

  /** Whether this answer of the client would tell its password to whoever listens. */
  tells(answer: Uint8Array): boolean {
    if (PROOFS_ONLY.has(this.#plugin) || isNothing(answer)) return false;
    if (this.#plugin === 'caching_sha2_password') {
      if (this.#isScrambleDue) return answer.length !== SCRAMBLE_BYTES;
      return !isKeyRequest(answer, 2) && !isSealed(answer);
    }
    if (this.#plugin === 'sha256_password') return !isKeyRequest(answer, 1) && !isSealed(answer);
    return true;
  }
}

/** No password at all. */
function isNothing(answer: Uint8Array): boolean {
  return answer.length === 0 || (answer.length === 1 && answer[0] === 0);
}

function isKeyRequest(answer: Uint8Array, code: number): boolean {
  return answer.length === 1 && answer[0] === code;
}

/** A password in clear text ends with the only zero in it; what RSA sealed does not look so. */
function isSealed(answer: Uint8Array): boolean {
  const { length } = answer;
  if (length < RSA_BYTES_LEAST || length % RSA_BYTES_STEP !== 0) return false;
  const firstZero = answer.indexOf(0);
  return firstZero !== -1 ? firstZero !== length - 1 : true;
}
