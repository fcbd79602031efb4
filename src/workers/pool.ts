// The workers of this Interlock: started, given sessions, started again when they die, and drained.
// Judging, recording, probing, listening and counting stay in the primary, once.
import { fileURLToPath } from 'node:url';
import type { Metrics } from '../admin/metrics.js';
import type { ReadinessState } from '../admin/metrics-server.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { InterlockError } from '../errors.js';
import type { Guard } from '../gateway/guard.js';
import type { TlsMaterial } from '../gateway/sessions.js';
import type { Visit } from '../gateway/visit.js';
import { ER_CON_COUNT_ERROR } from '../wire/error-codes.js';
import { errPacket } from '../wire/packets/err-packet.js';
import type { Counts, Dialects, FiringLists } from './messages.js';
import type { Serving } from './serving.js';
import { WorkerProcess } from './worker-child.js';

export interface PoolOptions {
  readonly config: Config;
  readonly tls: TlsMaterial;
  readonly guard: Guard;
  readonly metrics: Pick<Metrics, 'command' | 'unguarded' | 'asked'>;
  /** What the monitor knows of the servers now. */
  readonly dialects: () => Dialects;
  readonly lists: () => FiringLists;
  readonly clock: Clock;
  readonly log: {
    info(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

const SCRIPT = fileURLToPath(new URL('../main.js', import.meta.url));
const READY_DEADLINE_MS = 30_000;
/** Beyond its own deadline, for a worker to end. */
const EXIT_GRACE_MS = 3_000;
/** One that lived shorter than this is started again only after a pause, each longer. */
const SHORT_LIFE_MS = 5_000;
const PAUSE_MS = { first: 500, longest: 30_000 } as const;

export class WorkerPool implements Serving {
  readonly #options: PoolOptions;
  readonly #workers = new Map<number, WorkerProcess>();
  #tls: TlsMaterial;
  #known: string;
  #open: readonly string[] = [];
  #isDraining = false;
  #pauseMs = 0;
  #changed: () => void = () => undefined;

  private constructor(options: PoolOptions) {
    this.#options = options;
    this.#tls = options.tls;
    this.#known = textOf(options.dialects(), options.lists());
  }

  /** Resolves when all are ready; throws WORKER_FAILED when they don't get so. */
  static async start(options: PoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    for (let number = 1; number <= options.config.workers; number += 1) pool.#launch(number);
    const isReady = await pool.#until(() => pool.ready.ok, READY_DEADLINE_MS);
    if (isReady) return pool;
    await pool.drain(0);
    const text = `workers: ${options.config.workers}: not all of them were ready in time`;
    throw new InterlockError('WORKER_FAILED', `${text}. The log says why; try workers: 1`);
  }

  get ready(): ReadinessState {
    const { workers } = this.#options.config;
    const ready = [...this.#workers.values()].filter(({ isReady }) => isReady).length;
    if (ready === workers) return { ok: true };
    return { ok: false, reason: `${ready} of ${workers} workers are ready` };
  }

  open(visit: Visit): void {
    const free = [...this.#workers.values()]
      .filter(({ isReady }) => isReady)
      .toSorted((one, other) => one.sessions - other.sessions)[0];
    if (free !== undefined) {
      free.open(visit);
      return;
    }
    const { socket } = visit;
    const message = 'Interlock: its worker processes are starting. Connect again in a moment.';
    socket.on('error', () => undefined);
    socket.end(errPacket(ER_CON_COUNT_ERROR, message, { sequenceId: 0, withSqlState: false }), () =>
      socket.destroy(),
    );
    visit.stay.leave();
  }

  useTls(tls: TlsMaterial): void {
    this.#tls = tls;
    for (const worker of this.#workers.values()) worker.tell({ kind: 'tls', tls });
  }

  /** The monitor has learned something. */
  learned(): void {
    const dialects = this.#options.dialects();
    const lists = this.#options.lists();
    const known = textOf(dialects, lists);
    if (known === this.#known) return;
    this.#known = known;
    for (const worker of this.#workers.values()) worker.tell({ kind: 'learned', dialects, lists });
  }

  opened(servers: readonly string[]): void {
    this.#open = servers;
    for (const worker of this.#workers.values()) worker.tell({ kind: 'open', servers });
  }

  async collect(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.count()));
  }

  async drain(deadlineMs: number): Promise<void> {
    this.#isDraining = true;
    for (const worker of this.#workers.values()) worker.tell({ kind: 'drain', deadlineMs });
    const haveEnded = (): boolean => this.#workers.size === 0;
    if (await this.#until(haveEnded, deadlineMs + EXIT_GRACE_MS)) return;
    for (const worker of this.#workers.values()) worker.kill();
    await this.#until(haveEnded, EXIT_GRACE_MS);
  }

  #launch(number: number): void {
    const { guard, config, clock, log } = this.#options;
    const worker = new WorkerProcess({
      number,
      script: SCRIPT,
      guard,
      startedMs: clock.monotonic(),
      events: {
        ready: () => {
          log.info({ worker: number }, 'a worker is ready');
          this.#changed();
        },
        counted: (counts) => this.#add(counts),
        exited: (dead, how) => this.#exited(dead, how),
      },
    });
    this.#workers.set(number, worker);
    const { servers, readers, limits, tls } = config;
    const learned = { dialects: this.#options.dialects(), lists: this.#options.lists() };
    const serve = { config: { servers, readers, limits, tls }, tls: this.#tls, ...learned };
    worker.tell({ kind: 'serve', ...serve });
    worker.tell({ kind: 'open', servers: this.#open });
  }

  #exited(worker: WorkerProcess, how: string): void {
    this.#workers.delete(worker.number);
    this.#changed();
    if (this.#isDraining) return;
    const { log, clock } = this.#options;
    const livedMs = clock.monotonic() - worker.startedMs;
    this.#pauseMs = livedMs < SHORT_LIFE_MS ? nextPause(this.#pauseMs) : 0;
    const fields = { worker: worker.number, how, pauseMs: this.#pauseMs };
    log.error(fields, 'a worker died; another is started in its place');
    setTimeout(() => {
      if (!this.#isDraining) this.#launch(worker.number);
    }, this.#pauseMs);
  }

  #add(counts: readonly Counts[]): void {
    const { metrics } = this.#options;
    for (const { server, commands, unguarded, asked } of counts) {
      for (const [command, count] of commands) metrics.command(server, command, count);
      metrics.unguarded(server, unguarded);
      for (const [why, count] of asked) metrics.asked(server, why, count);
    }
  }

  /** Looks again whenever a worker has come or gone. */
  #until(holds: () => boolean, deadlineMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (result: boolean): void => {
        clearTimeout(timer);
        this.#changed = () => undefined;
        resolve(result);
      };
      const timer = setTimeout(() => settle(false), deadlineMs);
      this.#changed = () => {
        if (holds()) settle(true);
      };
      this.#changed();
    });
  }
}

function nextPause(pauseMs: number): number {
  return Math.min(Math.max(pauseMs * 2, PAUSE_MS.first), PAUSE_MS.longest);
}

function textOf(dialects: Dialects, lists: FiringLists): string {
  return JSON.stringify([[...dialects], [...lists]]);
}
