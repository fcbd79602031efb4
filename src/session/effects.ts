// What a session asks of the gateway, in order. Only `forward`, with the permit for those very
// bytes, brings a command to the server; the other two server-bound effects carry what the server
// asked for and reads as nothing else. Counterpart: events.ts. Types only.
import type { Hold, Permit } from '../policy/permit.js';
import type { Question } from '../policy/verdict.js';
import type { WirePacket } from '../wire/framer.js';
import type { Leg } from './events.js';

/** What became of a permitted statement, as its response told. */
export interface Outcome {
  readonly kind: 'ok' | 'error' | 'connection-lost';
  readonly errorCode?: number;
  /** What it did may still be undone: its transaction is open. */
  readonly isOpen?: true;
  /** The transactions it became, where the server tells the session so. */
  readonly gtids?: readonly string[];
}

/** How the session's transaction ended, as far as the response to what ended it tells. */
export interface TransactionEnd {
  /** By a plain ROLLBACK or a reset of the session; else it may have been committed. */
  readonly isUndone?: true;
  readonly gtids?: readonly string[];
}

export type Effect =
  | { readonly kind: 'to-client'; readonly bytes: Uint8Array }
  | { readonly kind: 'forward'; readonly packet: WirePacket; readonly permit: Permit }
  /** A piece of a command whose last packet is still to come, or kept. */
  | { readonly kind: 'forward-held'; readonly bytes: Uint8Array; readonly hold: Hold }
  /** A client's part of a login that the server is conducting: never a command. */
  | { readonly kind: 'forward-authentication'; readonly bytes: Uint8Array }
  /** A piece of the file that the server asked for (LOAD DATA LOCAL INFILE). */
  | { readonly kind: 'forward-file-data'; readonly bytes: Uint8Array }
  /** `already` is what the leg sent after its SSLRequest: the beginning of its TLS. */
  | { readonly kind: 'upgrade-tls'; readonly leg: Leg; readonly already: Uint8Array }
  | { readonly kind: 'judge'; readonly question: Question }
  | { readonly kind: 'answered'; readonly recordId: string; readonly outcome: Outcome }
  /** What earlier statements did in the session's transaction is committed, or undone. */
  | { readonly kind: 'transaction-ended'; readonly end: TransactionEnd }
  | { readonly kind: 'logged-in'; readonly user: string; readonly threadId: number }
  /** Stop or go on reading from the client: it sends faster than the server answers. */
  | { readonly kind: 'client-flow'; readonly paused: boolean }
  /** The client sends no more. A server that waits for a lock looks for that, and lets go. */
  | { readonly kind: 'finish-server' }
  /** The server's leg is done for; the client's stays for its next command, but not for ever. */
  | { readonly kind: 'linger' }
  /** The client has been told why it gets no further; the server's leg is left in order first. */
  | { readonly kind: 'dismiss-client'; readonly why: string }
  /** Finish what is being written, then end both legs. */
  | { readonly kind: 'end'; readonly why: string };

export type Emit = (effect: Effect) => void;
