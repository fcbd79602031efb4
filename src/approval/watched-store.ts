// A store of approvals of which it is always known whether it can be used: looked at now and then, so
// that an outage shows before somebody needs a signature at night. What could not be used can be again
// once something was written: a full disk is still read. It changes nothing about what the store says,
// and tries nothing again. Counterpart: store.ts.
import { messageOf } from '../errors.js';
import type {
  Adding,
  ApprovalStore,
  Consuming,
  NewRequest,
  Opening,
  RequestCaps,
  StoredRequest,
  StoredToken,
  StoredUse,
  StoreIdentity,
  Taking,
} from './store.js';

export interface StoreWatching {
  readonly log: {
    info(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** Told with each answer and each failure. */
  readonly usable: (isUsable: boolean) => void;
  readonly periodMs?: number;
}

export const LOOK_PERIOD_MS = 15_000;

export class WatchedStore implements ApprovalStore {
  readonly #store: ApprovalStore;
  readonly #watching: StoreWatching;
  #isUsable: boolean | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(store: ApprovalStore, watching: StoreWatching) {
    this.#store = store;
    this.#watching = watching;
    this.#look();
  }

  identity(): Promise<StoreIdentity> {
    return this.#seen(this.#store.identity());
  }

  openRequest(request: NewRequest, caps: RequestCaps): Promise<Opening> {
    return this.#changed(this.#store.openRequest(request, caps));
  }

  find(id: string): Promise<StoredRequest | undefined> {
    return this.#seen(this.#store.find(id));
  }

  recent(fingerprint: string): Promise<readonly StoredRequest[]> {
    return this.#seen(this.#store.recent(fingerprint));
  }

  listOpen(): Promise<readonly StoredRequest[]> {
    return this.#seen(this.#store.listOpen());
  }

  addToken(requestId: string, token: StoredToken): Promise<Adding> {
    return this.#changed(this.#store.addToken(requestId, token));
  }

  consume(requestId: string, use: StoredUse, taking?: Taking): Promise<Consuming> {
    return this.#changed(this.#store.consume(requestId, use, taking));
  }

  expire(nowMs: number): Promise<readonly string[]> {
    return this.#seen(this.#store.expire(nowMs));
  }

  tryChange(): Promise<void> {
    return this.#changed(this.#store.tryChange());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#store.close();
  }

  #look(): void {
    const { periodMs = LOOK_PERIOD_MS } = this.#watching;
    const look = this.#isUsable === false ? this.tryChange() : this.identity();
    void look
      .catch(() => undefined) // told already
      .then(() => {
        if (this.#isClosed) return;
        this.#timer = setTimeout(() => this.#look(), periodMs);
        this.#timer.unref();
      });
  }

  /** An answer that nothing need have been written for. */
  #seen<T>(answer: Promise<T>): Promise<T> {
    return this.#told(answer, () => this.#isUsable !== false);
  }

  #changed<T>(answer: Promise<T>): Promise<T> {
    return this.#told(answer, () => true);
  }

  async #told<T>(answer: Promise<T>, isUsable: () => boolean): Promise<T> {
    try {
      const answered = await answer;
      if (isUsable()) this.#tell(true, undefined);
      return answered;
    } catch (thrown) {
      this.#tell(false, thrown);
      throw thrown;
    }
  }

  #tell(isUsable: boolean, thrown: unknown): void {
    if (this.#isClosed) return;
    const { log, usable } = this.#watching;
    usable(isUsable);
    if (this.#isUsable === isUsable) return;
    this.#isUsable = isUsable;
    if (isUsable) log.info({}, 'the store of approvals can be used');
    else {
      const reason = messageOf(thrown);
      log.error({ reason }, 'nothing can be approved until its store can be used');
    }
  }
}
