// The look at who goes around, started over the guarded servers. Decides nothing.
import type { Logger } from '../admin/log.js';
import type { Metrics } from '../admin/metrics.js';
import type { Config } from '../config/config.js';
import { parseNetwork } from '../policy/network.js';
import { monitorTargets } from '../topology/monitor-target.js';
import { openQuestionConnection } from '../topology/question-connection.js';
import { AroundWatch } from './around-watch.js';

export interface AroundParts {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** By server name; the PEM text of tls.caFile, where there is one. */
  readonly certificates: ReadonlyMap<string, string>;
  readonly metrics: Pick<Metrics, 'sessionsAround'>;
  readonly listeners: readonly {
    readonly server: string;
    readonly listener: { readonly threads: ReadonlySet<number> };
  }[];
}

export function startAround(parts: AroundParts): AroundWatch {
  const { config, metrics, log, listeners } = parts;
  const targetOf = monitorTargets(parts);
  const guarded = config.servers.filter(({ listen }) => listen.length > 0);
  const watch = new AroundWatch({
    servers: guarded.map(({ name, monitor }) => ({ name, monitorUser: monitor.user })),
    expected: config.around.expected.flatMap((text) => parseNetwork(text) ?? []),
    open: (name) => openQuestionConnection(targetOf(name)),
    through: (name) =>
      new Set(
        listeners.flatMap(({ server, listener }) => (server === name ? [...listener.threads] : [])),
      ),
    onCount: (server, count) => metrics.sessionsAround(server, count),
    log,
  });
  watch.start();
  return watch;
}

/** What `interlock doctor` asks the running Interlock for. */
export function aroundRoutes(watch: AroundWatch) {
  return { '/around': () => Object.fromEntries(watch.now()) };
}
