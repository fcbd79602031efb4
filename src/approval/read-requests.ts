// Stored requests as they were read: the body of a restore has megabytes, and is looked at with each of
// its statements, while every session waits. What is kept is what this very text says, and nothing of a
// state, a signature or a key. Counterpart: assessment.ts.
import { batchFingerprint } from './batch.js';
import { type ApprovalRequest, fingerprintOf } from './request.js';
import { readRequest } from './request-schema.js';
import { type Bound, boundTo } from './token.js';

export interface ReadRequest {
  readonly request: ApprovalRequest;
  /** Under what it must be kept. */
  readonly fingerprint: string;
  /** Everything a token for it must say. */
  readonly bound: Bound;
}

/** Of all bodies that are kept, in characters; what is read of them takes some times as much. */
const KEPT_CHARACTERS = 8 * 1024 * 1024;

/** Undefined for a body that is no request. */
export function readStored(body: string): ReadRequest | undefined {
  const request = readRequest(body);
  if (request === undefined) return undefined;
  const { server, requester } = request;
  const fingerprint =
    request.kind === 'batch'
      ? batchFingerprint(server.name, requester.user)
      : fingerprintOf(request);
  return { request, fingerprint, bound: boundTo(request) };
}

export class ReadRequests {
  readonly #kept = new Map<string, ReadRequest>();
  #characters = 0;

  get characters(): number {
    return this.#characters;
  }

  read(body: string): ReadRequest | undefined {
    const known = this.#kept.get(body);
    const read = known ?? readStored(body);
    if (read === undefined) return undefined;
    // The last to be asked for is the last to go.
    this.#forget(body);
    this.#kept.set(body, read);
    this.#characters += body.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#characters <= KEPT_CHARACTERS) break;
      this.#forget(oldest);
    }
    return read;
  }

  #forget(body: string): void {
    if (this.#kept.delete(body)) this.#characters -= body.length;
  }
}
