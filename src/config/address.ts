// Addresses as people write them: `host:port`, IPv6 in brackets, a Unix socket's path. Pure.
import { isAbsolute } from 'node:path';
import type { HostPort, ListenAddress } from './config.js';

const DEFAULT_PORT = 3306;

/** '10.0.0.1', 'db.example:3307', '[::1]:3306'; the port is 3306 where it is left out. */
export function parseAddress(text: string): HostPort | undefined {
  return parseHostPort(text, { defaultPort: DEFAULT_PORT, lowestPort: 1 });
}

/** As an address, but with its port (0: any free one); or a path that begins with / or ./ . */
export function parseListenAddress(text: string): ListenAddress | undefined {
  if (isAbsolute(text) || text.startsWith('./') || text.startsWith('../')) {
    return { kind: 'unix', path: text };
  }
  const tcp = parseHostPort(text, { lowestPort: 0 });
  return tcp === undefined ? undefined : { kind: 'tcp', ...tcp };
}

/** As messages and the fingers of whoever mends it write it. */
export function addressLabel(address: ListenAddress | HostPort): string {
  if ('path' in address) return address.path;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}

function parseHostPort(
  text: string,
  rules: { readonly defaultPort?: number; readonly lowestPort: number },
): HostPort | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.%a-z]+)\]|([A-Za-z0-9_.-]+))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const host = match[1] ?? match[2];
  const port = match[3] === undefined ? rules.defaultPort : Number(match[3]);
  if (host === undefined || port === undefined) return undefined;
  if (match[1] !== undefined && !host.includes(':')) return undefined;
  return port >= rules.lowestPort && port <= 65_535 ? { host, port } : undefined;
}
