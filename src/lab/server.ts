// One running server: its process, its folder, and a connection to it as root. Owns what it
// started and ends it by pid; knows nothing of other servers (replication.ts links them).
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise';
import { InterlockError, messageOf } from '../errors.js';
import { makeDataFolder } from './data-folder.js';
import type { FetchOptions } from './fetch.js';
import { untilFrozen } from './frozen.js';
import type { Installation } from './installation.js';
import type { ServerLine } from './lines.js';
import { lastWords } from './program.js';
import { RootSession, type Row, rowsOf } from './root-session.js';
import { type ServerDescription, serverOptions } from './server-options.js';
import type { Watchdog } from './watchdog.js';

export interface ServerPlan {
  readonly name: string;
  readonly serverId: number;
  readonly port: number;
  readonly gtid: boolean;
  readonly rowFormat: ServerDescription['rowFormat'];
  readonly options: readonly string[];
  /** Of the first start only. */
  readonly firstOptions: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;
const LETTING_GO_DEADLINE_MS = 2_000;

export class LabServer {
  readonly host = '127.0.0.1';
  readonly #installation: Installation;
  readonly #plan: ServerPlan;
  readonly #folder: string;
  readonly #isRoot: boolean;
  readonly #watchdog: Watchdog;
  readonly #root: RootSession;
  #process: ChildProcess | undefined;
  #frozen = false;

  private constructor(made: {
    readonly installation: Installation;
    readonly plan: ServerPlan;
    readonly folder: string;
    readonly isRoot: boolean;
    readonly watchdog: Watchdog;
  }) {
    this.#installation = made.installation;
    this.#plan = made.plan;
    this.#folder = made.folder;
    this.#isRoot = made.isRoot;
    this.#watchdog = made.watchdog;
    this.#root = new RootSession(() => this.connect());
  }

  /** Makes the data folder inside `folder`, starts the server and waits until it answers. */
  static async start(
    installation: Installation,
    plan: ServerPlan,
    where: { readonly folder: string; readonly watchdog: Watchdog; readonly fetch: FetchOptions },
  ): Promise<LabServer> {
    const { folder, watchdog, fetch } = where;
    const { isRoot } = fetch.surroundings;
    await mkdir(join(folder, 'tmp'), { recursive: true });
    await makeDataFolder(installation, join(folder, 'data'), fetch);
    const server = new LabServer({ installation, plan, folder, isRoot, watchdog });
    await server.#launch(plan.firstOptions);
    return server;
  }

  get name(): string {
    return this.#plan.name;
  }

  get line(): ServerLine {
    return this.#installation.line;
  }

  /** What the server says it is: `10.11.19-MariaDB`. */
  get version(): string {
    return this.#installation.version;
  }

  get serverId(): number {
    return this.#plan.serverId;
  }

  get port(): number {
    return this.#plan.port;
  }

  get gtid(): boolean {
    return this.#plan.gtid;
  }

