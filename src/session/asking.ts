// A client's command while its session is asked: question after question, until it is settled what
// the command would do. Nothing of it reaches the client, and nothing of the command the server.
import type { Capabilities } from '../wire/capabilities.js';
import type { Emit } from './effects.js';
import { OwnQuestion } from './own-question.js';
import type { Settling } from './settling.js';

export class Asking {
  readonly settling: Settling;
  readonly #capabilities: Capabilities;
  readonly #emit: Emit;
  #question: OwnQuestion | undefined;
  tracksTransactions = false;

  /** Sends the first question. */
  constructor(settling: Settling, capabilities: Capabilities, emit: Emit) {
    this.settling = settling;
    this.#capabilities = capabilities;
    this.#emit = emit;
    this.#ask();
  }

  get isDone(): boolean {
    return this.#question === undefined;
  }

  /** The server did what no answer to these questions begins with. */
  get isLost(): boolean {
    return this.#question?.isLost === true;
  }

  /** What the server sent: returns how much of it was an answer. */
  take(chunk: Buffer): number {
    const question = this.#question;
    if (question === undefined) return 0;
    const end = question.take(chunk);
    if (!question.ended) return end;
    this.tracksTransactions ||= question.tracksTransactions;
    this.settling.take(question.answer());
    // More behind an answer was not asked for: no further question makes it right.
    if (end === chunk.length) this.#ask();
    else this.#question = undefined;
    return end;
  }

  #ask(): void {
    const inquiry = this.settling.next();
    this.#question =
      inquiry === undefined ? undefined : new OwnQuestion(inquiry, this.#capabilities, this.#emit);
  }
}
