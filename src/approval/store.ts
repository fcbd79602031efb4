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

/** What a statement takes of a batch: so much of these items, for the one session that has it. */
export interface Taking {
  readonly session: string;
  /** `item` numbers them within the request; `of` is how many of it there are in all. */
  readonly items: readonly { readonly item: number; readonly of: number }[];
}

/** Of a batch that has begun: whose it is, and how far that has come. */
export interface StoredHold {
  readonly session: string;
  readonly sinceMs: number;
  /** Statements that have passed on it. */
  readonly statements: number;
  readonly last: StoredUse;
}

export interface StoredRequest extends NewRequest {
  readonly state: RequestState;
  /** In the order in which they were added. */
  readonly tokens: readonly StoredToken[];
  /** Of a request for one statement; a batch has its hold. */
  readonly used: readonly StoredUse[];
  /** Absent until the first statement of a batch has passed. */
  readonly hold?: StoredHold;
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
  /** A batch that is another session's. */
  | { readonly kind: 'held'; readonly hold: StoredHold }
  /** Of this item of a batch nothing is left. */
  | { readonly kind: 'spent'; readonly item: number }
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
  /**
   * Takes one use of an open request that has not ended by then: of all that race, one gets it. With
   * `taking`, of a batch: the first to take makes it that session's, and either all of the items are
   * taken or none.
   */
  consume(requestId: string, use: StoredUse, taking?: Taking): Promise<Consuming>;
  /** Ends what is open and past its end; the ids of these. */
  expire(nowMs: number): Promise<readonly string[]>;
  /** Writes something that means nothing, as durably as all else: rejects where nothing can be. */
  tryChange(): Promise<void>;
  close(): Promise<void>;
}

export const RECENT_REQUESTS = 16;
