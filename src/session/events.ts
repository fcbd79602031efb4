// What happens to a session. The gateway turns sockets, timers and the guard's answers into these;
// nothing else reaches the session. Counterpart: effects.ts. Types only.
import type { Judgement } from '../policy/verdict.js';

export type Leg = 'client' | 'server';

export type SessionEvent =
  | { readonly kind: 'bytes'; readonly leg: Leg; readonly chunk: Uint8Array }
  /** The leg speaks TLS now, as the effect `upgrade-tls` asked. */
  | { readonly kind: 'secured'; readonly leg: Leg }
  /** The leg sends nothing more, and still reads. */
  | { readonly kind: 'half-closed'; readonly leg: Leg }
  /** The leg has ended, or broke: `why` says how, for the message to the other side. */
  | { readonly kind: 'closed'; readonly leg: Leg; readonly why: string }
  /** The server could not be dialled, or TLS with it failed. */
  | { readonly kind: 'server-failed'; readonly reason: 'unreachable' | 'tls'; readonly why: string }
  | { readonly kind: 'judged'; readonly judgement: Judgement }
  /** What it has in flight must not go on: `message` is for the client, in its next answer's place. */
  | { readonly kind: 'doomed'; readonly message: string; readonly now: boolean }
  | { readonly kind: 'handshake-timeout' }
  /** Interlock is stopping, or has lingered enough: end as soon as no command is under way. */
  | { readonly kind: 'drain' };
