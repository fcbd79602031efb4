// What approvals need of a store, and no more: the one thing that several proxies share. Types only;
// embedded-store.ts is one in a file. A store knows no signatures and no rules: what a request says
// is opaque to it. Whatever it cannot confirm it throws STORE_UNAVAILABLE for, and nothing is
// approved.

/** What tells this store from any other, made once with it. */
export interface StoreIdentity {
  /** Named in every token: a store that was lost or put back honours nothing old. */
  readonly id: string;
  /** Keys the hashes that stand for secret literals. It never leaves the store and the proxies. */
  readonly key: Uint8Array;
}

/** `open` takes signatures and can be used; the others are the ends it may come to. */
export type RequestState = 'open' | 'used' | 'denied' | 'expired' | 'restored';

export interface NewRequest {
  readonly id: string;
  /** The same for each repetition of a statement by the same requester on the same server. */
  readonly fingerprint: string;
  /** The same only while all that approvers would be shown is the same too. */
  readonly situation: string;
  /** Whose open requests are counted together. */
  readonly account: string;
  readonly openedMs: number;
  /** The first moment at which it takes no more signatures. */
  readonly gatherUntilMs: number;
  /** The first moment at which nothing can come of it any more, whatever was signed. */
  readonly endsMs: number;
  /** How many statements may pass on it; 1 but for a batch. */
  readonly uses: number;
  /** What approvers are shown, as text. Opaque here. */
  readonly body: string;
}

/** One person's signed word, kept as it came. */
export interface StoredToken {
  /** Its own id (`jti`), unique in the store. */
  readonly id: string;
  readonly person: string;
  readonly decision: 'approve' | 'deny';
  readonly addedMs: number;
  readonly token: string;
}

/** One statement that has passed on a request. */
export interface StoredUse {
  readonly recordId: string;
  readonly usedMs: number;
}

export interface StoredRequest extends NewRequest {
  readonly state: RequestState;
  /** In the order in which they were added. */
  readonly tokens: readonly StoredToken[];
  readonly used: readonly StoredUse[];
}

export interface RequestCaps {
  readonly perAccount: number;
  readonly inAll: number;
}

export type Opening =
  | { readonly kind: 'opened' | 'found'; readonly request: StoredRequest }
  /** The old ones stay: nobody pushes another's request out. */
  | { readonly kind: 'full'; readonly of: 'account' | 'all'; readonly open: number };

export type Adding =
  | { readonly kind: 'added' }
  /** This very token is there already. */
  | { readonly kind: 'known' }
  | { readonly kind: 'ended'; readonly state: Exclude<RequestState, 'open'> }
  | { readonly kind: 'no-request' };

export type Consuming =
  /** Durable: the statement may go, and no other on this use. */
  | { readonly kind: 'consumed'; readonly usesLeft: number }
  | { readonly kind: 'ended'; readonly request: StoredRequest }
  | { readonly kind: 'no-request' };

/** Every method is one transaction, and rejects with STORE_UNAVAILABLE when it is not confirmed. */
export interface ApprovalStore {
  identity(): Promise<StoreIdentity>;
  /**
   * Gives back the open request of the same situation that still takes signatures; else inserts this
   * one, if the caps leave room. Two that race get the same one.
   */
  openRequest(request: NewRequest, caps: RequestCaps): Promise<Opening>;
  find(id: string): Promise<StoredRequest | undefined>;
  /** Of this fingerprint, whatever their state, the newest first; at most `RECENT_REQUESTS`. */
  recent(fingerprint: string): Promise<readonly StoredRequest[]>;
  /** The open ones, the oldest first. */
  listOpen(): Promise<readonly StoredRequest[]>;
  /** Only to an open request. A token that denies ends it in the same transaction. */
  addToken(requestId: string, token: StoredToken): Promise<Adding>;
  /** Takes one use of an open request that has not ended by then: of all that race, one gets it. */
  consume(requestId: string, use: StoredUse): Promise<Consuming>;
  /** Ends what is open and past its end; the ids of these. */
  expire(nowMs: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

export const RECENT_REQUESTS = 16;
