// The catalogs of the guarded servers, each read under that server's monitor account. Wires only.
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { monitorPasswords } from '../config/secrets.js';
import type { Dialect } from '../sql/dialect.js';
import type { StatementEffect } from '../sql/effect.js';
import type { FiringEntry, FiringNames } from '../sql/firing-names.js';
import { Catalog, type Known } from './catalog.js';
import { openCatalogConnection } from './catalog-connection.js';

export interface CatalogsOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By server name; the PEM text of tls.caFile, where there is one. */
  readonly certificates: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly dialect: (server: string) => Dialect | undefined;
  readonly warn?: (server: string, message: string) => void;
}

export class Catalogs {
  readonly #catalogs: ReadonlyMap<string, Catalog>;
  #told: () => void = () => undefined;

  constructor(options: CatalogsOptions) {
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

  /** Of one server, now. */
  async list(server: string): Promise<void> {
    await this.#catalogs.get(server)?.list();
  }

  stop(): void {
    for (const catalog of this.#catalogs.values()) catalog.stop();
  }
}

function catalogOf(name: string, options: CatalogsOptions, onFiring: () => void): Catalog {
  const { config, env, certificates, clock, dialect, warn } = options;
  const passwords = monitorPasswords(config, env);
  const server = config.servers.find((entry) => entry.name === name);
  const ca = certificates.get(name);
  const { deadlineMs } = config.links;
  const target = {
    server: name,
    host: server?.host ?? '',
    port: server?.port ?? 0,
    user: server?.monitor.user ?? '',
    // A password that could not be read is said by the topology, which logs in with it first.
    password: passwords.kind === 'broken' ? '' : (passwords.value.get(name) ?? ''),
    tls: { verify: server?.tls.verify ?? ('full' as const), ...(ca === undefined ? {} : { ca }) },
    connectTimeoutMs: deadlineMs,
  };
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
