// Where sessions are served: here, in this process, for one process alone and inside each worker;
// pool.ts is the other answer. A visit goes to the sessions of its server.
import type { ReadinessState } from '../admin/metrics-server.js';
import type { Config } from '../config/config.js';
import type { Guard } from '../gateway/guard.js';
import { Sessions, type SessionsOptions, type TlsMaterial } from '../gateway/sessions.js';
import type { Visit } from '../gateway/visit.js';
import type { SessionMetrics } from '../session/session-options.js';
import type { Dialect, ReadContext } from '../sql/dialect.js';
import type { FiringNames } from '../sql/firing-names.js';
import { readText, type TextFacts } from '../sql/statement-facts.js';

export interface Serving {
  open(visit: Visit): void;
  /** For sessions from now on. Throws, and changes nothing, when the material is not usable. */
  useTls(tls: TlsMaterial): void;
  /** Lets commands under way finish, and cuts what is left at the deadline. */
  drain(deadlineMs: number): Promise<void>;
  /** The monitor has learned something of the servers. */
  learned(): void;
  /** The servers on which a session could finish what is in flight in another. */
  opened(servers: readonly string[]): void;
  /** Brings the metrics up to date before somebody scrapes them. */
  collect(): Promise<void>;
  readonly ready: ReadinessState;
}

export interface ServingOptions {
  readonly config: Pick<Config, 'servers' | 'readers' | 'limits' | 'tls'>;
  readonly tls: TlsMaterial;
  readonly guard: Guard;
  readonly dialect: (server: string) => Dialect | undefined;
  /** What fires code that the server keeps. */
  readonly firing?: (server: string) => FiringNames | undefined;
  readonly metrics: SessionMetrics;
  readonly log: SessionsOptions['log'];
}

/** Throws when the TLS material is not usable. */
export function serveHere(options: ServingOptions): Serving {
  const { config, tls, guard, dialect, firing, metrics, log } = options;
  const guarded = config.servers.filter(({ listen }) => listen.length > 0);
  const sessions = new Map(
    guarded.map((server) => [
      server.name,
      new Sessions({
        server,
        readers: config.readers.filter((reader) => reader.server === server.name),
        limits: config.limits,
        requireTls: config.tls.require,
        tls,
        guard,
        readText: (text, context) => readWith(firing?.(server.name), text, context),
        firing: () => firing?.(server.name),
        dialect: () => dialect(server.name),
        metrics,
        log,
      }),
    ]),
  );
  return {
    open: (visit) => {
      const place = sessions.get(visit.server);
      if (place !== undefined) {
        place.open(visit);
        return;
      }
      visit.socket.destroy();
      visit.stay.leave();
    },
    useTls: (next) => {
      for (const each of sessions.values()) each.useTls(next);
    },
    drain: async (deadlineMs) => {
      await Promise.all([...sessions.values()].map((each) => each.drain(deadlineMs)));
    },
    learned: () => undefined,
    opened: () => undefined,
    collect: () => Promise.resolve(),
    ready: { ok: true },
  };
}

function readWith(
  firing: FiringNames | undefined,
  text: Uint8Array,
  context: ReadContext,
): TextFacts {
  return readText(text, firing === undefined ? context : { ...context, firing });
}
