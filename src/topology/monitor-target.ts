// Where and as whom each configured server is asked, for whoever opens a connection of its own
// under the monitor account.
import type { Config } from '../config/config.js';
import { monitorPasswords } from '../config/secrets.js';
import type { Target } from './driver-options.js';

export interface MonitorTargets {
  readonly config: Pick<Config, 'servers' | 'links' | 'file'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By server name; the PEM text of tls.caFile, where there is one. */
  readonly certificates: ReadonlyMap<string, string>;
}

/** The target of a configured server. Throws for a name that is none. */
export function monitorTargets(of: MonitorTargets): (server: string) => Target {
  const { config, env, certificates } = of;
  const passwords = monitorPasswords(config, env);
  const byName = new Map(config.servers.map((server) => [server.name, server]));
  return (name) => {
    const server = byName.get(name);
    if (server === undefined) throw new Error(`no server is called ${name}`);
    const ca = certificates.get(name);
    return {
      server: name,
      host: server.host,
      port: server.port,
      user: server.monitor.user,
      // A password that could not be read is said by the topology, which logs in with it first.
      password: passwords.kind === 'broken' ? '' : (passwords.value.get(name) ?? ''),
      tls: { verify: server.tls.verify, ...(ca === undefined ? {} : { ca }) },
      connectTimeoutMs: config.links.deadlineMs,
    };
  };
}
