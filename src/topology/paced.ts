// One question for all who come while another is on its way, or was a moment ago. Whoever asks gets
// an answer that was asked for since. What the question is, and what its failure means, is its own.
import type { Clock } from '../clock.js';

export interface PacedOptions<Answer> {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** From the start of one question to the start of the next, at least. */
  readonly periodMs: number;
  readonly ask: () => Promise<Answer>;
}

export class Paced<Answer> {
  readonly #options: PacedOptions<Answer>;
  #startedAtMs = Number.NEGATIVE_INFINITY;
  #running: Promise<Answer> | undefined;
  /** What has not been asked yet: all who come until then share it. */
  #next: Promise<Answer> | undefined;

  constructor(options: PacedOptions<Answer>) {
    this.#options = options;
  }

  /** At once where nobody has asked lately. */
  get(): Promise<Answer> {
    if (this.#next !== undefined) return this.#next;
    const restMs = this.#startedAtMs + this.#options.periodMs - this.#options.clock.monotonic();
    if (this.#running === undefined && restMs <= 0) return this.#start();
    this.#next = this.#afterwards(restMs).then(() => {
      this.#next = undefined;
      return this.#start();
    });
    return this.#next;
  }

  async #afterwards(restMs: number): Promise<void> {
    const rest = new Promise<void>((resolve) => {
      if (restMs <= 0) resolve();
      else setTimeout(resolve, restMs);
    });
    await Promise.all([rest, this.#running?.catch(() => undefined)]);
  }

  #start(): Promise<Answer> {
    this.#startedAtMs = this.#options.clock.monotonic();
    const running = this.#options.ask().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}
