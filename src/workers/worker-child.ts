// One worker as the primary sees it: the child process, the visits it serves, and the permits that
// are out with it. When it dies, all of these are accounted for.
import { type ChildProcess, fork } from 'node:child_process';
import type { Doom } from '../flight/book.js';
import type { Guard } from '../gateway/guard.js';
import type { Stay, Visit } from '../gateway/visit.js';
import type { Judgement } from '../policy/verdict.js';
import type { ToWorker } from './messages.js';
import { type Counts, isToPrimary, type RemoteJudgement, type ToPrimary } from './messages.js';

export interface WorkerEvents {
  ready(worker: WorkerProcess): void;
  counted(counts: readonly Counts[]): void;
  exited(worker: WorkerProcess, how: string): void;
}

export interface WorkerOptions {
  /** From 1, for the log. */
  readonly number: number;
  /** The program, which is told to be a worker. */
  readonly script: string;
  readonly guard: Guard;
  readonly events: WorkerEvents;
  readonly startedMs: number;
}

const COUNT_DEADLINE_MS = 500;

export class WorkerProcess {
  readonly number: number;
  readonly startedMs: number;
  readonly #options: WorkerOptions;
  readonly #child: ChildProcess;
  /** Of those whose sessions it has, by session. */
  readonly #stays = new Map<number, Stay>();
  /** Permitted statements that it has not told the outcome of. */
  readonly #permitted = new Set<string>();
  #isReady = false;
  #hasExited = false;
  #counted: (() => void) | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.number = options.number;
    this.startedMs = options.startedMs;
    this.#child = fork(options.script, ['worker', String(options.number)], {
      // Buffers and maps as they are; JSON would make something else of them.
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message) => {
      if (isToPrimary(message)) this.#take(message);
    });
    // A child that could not be started, or not be told something, ends by its exit.
    this.#child.on('error', () => this.#child.kill('SIGKILL'));
    this.#child.once('close', (code, signal) => this.#exited(signal ?? `exit code ${code}`));
  }

  get isReady(): boolean {
    return this.#isReady && !this.#hasExited;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  get sessions(): number {
    return this.#stays.size;
  }

  tell(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Hands the socket over; from then on it is the worker's alone. */
  open(visit: Visit): void {
    const { socket, already, stay, ...facts } = visit;
    this.#stays.set(facts.session, stay);
    // What came between the header and now belongs to the session too.
    const more: unknown = socket.readableLength > 0 ? socket.read() : undefined;
    const all = Buffer.isBuffer(more) ? Buffer.concat([already, more]) : already;
    this.#child.send({ kind: 'visit', visit: facts, already: all }, socket, (error) => {
      if (error === null) return;
      socket.destroy();
      this.#close(facts.session);
    });
  }

  /** Resolves when it has told what it counted, or takes too long. */
  count(): Promise<void> {
    if (!this.isReady) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, COUNT_DEADLINE_MS);
      this.#counted = () => {
        clearTimeout(timer);
        resolve();
      };
      this.tell({ kind: 'count' });
    });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #take(message: ToPrimary): void {
    switch (message.kind) {
      case 'ready':
        this.#isReady = true;
        this.#options.events.ready(this);
        return;
      case 'judge':
        void this.#judge(message);
        return;
      case 'answered':
        if (this.#permitted.delete(message.recordId)) {
          this.#options.guard.answered(message.recordId, message.outcome);
        }
        return;
      case 'transaction-ended':
        this.#options.guard.transactionEnded(message.session, message.end);
        return;
      case 'logged-in':
        this.#stays.get(message.session)?.loggedIn(message.threadId);
        return;
      case 'closed':
        this.#close(message.session);
        return;
      case 'counts':
        this.#options.events.counted(message.counts);
        if (message.isAsked) this.#counted?.();
        return;
    }
    message satisfies never;
  }

  async #judge({ id, question }: Extract<ToPrimary, { kind: 'judge' }>): Promise<void> {
    const { guard } = this.#options;
    // The permit made here covers nothing: the worker makes the one for its own payload.
    const doom = (told: Doom): void =>
      this.tell({ kind: 'doomed', session: question.requester.session, doom: told });
    const judgement = await guard.judge({ ...question, payload: question.text }, doom);
    if (judgement.kind === 'permitted') {
      this.#permitted.add(judgement.recordId);
      if (this.#hasExited) this.#losePermitted();
    }
    this.tell({ kind: 'judged', id, judgement: withoutPermit(judgement) });
  }

  #close(session: number): void {
    const stay = this.#stays.get(session);
    this.#stays.delete(session);
    this.#options.guard.left(session);
    stay?.leave();
  }

  #losePermitted(): void {
    const lost = [...this.#permitted];
    this.#permitted.clear();
    for (const id of lost) this.#options.guard.answered(id, { kind: 'connection-lost' });
  }

  #exited(how: string): void {
    if (this.#hasExited) return;
    this.#hasExited = true;
    this.#counted?.();
    this.#losePermitted();
    const { sessions } = this;
    for (const session of [...this.#stays.keys()]) this.#close(session);
    this.#options.events.exited(this, `${how}, with ${sessions} sessions`);
  }
}

function withoutPermit(judgement: Judgement): RemoteJudgement {
  if (judgement.kind !== 'permitted') return judgement;
  const { permit: _, ...rest } = judgement;
  return rest;
}
