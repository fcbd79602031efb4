// The catalogs of the guarded servers, each read under that server's monitor account. Wires only.
import type { Clock } from '../clock.js';
import type { Dialect } from '../sql/dialect.js';
import type { StatementEffect } from '../sql/effect.js';
import type { FiringEntry, FiringNames } from '../sql/firing-names.js';
import { type MonitorTargets, monitorTargets } from '../topology/monitor-target.js';
import { Catalog, type Known } from './catalog.js';
import { openCatalogConnection } from './catalog-connection.js';

export interface CatalogsOptions extends MonitorTargets {
  readonly clock: Clock;
  readonly dialect: (server: string) => Dialect | undefined;
  readonly warn?: (server: string, message: string) => void;
}

export class Catalogs {
  readonly #catalogs: ReadonlyMap<string, Catalog>;
  readonly #options: CatalogsOptions;
  #told: () => void = () => undefined;

  constructor(options: CatalogsOptions) {
    this.#options = options;
    const { config } = options;
    const guarded = config.servers.filter(({ listen }) => listen.length > 0);
    this.#catalogs = new Map(
      guarded.map(({ name }) => [name, catalogOf(name, options, () => this.#told())]),
    );
  }

  /** What the effects come to at this server, looked up now. Never rejects. */
  async known(ask: {
    readonly server: string;
    readonly effects: readonly StatementEffect[];
    readonly database: string | undefined;
  }): Promise<Known> {
    const catalog = this.#catalogs.get(ask.server);
    const isNeeded = catalog !== undefined && Catalog.isNeededFor(ask.effects);
    if (!isNeeded) return { effects: ask.effects, elsewhere: [], moves: true };
    return await catalog.known(ask.effects, ask.database);
  }

  /** Told whenever a list has changed. */
  whenFiring(told: () => void): void {
    this.#told = told;
  }

  firing(server: string): FiringNames | undefined {
    return this.#catalogs.get(server)?.firing;
  }

  /** As plain data, by server, for other processes. */
  lists(): ReadonlyMap<string, readonly FiringEntry[]> {
    return new Map(
      [...this.#catalogs].map(([name, { firing }]) => [name, firing?.entries ?? []] as const),
    );
  }

  /** A probe round has ended: the lists follow. */
  refresh(): void {
    for (const catalog of this.#catalogs.values()) catalog.refresh();
  }

  /**
   * The first lists, before anybody is let in: what fires is not seen without them. Waits no longer
   * than for an answer; who has none by then is named. Never rejects.
   */
  async first(): Promise<void> {
    await Promise.all([...this.#catalogs].map(([name, catalog]) => this.#first(name, catalog)));
  }

  async #first(name: string, catalog: Catalog): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const { deadlineMs } = this.#options.config.links;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#options.warn?.(
          name,
          `what fires the code it keeps is not known after ${deadlineMs} ms`,
        );
        resolve();
      }, deadlineMs);
    });
    await Promise.race([catalog.list(), late]);
    clearTimeout(timer);
  }

  /** Of one server, now. */
  async list(server: string): Promise<void> {
    await this.#catalogs.get(server)?.list();
  }

  stop(): void {
    for (const catalog of this.#catalogs.values()) catalog.stop();
  }
}

function catalogOf(name: string, options: CatalogsOptions, onFiring: () => void): Catalog {
  const { config, clock, dialect, warn } = options;
  const target = monitorTargets(options)(name);
  const { deadlineMs } = config.links;
  return new Catalog({
    server: name,
    clock,
    open: () => openCatalogConnection(target, deadlineMs),
    dialect: () => dialect(name),
    deadlineMs,
    onFiring,
    warn: (message) => warn?.(name, message),
  });
}
