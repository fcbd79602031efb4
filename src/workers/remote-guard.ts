// A worker's guard: asks the primary, which judges and records, and waits. Why its permit is sound:
// the payload never leaves this process, the question's text and facts were read from those very
// bytes, the answer comes by the pipe from the parent under a number given once, and each number
// is answered once. No answer is a refusal.
import type { Doom } from '../flight/book.js';
import type { Guard, Outcome } from '../gateway/guard.js';
import { permitRelayed } from '../policy/permit.js';
import type { Judgement, Question } from '../policy/verdict.js';
import type { TransactionEnd } from '../session/effects.js';
import type { RemoteJudgement, ToPrimary } from './messages.js';

const NO_PRIMARY =
  'Interlock refused: the process that judges statements has ended. Connect again in a moment. ' +
  'Rule built-in-failure';

interface Waiting {
  readonly payload: Uint8Array;
  readonly resolve: (judgement: Judgement) => void;
}

export class RemoteGuard implements Guard {
  readonly #send: (message: ToPrimary) => void;
  readonly #waiting = new Map<number, Waiting>();
  /** By session: how to tell it that what it has in flight must not go on. */
  readonly #dooms = new Map<number, (doom: Doom) => void>();
  #open: readonly string[] = [];
  #lastId = 0;
  #isAlone = false;

  constructor(send: (message: ToPrimary) => void) {
    this.#send = send;
  }

  judge(question: Question, doom: (doom: Doom) => void): Promise<Judgement> {
    this.#dooms.set(question.requester.session, doom);
    if (this.#isAlone) return Promise.resolve(noPrimary());
    this.#lastId += 1;
    const id = this.#lastId;
    const { payload, ...rest } = question;
    return new Promise((resolve) => {
      this.#waiting.set(id, { payload, resolve });
      this.#send({ kind: 'judge', id, question: rest });
    });
  }

  answered(recordId: string, outcome: Outcome): void {
    this.#send({ kind: 'answered', recordId, outcome });
  }

  transactionEnded(session: number, end: TransactionEnd): void {
    this.#send({ kind: 'transaction-ended', session, end });
  }

  /** The primary hears of it when the session closes. */
  left(session: number): void {
    this.#dooms.delete(session);
  }

  holdsOpen(server: string): boolean {
    return this.#open.includes(server);
  }

  doomed(session: number, doom: Doom): void {
    this.#dooms.get(session)?.(doom);
  }

  opened(servers: readonly string[]): void {
    this.#open = servers;
  }

  /** An answer to nothing, or a second one, changes nothing. */
  judged(id: number, judgement: RemoteJudgement): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    if (judgement.kind !== 'permitted') {
      waiting.resolve(judgement);
      return;
    }
    const permit = permitRelayed(waiting.payload, judgement);
    waiting.resolve({ ...judgement, permit });
  }

  /** The primary has gone: whatever waits is refused, and whatever comes. */
  lost(): void {
    this.#isAlone = true;
    for (const { resolve } of this.#waiting.values()) resolve(noPrimary());
    this.#waiting.clear();
  }
}

function noPrimary(): Judgement {
  return { kind: 'refused', message: NO_PRIMARY, recordId: '' };
}
