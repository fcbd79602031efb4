// Looks at each guarded server, now and then, for sessions that did not come through Interlock. One
// that is seen twice counts: a session that is just coming or going is told late by either side.
import { messageOf } from '../errors.js';
import type { Network } from '../policy/network.js';
import type { QuestionConnection } from '../topology/question-connection.js';
import { THREADS_SQL, type Thread, threadsAround } from './threads.js';

export interface WatchedServer {
  readonly name: string;
  readonly monitorUser: string;
}

export interface AroundOptions {
  readonly servers: readonly WatchedServer[];
  readonly expected: readonly Network[];
  readonly open: (server: string) => QuestionConnection;
  /** The server's thread ids of sessions through Interlock, as of now. */
  readonly through: (server: string) => ReadonlySet<number>;
  readonly onCount: (server: string, count: number) => void;
  readonly log: { warn(fields: object, message: string): void };
  readonly periodMs?: number;
}

export const AROUND_PERIOD_MS = 15_000;
/** After somebody was seen for the first time. */
const SECOND_LOOK_MS = 1_000;
const ANSWER_TIMEOUT_MS = 5_000;

/** What the last look at a server found. */
interface Look {
  readonly around: readonly Thread[];
  readonly seen: ReadonlySet<number>;
}

export class AroundWatch {
  readonly #options: AroundOptions;
  readonly #connections = new Map<string, QuestionConnection>();
  readonly #looks = new Map<string, Look>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: AroundOptions) {
    this.#options = options;
  }

  start(): void {
    const { servers, periodMs = AROUND_PERIOD_MS } = this.#options;
    const round = (): void => {
      void Promise.all(servers.map((server) => this.#look(server))).then((found) => {
        if (this.#isStopped) return;
        const isSure = !found.includes('perhaps');
        this.#timer = setTimeout(round, isSure ? periodMs : Math.min(periodMs, SECOND_LOOK_MS));
        this.#timer.unref();
      });
    };
    round();
  }

  /** Who went around at the last look, by server; a server that could not be asked is absent. */
  now(): ReadonlyMap<string, readonly Thread[]> {
    return new Map([...this.#looks].map(([server, { around }]) => [server, around]));
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const server of [...this.#connections.keys()]) this.#close(server);
  }

  /** Never rejects: a server that does not answer is the topology's to tell of. */
  async #look({ name, monitorUser }: WatchedServer): Promise<'sure' | 'perhaps'> {
    const { open, through, expected, onCount, log } = this.#options;
    try {
      const connection = this.#connections.get(name) ?? open(name);
      this.#connections.set(name, connection);
      const rows = await connection.ask(THREADS_SQL, [], ANSWER_TIMEOUT_MS);
      const known = { through: through(name), monitorUser, expected };
      const found = threadsAround(rows, known);
      const before = this.#looks.get(name);
      const around = found.filter(({ id }) => before?.seen.has(id) === true);
      if (around.length > 0 && (before?.around.length ?? 0) === 0) {
        const [{ user, host }] = around as [Thread];
        const fields = { server: name, sessions: around.length, user, host };
        log.warn(fields, 'sessions did not come through Interlock: what they run is not judged');
      }
      this.#looks.set(name, { around, seen: new Set(found.map(({ id }) => id)) });
      onCount(name, around.length);
      return found.length > around.length ? 'perhaps' : 'sure';
    } catch (thrown) {
      this.#close(name);
      this.#looks.delete(name);
      if (!this.#isStopped) {
        log.warn({ server: name, reason: messageOf(thrown) }, 'cannot tell who goes around');
      }
      return 'sure';
    }
  }

  #close(server: string): void {
    this.#connections.get(server)?.destroy();
    this.#connections.delete(server);
  }
}
