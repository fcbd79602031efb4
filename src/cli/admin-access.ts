// How a command reaches the running Interlock: the socket of the configuration on its machine, or from
// an approver's own machine the URL of admin.listen, where no configuration is.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AdminAccess, socketAccess } from '../admin/client.js';
import { networkAccess, type Trust } from '../admin/network-access.js';
import { type PrivateKey, readPrivateKey } from '../approval/key-file.js';
import { InterlockError, messageOf } from '../errors.js';
import { configurationOf } from './configuration.js';
import { type CommonOptions, PASSPHRASE_VARIABLE, type Terminal } from './terminal.js';

export interface AccessOptions {
  /** Over the network, as somebody with a key. */
  readonly admin?: string;
  readonly adminCa?: string;
  readonly adminFingerprint?: string;
  readonly key?: string;
}

/**
 * Undefined when it is not said well enough; what is missing has been printed by then. `known` is the
 * key where it has been read already: nobody is asked twice for its passphrase.
 */
export async function adminAccess(
  options: CommonOptions & AccessOptions,
  terminal: Terminal,
  known?: PrivateKey,
): Promise<AdminAccess | undefined> {
  const { env } = terminal;
  // A configuration that is named counts more than the environment.
  const given = options.admin ?? (options.configGiven ? undefined : env.INTERLOCK_ADMIN);
  if (given === undefined) {
    if (options.adminCa !== undefined || options.adminFingerprint !== undefined) {
      return say(terminal, '--admin-ca and --admin-fingerprint go with --admin URL.');
    }
    const config = configurationOf(options, terminal);
    return config && socketAccess(config.admin.socket);
  }
  const url = urlOf(given);
  if (url === undefined) return say(terminal, '--admin takes https://host:port and nothing more.');
  const trust = trustOf(options, terminal);
  const key = trust && (known ?? (await privateKeyOf(options, terminal)));
  return trust && key && networkAccess({ url, trust, key });
}

/** Undefined when none is named; a file that is no key is thrown. */
export async function privateKeyOf(
  options: AccessOptions,
  terminal: Terminal,
): Promise<PrivateKey | undefined> {
  const file = options.key ?? terminal.env.INTERLOCK_KEY;
  if (file !== undefined) return await readPrivateKey(file, () => passphraseOf(terminal));
  return say(terminal, 'Which key? Give --key FILE, or name the file in INTERLOCK_KEY.');
}

async function passphraseOf({ env, askSecret }: Terminal): Promise<string> {
  return env[PASSPHRASE_VARIABLE] ?? (await askSecret?.('Passphrase of the sealed key: ')) ?? '';
}

function urlOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { protocol, username, password, pathname, search, hash, hostname } = url;
  const more = username + password + search + hash;
  return protocol === 'https:' && hostname !== '' && pathname === '/' && more === ''
    ? url
    : undefined;
}

function trustOf(options: AccessOptions, terminal: Terminal): Trust | undefined {
  const { env } = terminal;
  const isGiven = options.adminCa !== undefined || options.adminFingerprint !== undefined;
  const from: AccessOptions = isGiven ? options : environmentOf(env);
  if (from.adminFingerprint !== undefined) {
    if (from.adminCa !== undefined) {
      return say(terminal, 'Give --admin-ca or --admin-fingerprint: which one counts?');
    }
    const sha256 = from.adminFingerprint.replaceAll(':', '').toUpperCase();
    if (/^[0-9A-F]{64}$/.test(sha256)) return { kind: 'fingerprint', sha256 };
    return say(terminal, '--admin-fingerprint takes the 64 hexadecimal digits of a SHA-256.');
  }
  if (from.adminCa === undefined) return { kind: 'authority' };
  return { kind: 'authority', ca: readAuthority(from.adminCa) };
}

function environmentOf(env: Terminal['env']): AccessOptions {
  const { INTERLOCK_ADMIN_CA: ca, INTERLOCK_ADMIN_FINGERPRINT: fingerprint } = env;
  return {
    ...(ca === undefined ? {} : { adminCa: ca }),
    ...(fingerprint === undefined ? {} : { adminFingerprint: fingerprint }),
  };
}

function readAuthority(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    // Node would take what is no certificate for none at all.
    new X509Certificate(pem);
    return pem;
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): InterlockError {
  const text = `--admin-ca ${file} cannot be read: ${messageOf(cause)}`;
  return new InterlockError('TLS_FAILED', text, { cause });
}

function say(terminal: Terminal, text: string): undefined {
  terminal.err(`${text}\n`);
  return undefined;
}