  get socket(): string {
    return join(this.#folder, 'sock');
  }

  get directory(): string {
    return this.#folder;
  }

  get errorLog(): string {
    return join(this.#folder, 'error.log');
  }

  /** The real programs that go with this server, without connection options. */
  get clientTools(): Pick<Installation, 'client' | 'dump' | 'binlog'> {
    return this.#installation;
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new InterlockError('LAB_FAILED', `${this.name} is not running`);
    return pid;
  }

  get running(): boolean {
    return this.#process !== undefined;
  }

  /** A new connection, as root unless told otherwise. The caller ends it. */
  connect(options: ConnectionOptions = {}): Promise<Connection> {
    const base = { host: this.host, port: this.port, user: 'root', password: '' };
    return createConnection({ ...base, supportBigNumbers: true, ...options });
  }

  /** Rows of one statement, run as root. What returns no rows gives an empty list. */
  query(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.#root.query(sql, values);
  }

  /** Several statements, one after another, in one session as root. */
  async execute(...statements: readonly string[]): Promise<void> {
    for (const statement of statements) await this.query(statement);
  }

  /** SIGSTOP freezes it (when this resolves, no thread of it runs), SIGCONT lets it go on, SIGKILL ends it without a word. */
  async kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): Promise<void> {
    const child = this.#process;
    if (child === undefined) throw new InterlockError('LAB_FAILED', `${this.name} is not running`);
    child.kill(signal);
    if (signal === 'SIGSTOP') {
      this.#frozen = true;
      await untilFrozen(this.pid);
    }
    if (signal === 'SIGCONT') this.#frozen = false;
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await this.#ended(child, STOP_DEADLINE_MS);
  }

  /** Stops it, if it runs, and starts it on the same data and port. */
  async restart(options: readonly string[] = []): Promise<void> {
    await this.shutDown();
    await this.#launch(options);
  }

  /** Stops it and keeps its data. Asks nicely for a while, then does not ask. */
  async shutDown(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && !this.#frozen) await this.#letConsumersGo();
    await this.#root.close();
    if (child === undefined) return;
    child.kill(this.#frozen ? 'SIGKILL' : 'SIGTERM');
    if (!(await this.#ended(child, STOP_DEADLINE_MS))) {
      child.kill('SIGKILL');
      await this.#ended(child, STOP_DEADLINE_MS);
    }
  }

  /** Stops it and removes its folder. */
  async stop(): Promise<void> {
    await this.shutDown();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** For when the data is not needed any more: no asking nicely. */
  async discard(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.stop();
  }

  /** A MySQL server that is told to stop waits ten seconds for its idle dump threads. */
  async #letConsumersGo(): Promise<void> {
    if (this.line === 'mariadb-10.11') return;
    const killing = this.#killDumpThreads().catch(() => undefined);
    await Promise.race([killing, sleep(LETTING_GO_DEADLINE_MS, undefined, { ref: false })]);
  }

  async #killDumpThreads(): Promise<void> {
    const threads = await this.query(
      "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'",
    );
    for (const { id } of threads) await this.query(`KILL ${Number(id)}`);
  }

  async #launch(options: readonly string[]): Promise<void> {
    const { daemon } = this.#installation;
    const flags = serverOptions(this.#installation, this.#description(options));
    const child = spawn(daemon.command, [...daemon.args, ...flags], {
      cwd: this.#folder,
      env: { ...daemon.env, ...this.#plan.environment },
      // A session of its own: Ctrl-C at the terminal is for the program that asked for servers.
      detached: true,
      stdio: 'ignore',
    });
    if (child.pid !== undefined) this.#watchdog.watch(child.pid);
    this.#process = child;
    this.#frozen = false;
    let failure: unknown;
    child.on('error', (cause) => {
      failure = cause;
      this.#process = undefined;
    });
    child.on('exit', () => {
      if (this.#process === child) this.#process = undefined;
    });
    await this.#untilItAnswers(child, () => failure);
    // Servers are background: only what waits for them keeps the process alive.
    child.unref();
  }

  #description(options: readonly string[]): ServerDescription {
    return {
      ...this.#plan,
      dataFolder: join(this.#folder, 'data'),
      socket: this.socket,
      pidFile: join(this.#folder, 'pid'),
      errorLog: this.errorLog,
      temporaryFolder: join(this.#folder, 'tmp'),
      isRoot: this.#isRoot,
      options: [...this.#plan.options, ...options],
    };
  }

  async #untilItAnswers(child: ChildProcess, failure: () => unknown): Promise<void> {
    const deadline = performance.now() + START_DEADLINE_MS;
    let reason = 'it did not answer';
    while (performance.now() < deadline) {
      if (this.#process !== child) return this.#startFailed(messageOf(failure() ?? 'it ended'));
      try {
        if (await this.#isOurs()) return;
        reason = `another server answers on port ${this.port}`;
      } catch (cause) {
        reason = messageOf(cause);
      }
      await sleep(25);
    }
    child.kill('SIGKILL');
    return this.#startFailed(`${reason} within ${START_DEADLINE_MS} ms`);
  }

  /** A port can be lost to another server between being found free and being taken. */
  async #isOurs(): Promise<boolean> {
    const connection = await this.connect({ connectTimeout: 2_000 });
    try {
      const [row] = await rowsOf(connection, 'SELECT @@socket AS socket', []);
      return row?.socket === this.socket;
    } finally {
      connection.destroy();
    }
  }

  async #startFailed(reason: string): Promise<never> {
    const log = await readFile(this.errorLog, 'utf8').catch(() => '');
    const errors = log.split('\n').filter((line) => /\[ERROR\]/.test(line));
    const said = lastWords(errors.length > 0 ? errors.join('\n') : log);
    throw new InterlockError('LAB_FAILED', `${this.name} (${this.line}): ${reason}. Log: ${said}`);
  }

  async #ended(child: ChildProcess, deadlineMs: number): Promise<boolean> {
    const deadline = performance.now() + deadlineMs;
    while (child.exitCode === null && child.signalCode === null) {
      if (performance.now() > deadline) return false;
      await sleep(10);
    }
    if (this.#process === child) this.#process = undefined;
    await this.#root.close();
    return true;
  }
}
