// Keeps the picture of replication: asks every server at once, shares one answer among all who need
// it, and refreshes in the background for metrics. Owns the probers; judges nothing.

import type { Clock } from '../clock.js';
import type { ReaderConfig, ServerConfig } from '../config/config.js';
import type { Dialect } from '../sql/dialect.js';
import { openMonitorConnection } from './monitor-connection.js';
import { pictureOf, SinceBook } from './picture.js';
import { Prober } from './probe.js';
import type {
  BinlogCoordinates,
  Identity,
  Picture,
  ProbeFailureReason,
  ServerEntry,
  ServerView,
} from './snapshot.js';
import { type Lookup, systemLookup } from './whereabouts.js';

/**
 * A round is at most nine short statements (questions.ts), so that this keeps an idle Interlock
 * below five short queries a second and server.
 */
export const BACKGROUND_PERIOD_MS = 2_000;

export interface TopologyOptions {
  readonly servers: readonly ServerConfig[];
  readonly readers: readonly ReaderConfig[];
  readonly links: { readonly freshnessMs: number; readonly deadlineMs: number };
  /** By server name; the monitor account's password there. */
  readonly passwords: ReadonlyMap<string, string>;
  /** By server name; the PEM text of tls.caFile, where there is one. */
  readonly certificates?: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly onPicture?: (picture: Picture) => void;
  /** Once a question without answer and each guarded server that it leaves in the dark. */
  readonly onProbeFailed?: (server: string, peer: string, reason: ProbeFailureReason) => void;
  readonly open?: typeof openMonitorConnection;
  /** How names are looked up, to see them move. */
  readonly lookup?: Lookup;
}

export class Topology {
  readonly #options: TopologyOptions;
  readonly #entries: readonly ServerEntry[];
  readonly #probers: ReadonlyMap<string, Prober>;
  readonly #identities = new Map<string, Identity>();
  readonly #sinceBook = new SinceBook();
  readonly #lookup: Lookup;
  #current: Picture | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: TopologyOptions) {
    this.#options = options;
    this.#entries = options.servers.map(entryOf);
    this.#lookup = options.lookup ?? systemLookup();
    this.#probers = new Map(
      options.servers.map((server) => [server.name, this.#proberFor(server)]),
    );
  }

  /** Takes the first picture, then a new one every period until stop(). */
  async start(): Promise<Picture> {
    const first = await this.#take(this.#options.clock.monotonic());
    this.#schedule();
    return first;
  }

  /** The last picture, however old: for metrics, status and guesses, never for a verdict. */
  current(): Picture | undefined {
    return this.#current;
  }

  /**
   * A picture that was younger than `freshness` when this was called, or one asked for since.
   * Never rejects; a server that does not answer within `deadline` is silent in it.
   */
  fresh(): Promise<Picture> {
    const { clock, links } = this.#options;
    const now = clock.monotonic();
    const isAlwaysAnew = links.freshnessMs === 0;
    return this.#take(isAlwaysAnew ? now : now - links.freshnessMs);
  }

  /**
   * A picture asked for since `sinceMs` (monotonic), whatever `freshness` says, within the deadline
   * that began then; undefined when that is over. Never rejects.
   */
  async anew(sinceMs: number): Promise<Picture | undefined> {
    const { clock, links } = this.#options;
    const deadlineAtMs = sinceMs + links.deadlineMs;
    return clock.monotonic() < deadlineAtMs ? this.#take(sinceMs, deadlineAtMs) : undefined;
  }

  /** Where a server's binary log stands now; undefined where that cannot be told in time. */
  async coordinates(server: string): Promise<BinlogCoordinates | undefined> {
    return await this.#probers.get(server)?.coordinates();
  }

  /** The flavour and version a server last showed. */
  dialect(server: string): Dialect | undefined {
    return this.#probers.get(server)?.dialect;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const prober of this.#probers.values()) prober.stop();
  }

  async #take(notBeforeMs: number, until?: number): Promise<Picture> {
    const { clock, links } = this.#options;
    const deadlineAtMs = until ?? clock.monotonic() + links.deadlineMs;
    const views = await Promise.all(
      [...this.#probers.values()].map((prober) => prober.ask(notBeforeMs, deadlineAtMs)),
    );
    const current = this.#current;
    if (current !== undefined && isSame(current, views)) return current;
    return this.#published(views);
  }

  #published(views: readonly ServerView[]): Picture {
    for (const view of views) {
      if (view.kind === 'answered') this.#identities.set(view.server, view.identity);
    }
    const picture = pictureOf({
      entries: this.#entries,
      views,
      readers: this.#options.readers,
      identities: this.#identities,
    });
    const current = this.#current;
    // One that waited for a slow server may be older than what is known by now.
    if (current !== undefined && current.askedAtMonotonicMs > picture.askedAtMonotonicMs) {
      return picture;
    }
    const dated = this.#sinceBook.dated(picture);
    this.#current = dated;
    this.#options.onPicture?.(dated);
    return dated;
  }

  #schedule(): void {
    if (this.#stopped) return;
    const { clock, links } = this.#options;
    this.#timer = setTimeout(
      () => {
        const again = () => this.#schedule();
        this.#take(clock.monotonic()).then(again, again);
      },
      Math.max(links.freshnessMs, BACKGROUND_PERIOD_MS),
    );
    this.#timer.unref();
  }

  #proberFor(server: ServerConfig): Prober {
    const { passwords, certificates, clock, links, open } = this.#options;
    const ca = certificates?.get(server.name);
    return new Prober({
      target: {
        server: server.name,
        host: server.host,
        port: server.port,
        user: server.monitor.user,
        password: passwords.get(server.name) ?? '',
        tls: { verify: server.tls.verify, ...(ca === undefined ? {} : { ca }) },
      },
      deadlineMs: links.deadlineMs,
      clock,
      open: open ?? openMonitorConnection,
      lookup: this.#lookup,
      onFailure: (reason) => this.#reportFailure(server.name, reason),
    });
  }

  #reportFailure(peer: string, reason: ProbeFailureReason): void {
    for (const { name, guarded } of this.#entries) {
      if (guarded) this.#options.onProbeFailed?.(name, peer, reason);
    }
  }
}

export function entryOf(server: ServerConfig): ServerEntry {
  const { name, host, port } = server;
  return { name, host, port, guarded: server.listen.length > 0 };
}

function isSame(picture: Picture, views: readonly ServerView[]): boolean {
  return views.every((view) => picture.views.get(view.server) === view);
}
