// Sizes of the configured servers' objects, each asked under that server's monitor account.
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { monitorPasswords } from '../config/secrets.js';
import { openSizeConnection } from './size-connection.js';
import { SizeBook } from './sizes.js';

export interface OpenSizes {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By server name; the PEM text of tls.caFile, where there is one. */
  readonly certificates: ReadonlyMap<string, string>;
  readonly clock: Clock;
}

/** Opens no connection before something is asked. */
export function openSizes({ config, env, certificates, clock }: OpenSizes): SizeBook {
  const passwords = monitorPasswords(config, env);
  const byName = new Map(config.servers.map((server) => [server.name, server]));
  return new SizeBook({
    clock,
    open: (name) => {
      const server = byName.get(name);
      const ca = certificates.get(name);
      return openSizeConnection({
        server: name,
        host: server?.host ?? '',
        port: server?.port ?? 0,
        user: server?.monitor.user ?? '',
        // A password that could not be read is said by the topology, which logs in with it first.
        password: passwords.kind === 'broken' ? '' : (passwords.value.get(name) ?? ''),
        tls: { verify: server?.tls.verify ?? 'full', ...(ca === undefined ? {} : { ca }) },
        connectTimeoutMs: config.links.deadlineMs,
      });
    },
  });
}
