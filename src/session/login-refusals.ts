// What a client is told when its login cannot go on for a reason of Interlock's own. Texts only.
import type { ServerConfig } from '../config/config.js';

type Server = Pick<ServerConfig, 'name' | 'host' | 'port'>;

export function noTlsAtServer({ name, host, port }: Server): string {
  return (
    `Interlock: server ${name} (${host}:${port}) offers no TLS, and Interlock mirrors it on ` +
    'both legs. Give that server a certificate, or do without TLS.'
  );
}

export function plainRefused({ name }: Server): string {
  return (
    `Interlock: server ${name} takes no connections without TLS ` +
    '(tls.require). Connect with --ssl, or ssl-mode=REQUIRED.'
  );
}

export function clearTextRefused({ name, host, port }: Server, plugin: string): string {
  return (
    `Interlock: over a Unix socket ${plugin} sends the password in clear text, and server ${name} ` +
    `(${host}:${port}) offers no TLS to carry it on. Connect by TCP, or give the server a certificate.`
  );
}

export function changeUserRefused(): string {
  return (
    'Interlock refused: COM_CHANGE_USER over a Unix socket could send a password in clear text, ' +
    'and the server offers no TLS to carry it on. Log in anew instead.'
  );
}

/** A user whose name is not text to us. */
export function isUnreadable(user: string): boolean {
  return user.includes('\ufffd');
}

export function nameRefused(): string {
  return (
    "Interlock refused: the user's name is not UTF-8, so that no rule could know it. Connect with " +
    'a UTF-8 character set (--default-character-set=utf8mb4).'
  );
}

export function charsetRefused(charset: string): string {
  return (
    `Interlock refused: no client can speak ${charset}: variable 'character_set_client' can't be set ` +
    'to it. Connect with --default-character-set=utf8mb4.'
  );
}

export function proxyHeaderRefused({ name }: Server): string {
  return (
    'Interlock refused: malformed packet: a PROXY header from an address that ' +
    `servers.${name}.proxyProtocol.from does not list. The connection ends.`
  );
}
