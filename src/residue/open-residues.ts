// Residues over the configured servers, each log read under that server's monitor account.
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { monitorPasswords } from '../config/secrets.js';
import { openBinlogConnection } from './binlog-connection.js';
import { Residues, type ResiduesOptions } from './residues.js';

export interface OpenResidues {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By server name; the PEM text of tls.caFile, where there is one. */
  readonly certificates: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly onResidue?: ResiduesOptions['onResidue'];
}

export function openResidues(options: OpenResidues): Residues {
  const { config, env, certificates, clock, onResidue } = options;
  const passwords = monitorPasswords(config, env);
  const byName = new Map(config.servers.map((server) => [server.name, server]));
  return new Residues({
    servers: [...byName.keys()],
    clock,
    ...(onResidue === undefined ? {} : { onResidue }),
    open: (name) => {
      const server = byName.get(name);
      const ca = certificates.get(name);
      return openBinlogConnection({
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
