// Who asks, over the network: a challenge for each connection, and each request signed for it. Nothing
// is kept but one challenge of a connection that is open; nothing it says helps those without a key.
import { randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Approvers } from '../approval/approvers.js';
import {
  bodyDigest,
  CHANNEL,
  type Challenge,
  type Known,
  whoSigned,
} from '../approval/challenge.js';
import type { Clock } from '../clock.js';

/** It is answered at once, by a program. */
export const CHALLENGE_MS = 30_000;

/** How long the id of the store is taken for what it was: asking for it is not for strangers to cause. */
const STORE_ID_MS = 1_000;

/** Before the signature in the header Authorization. */
export const SCHEME = 'Interlock ';

export interface LoginParts {
  readonly storeId: () => Promise<string>;
  /** As they are now: a revoked key is one for the next request. */
  readonly approvers: () => Promise<Approvers>;
  readonly clock: Clock;
}

/** A request, as it came. */
export interface Asked {
  readonly socket: TLSSocket;
  readonly method: string;
  readonly target: string;
  readonly body: Uint8Array;
  readonly authorization: string | undefined;
}

export class ApproverLogin {
  readonly #parts: LoginParts;
  #store: { readonly id: Promise<string>; readonly atMs: number } | undefined;
  readonly #challenges = new WeakMap<TLSSocket, Challenge & { readonly issuedMs: number }>();

  constructor(parts: LoginParts) {
    this.#parts = parts;
  }

  /** Takes the place of the one before. Rejects while the store cannot be read. */
  async challenge(socket: TLSSocket): Promise<Challenge> {
    const store = await this.#storeId();
    const challenge = { v: 1, nonce: randomBytes(24).toString('base64url'), store } as const;
    const issuedMs = this.#parts.clock.monotonic();
    this.#challenges.set(socket, { ...challenge, issuedMs });
    return challenge;
  }

  async #storeId(): Promise<string> {
    const nowMs = this.#parts.clock.monotonic();
    if (this.#store === undefined || nowMs - this.#store.atMs >= STORE_ID_MS) {
      this.#store = { id: this.#parts.storeId(), atMs: nowMs };
    }
    return await this.#store.id;
  }

  /** The challenge is used up, whatever comes of it. Rejects while the approvers cannot be read. */
  async who({ socket, method, target, body, authorization }: Asked): Promise<Known> {
    const challenge = this.#challenges.get(socket);
    this.#challenges.delete(socket);
    if (socket.destroyed) return unknown('its connection is gone');
    if (authorization === undefined) return unknown('it is not signed');
    if (challenge === undefined) {
      return unknown('its connection has no challenge that waits for an answer');
    }
    const { clock, approvers } = this.#parts;
    const { issuedMs, ...given } = challenge;
    if (clock.monotonic() - issuedMs > CHALLENGE_MS) return unknown('it comes too late');
    if (!authorization.startsWith(SCHEME)) return unknown('it is not signed in our way');
    const channel = channelOf(socket);
    const expected = { ...given, channel, method, target, body: bodyDigest(body) };
    const by = { approvers: await approvers(), nowMs: clock.now() };
    return await whoSigned(authorization.slice(SCHEME.length), expected, by);
  }
}

/** What both ends of this TLS connection know, and nobody between two connections can make equal. */
export function channelOf(socket: TLSSocket): string {
  const { bytes, label } = CHANNEL;
  return socket.exportKeyingMaterial(bytes, label, Buffer.alloc(0)).toString('base64url');
}

function unknown(reason: string): Known {
  return { kind: 'unknown', reason, isStranger: false };
}
