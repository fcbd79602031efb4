// One question of Interlock's own in the client's session, from the packet that asks to the end of
// the answer. The client sees nothing of it: not a byte of the answer is passed on.
import { ANSWER_BYTES, type Inquiry } from '../policy/inquiry.js';
import { permitInquiry } from '../policy/permit.js';
import type { Capabilities } from '../wire/capabilities.js';
import { readTextResultset, type TextResultset } from '../wire/packets/text-resultset.js';
import type { Emit } from './effects.js';
import { ResponsePhase } from './response-phase.js';

export class OwnQuestion {
  readonly #capabilities: Capabilities;
  readonly #response: ResponsePhase;
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** Sends it. */
  constructor(inquiry: Inquiry, capabilities: Capabilities, emit: Emit) {
    this.#capabilities = capabilities;
    this.#response = new ResponsePhase('result', capabilities, 0);
    emit({ kind: 'forward', ...permitInquiry(inquiry, capabilities) });
  }

  get ended(): boolean {
    return this.#response.ended;
  }

  /** A server that asks back has not understood: the session cannot go on. */
  get isLost(): boolean {
    return !this.ended && this.#response.awaiting !== 'packets';
  }

  /** The session's transactions are reported in its packets, so a question would be noticed. */
  get tracksTransactions(): boolean {
    return this.#response.told.tracksTransactions;
  }

  /** Takes what belongs to the answer; returns where that ends in the chunk. */
  take(chunk: Buffer): number {
    const end = this.#response.take(chunk);
    this.#bytes += end;
    // Longer than any answer to this: it is followed to its end, and not kept.
    if (this.#bytes > ANSWER_BYTES) this.#chunks = [];
    // A copy: the chunk's memory is read into again.
    else this.#chunks.push(Buffer.from(chunk.subarray(0, end)));
    return end;
  }

  /** Undefined for what cannot be read. */
  answer(): TextResultset | undefined {
    if (this.#bytes > ANSWER_BYTES) return undefined;
    try {
      return readTextResultset(Buffer.concat(this.#chunks), this.#capabilities);
    } catch {
      return undefined;
    }
  }
}
