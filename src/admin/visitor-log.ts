// What the log says of those who come over the network: approvers by name and address, each time;
// whoever is refused with address and reason, so many lines a minute at most, the rest as a number.
import type { Clock } from '../clock.js';

export interface VisitorLogOptions {
  readonly clock: Clock;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

const MINUTE_MS = 60_000;
export const LINES_A_MINUTE = 30;

export class VisitorLog {
  readonly #options: VisitorLogOptions;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #untold = 0;

  constructor(options: VisitorLogOptions) {
    this.#options = options;
  }

  served(who: {
    readonly person: string;
    readonly address: string | undefined;
    readonly asked: string;
    /** What became of a signature that was handed in. */
    readonly result?: string;
  }): void {
    this.#options.log.info(who, 'an approver was answered');
  }

  refused(address: string | undefined, reason: string): void {
    if (!this.#mayTell()) return;
    this.#options.log.warn({ address, reason }, 'a request to admin.listen was refused');
  }

  failed(address: string | undefined, reason: string): void {
    if (!this.#mayTell()) return;
    this.#options.log.error({ address, reason }, 'a request to admin.listen could not be answered');
  }

  #mayTell(): boolean {
    const now = this.#options.clock.monotonic();
    if (now - this.#sinceMs >= MINUTE_MS) {
      if (this.#untold > 0) {
        const fields = { count: this.#untold };
        this.#options.log.warn(fields, 'more requests to admin.listen were refused');
      }
      [this.#sinceMs, this.#lines, this.#untold] = [now, 0, 0];
    }
    this.#lines += 1;
    if (this.#lines <= LINES_A_MINUTE) return true;
    this.#untold += 1;
    return false;
  }
}
