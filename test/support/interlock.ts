// A real Interlock for tests: `node dist/main.js run` as a child, on a configuration of its own.
// Waits with deadlines, never for luck; ends the child by its pid, also when the tests die.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { env, execPath } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise';
import type { ApprovalRecord } from '../../src/audit/approval-record.js';
import type { AuditRecord, DecisionRecord } from '../../src/audit/record.js';
import { createAccount, createMonitorAccount } from '../../src/lab/accounts.js';
import { freePort } from '../../src/lab/ports.js';
import type { LabServer } from '../../src/lab/server.js';
import { surroundings } from '../../src/lab/surroundings.js';
import { Watchdog } from '../../src/lab/watchdog.js';
import { exitOf, textOf } from './child-process.js';

/** The program as it ships; another build of it can be named. */
const MAIN = resolve(env.INTERLOCK_MAIN ?? 'dist/main.js');
export const MONITOR = { user: 'interlock', password: 'monitor-password' } as const;
/** May do everything, on the servers and so through Interlock. */
export const DBA = { user: 'dba', password: 'dba-password' } as const;
const READY_DEADLINE_MS = 60_000;

/** A server of a lab, or an address where none is. */
export interface Address {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface InterlockPlan {
  readonly guarded: readonly Address[];
  readonly watched?: readonly Address[];
  /** Where to listen for them, by name; free ports are found for the others. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Listens on ::1 too, on the same ports. */
  readonly ipv6?: boolean;
  /** Unix sockets to listen on too, by name, relative to the folder. */
  readonly sockets?: Readonly<Record<string, string>>;
  readonly monitor?: { readonly user: string; readonly password: string };
  /** More fields of each server's own mapping, by name: `mode: shadow`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** More lines of the file; a key that stands here replaces the one made here. */
  readonly more?: readonly string[];
  /** More of the environment it runs in. */
  readonly env?: Readonly<Record<string, string>>;
  /** Other files beside the configuration, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Where everything of one configuration is. */
export interface Written {
  readonly folder: string;
  readonly configFile: string;
  readonly auditFile: string;
  readonly metricsPort: number;
  readonly ports: ReadonlyMap<string, number>;
}

/** Accounts that Interlock and its clients log in with, on each of the servers, unlogged. */
export async function addAccounts(servers: readonly LabServer[]): Promise<void> {
  for (const server of servers) {
    await createMonitorAccount(server, MONITOR);
    await createAccount(server, { ...DBA, rights: ['ALL PRIVILEGES'] });
  }
}

export async function writeConfig(plan: InterlockPlan, folder: string): Promise<Written> {
  const { guarded, watched = [], monitor = MONITOR, fields = {}, more = [] } = plan;
  const ports = new Map<string, number>();
  for (const { name } of guarded) {
    ports.set(name, plan.ports?.[name] ?? (await freePortBut([...ports.values()])));
  }
  const metricsPort = await freePortBut([...ports.values()]);
  const entry = ({ name, host, port }: Address): string => {
    const listen = ports.get(name);
    const over6 = plan.ipv6 === true ? [`'[::1]:${listen}'`] : [];
    const socket = [plan.sockets?.[name]].filter((path) => path !== undefined);
    const own = [
      `address: ${host}:${port}`,
      ...(listen === undefined
        ? []
        : [`listen: [${[`127.0.0.1:${listen}`, ...over6, ...socket].join(', ')}]`]),
      ...(fields[name] === undefined ? [] : [fields[name]]),
    ];
    return `  ${name}: { ${own.join(', ')} }`;
  };
  const made = [
    `monitor: { user: ${monitor.user}, passwordFile: ./monitor-password }`,
    'links: { freshness: 1s, deadline: 1s }',
    `metrics: { listen: 127.0.0.1:${metricsPort} }`,
    'admin: { socket: ./admin.sock }',
    'audit: { file: ./audit.jsonl }',
  ].filter((line) => !more.some((other) => keyOf(other) === keyOf(line)));
  const configFile = join(folder, 'interlock.yaml');
  const text = ['servers:', ...[...guarded, ...watched].map(entry), ...made, ...more, ''];
  await writeFile(join(folder, 'monitor-password'), monitor.password, { mode: 0o600 });
  for (const [name, content] of Object.entries(plan.files ?? {})) {
    await writeFile(join(folder, name), content);
  }
  await writeFile(configFile, text.join('\n'));
  return { folder, configFile, auditFile: join(folder, 'audit.jsonl'), metricsPort, ports };
}

/** A port that was let go a moment ago may be given out again. */
async function freePortBut(taken: readonly number[]): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (!taken.includes(port)) return port;
  }
}

function keyOf(line: string): string {
  return line.split(':', 1)[0] ?? '';
}

type Recorded = Exclude<AuditRecord, ApprovalRecord>;

