// Several servers and the folder they live in: started together, ended together. Whatever ends
// this process, the watchdog ends the servers and removes the folder.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InterlockError, messageOf } from '../errors.js';
import { type FetchOptions, fetchServer, fetchTools } from './fetch.js';
import type { Installation } from './installation.js';
import type { ServerLine, ToolName } from './lines.js';
import { freePort } from './ports.js';
import { LabServer, type ServerPlan } from './server.js';
import type { ServerDescription } from './server-options.js';
import { type Surroundings, surroundings } from './surroundings.js';
import { Watchdog } from './watchdog.js';

export interface LabOptions {
  readonly report?: (line: string) => void;
  readonly surroundings?: Surroundings;
}

export interface StartOptions {
  readonly line: ServerLine;
  readonly name: string;
  /** Distinct ones are given out where it is left out. */
  readonly serverId?: number;
  readonly port?: number;
  /** On unless said otherwise; MariaDB always has GTIDs. */
  readonly gtid?: boolean;
  readonly rowFormat?: ServerDescription['rowFormat'];
  /** More flags for the daemon; the last one of a name wins. */
  readonly options?: readonly string[];
  /** Flags of the first start only: a node that makes a cluster joins it ever after. */
  readonly firstOptions?: readonly string[];
  /** Variables of its process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

const PORT_TRIES = 4;

export class Lab {
  /** Everything the lab has on disk besides the cache. Callers may put files of their own here. */
  readonly folder: string;
  readonly #fetch: FetchOptions;
  readonly #watchdog: Watchdog;
  readonly #servers = new Map<string, LabServer>();
  #nextServerId = 1;
  #closing: Promise<void> | undefined;

  private constructor(folder: string, fetch: FetchOptions, watchdog: Watchdog) {
    this.folder = folder;
    this.#fetch = fetch;
    this.#watchdog = watchdog;
  }

  static async open(options: LabOptions = {}): Promise<Lab> {
    const around = options.surroundings ?? surroundings();
    const folder = await mkdtemp(join(around.temporaryFolder, 'interlock-'));
    const fetch = { surroundings: around, report: options.report ?? (() => undefined) };
    return new Lab(folder, fetch, Watchdog.guard(folder));
  }

  get servers(): readonly LabServer[] {
    return [...this.#servers.values()];
  }

  /** Fetches what is needed, makes a fresh data folder and returns once the server answers. */
  async start(options: StartOptions): Promise<LabServer> {
    const { line, name } = options;
    const folder = join(this.folder, name);
    const serverId = options.serverId ?? this.#nextServerId;
    this.#nextServerId = Math.max(this.#nextServerId, serverId) + 1;
    await mkdir(folder).catch((cause: unknown) => {
      throw new InterlockError('LAB_FAILED', `the lab has a server ${name} already`, { cause });
    });
    const installation = await fetchServer(line, this.#fetch);
    this.#refuseWhenClosing(name);
    const plan = {
      name,
      serverId,
      gtid: options.gtid ?? true,
      rowFormat: options.rowFormat ?? 'ROW',
      options: options.options ?? [],
      firstOptions: options.firstOptions ?? [],
      environment: options.environment ?? {},
    };
    const server = await this.#startOn(installation, plan, options.port);
    this.#servers.set(name, server);
    if (this.#closing !== undefined) await server.discard();
    this.#refuseWhenClosing(name);
    return server;
  }

  get searchPath(): readonly string[] {
    return this.#fetch.surroundings.searchPath;
  }

  /** Where a tool lies, fetched if it is not there yet. */
  async toolFolder(name: ToolName): Promise<string> {
    return (await fetchTools(name, this.#fetch)).folder;
  }

  /** The server of that name; asking for one that was never started is a mistake. */
  server(name: string): LabServer {
    const server = this.#servers.get(name);
    if (server === undefined) throw new InterlockError('LAB_FAILED', `no server ${name} here`);
    return server;
  }

  /** Ends every server and leaves nothing behind. Safe to call twice and from a signal handler. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.discard().catch(() => undefined)));
    await this.#watchdog.release();
  }

  /** On the port asked for, or on a free one; if that is lost to somebody else, on another. */
  async #startOn(
    installation: Installation,
    plan: Omit<ServerPlan, 'port'>,
    port: number | undefined,
  ): Promise<LabServer> {
    const folder = join(this.folder, plan.name);
    const where = { folder, watchdog: this.#watchdog, fetch: this.#fetch };
    for (let tries = port === undefined ? PORT_TRIES : 1; ; tries -= 1) {
      const numbered = { ...plan, port: port ?? (await freePort()) };
      try {
        return await LabServer.start(installation, numbered, where);
      } catch (cause) {
        await rm(folder, { recursive: true, force: true });
        if (tries <= 1 || !/address already in use/i.test(messageOf(cause))) throw cause;
      }
    }
  }

  #refuseWhenClosing(name: string): void {
    if (this.#closing === undefined) return;
    throw new InterlockError('LAB_FAILED', `${name} was not started: the lab is closing`);
  }
}