/** What a run of the program to its end gave. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line of Interlock to its end. */
export async function interlock(args: readonly string[], input?: string): Promise<Ended> {
  const child = spawn(execPath, [MAIN, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const stdout = textOf(child.stdout);
  const stderr = textOf(child.stderr);
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const closed = once(child, 'close');
  const code = await exitOf(child);
  await closed;
  return { code, stdout: stdout(), stderr: stderr() };
}

/** A running `interlock run`. */
export class RunningInterlock {
  readonly at: Written;
  #child: ChildProcess;
  readonly #watchdog: Watchdog;
  /** What each of its processes logged so far. */
  readonly #logs: (() => string)[] = [];
  readonly #open: Connection[] = [];

  private constructor(at: Written, child: ChildProcess, watchdog: Watchdog) {
    this.at = at;
    this.#child = child;
    this.#watchdog = watchdog;
    this.#logs.push(textOf(child.stderr));
  }

  /** Writes the configuration, starts the process and waits until /readyz says so. */
  static async start(plan: InterlockPlan): Promise<RunningInterlock> {
    const running = await RunningInterlock.launch(plan);
    await running
      .until('ready', async () => (await running.readyz()).status === 200)
      .catch(async (cause: unknown) => {
        await running.stop('SIGKILL');
        throw cause;
      });
    return running;
  }

  /** The same without waiting for /readyz to be content: only for it to answer. */
  static async startUnready(plan: InterlockPlan): Promise<RunningInterlock> {
    const running = await RunningInterlock.launch(plan);
    await running.until('serving metrics', async () => (await running.readyz()).status > 0);
    return running;
  }

  static async launch(plan: InterlockPlan): Promise<RunningInterlock> {
    const folder = await mkdtemp(join(surroundings().temporaryFolder, 'interlock-run-'));
    const watchdog = Watchdog.guard(folder);
    const at = await writeConfig(plan, folder);
    const child = spawnOn(at, watchdog, plan.env);
    return new RunningInterlock(at, child, watchdog);
  }

  /** Ends this process and leaves its folder: by SIGKILL it has no time for anything. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    for (const connection of this.#open.splice(0)) connection.destroy();
    this.#child.kill(signal);
    await this.exit();
  }

  /** The same configuration again in the same folder, once it has ended; ready when this resolves. */
  async startAgain(): Promise<void> {
    this.#child = spawnOn(this.at, this.#watchdog);
    this.#logs.push(textOf(this.#child.stderr));
    await this.until('ready again', async () => (await this.readyz()).status === 200);
  }

  /** What it logged so far, one JSON object a line. */
  get log(): string {
    return this.#logs.map((text) => text()).join('');
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get exited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  port(server: string): number {
    const port = this.at.ports.get(server);
    if (port === undefined) throw new Error(`${server} is not guarded here`);
    return port;
  }

  /** A client's session through Interlock, ended with it. */
  async connect(server: string, options: ConnectionOptions = {}): Promise<Connection> {
    const to = { host: '127.0.0.1', port: this.port(server), ...DBA, multipleStatements: true };
    const connection = await createConnection({ ...to, ...options });
    connection.on('error', () => undefined);
    this.#open.push(connection);
    return connection;
  }

  async get(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const answer = await fetch(`http://127.0.0.1:${this.at.metricsPort}${path}`);
    return { status: answer.status, body: await answer.text() };
  }

  readyz(): Promise<{ readonly status: number; readonly body: string }> {
    return this.get('/readyz').catch(() => ({ status: 0, body: 'nobody answers' }));
  }

  /** The value of one series, its labels in any order; undefined when there is none. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const { body } = await this.get('/metrics');
    const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
    const line = body
      .split('\n')
      .filter((each) => new RegExp(`^interlock_${name}[{ ]`).test(each))
      .find((each) => wanted.every((label) => each.includes(label)));
    if (line === undefined) throw new Error(`no series ${name} ${wanted.join(',')}`);
    return Number(line.slice(line.lastIndexOf(' ') + 1));
  }

  async records(): Promise<readonly Recorded[]> {
    const text = await readFile(this.at.auditFile, 'utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  async decision(id: string): Promise<DecisionRecord> {
    for (const each of await this.records()) {
      if (each.kind === 'decision' && each.id === id) return each;
    }
    throw new Error(`no decision ${id} in the audit file`);
  }

  /** Polls until it holds, and says what it waited for when it never does. */
  async until(what: string, holds: () => Promise<boolean>, deadlineMs = READY_DEADLINE_MS) {
    const deadline = performance.now() + deadlineMs;
    while (!(await holds())) {
      const state = this.exited ? 'it has ended' : (await this.readyz()).body;
      if (this.exited || performance.now() > deadline) {
        throw new Error(`Interlock is not ${what}: ${state}\n${this.log}`);
      }
      await sleep(20);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Resolves with the exit code, or null after a signal. */
  exit(): Promise<number | null> {
    return exitOf(this.#child);
  }

  /** Ends its clients, then itself, then its folder. The exit code of a drained run is 0. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    for (const connection of this.#open.splice(0)) connection.destroy();
    if (!this.exited) this.#child.kill(signal);
    const code = await this.exit();
    await this.#watchdog.release();
    return code;
  }
}

function spawnOn(at: Written, watchdog: Watchdog, more: InterlockPlan['env'] = {}): ChildProcess {
  const child = spawn(execPath, [MAIN, 'run', '--config', at.configFile], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...env, ...more },
  });
  if (child.pid !== undefined) watchdog.watch(child.pid);
  return child;
}
