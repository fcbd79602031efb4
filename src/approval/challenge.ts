// How an approver proves to the admin interface who asks: each request is signed, for that request on
// that connection and nothing else. There is no session, so none can be stolen, and none outlives a
// revoked key. The interface is approver-server.ts's, the asking network-access.ts's.
import { createHash } from 'node:crypto';
import { CompactSign, importJWK } from 'jose';
import { z } from 'zod';
import type { Approvers } from './approvers.js';
import type { PrivateKey } from './key-file.js';
import { verifySignature } from './token.js';

/** Never that of an approval: neither can be taken for the other. */
export const CHALLENGE_TYPE = 'interlock-admin+jws';

/** The connection itself, as both ends of its TLS derive it (RFC 9266): another one has another. */
export const CHANNEL = { label: 'EXPORTER-Channel-Binding', bytes: 32 } as const;

/** What Interlock answers to whoever asks to be let in. */
export interface Challenge {
  readonly v: 1;
  readonly nonce: string;
  /** The id of the store of approvals. */
  readonly store: string;
}

/** What is signed. */
export interface SignedRequest extends Challenge {
  readonly channel: string;
  readonly method: string;
  /** Path and query, as they stand in the request's first line. */
  readonly target: string;
  /** Its digest. */
  readonly body: string;
}

const challenge = z.object({
  v: z.literal(1),
  nonce: z.string().regex(/^[A-Za-z0-9_-]{22,64}$/),
  store: z.string().max(128),
});

const signedRequest = z.strictObject({
  ...challenge.shape,
  channel: z.string(),
  method: z.string(),
  target: z.string(),
  body: z.string(),
});

/** Throws for what is no challenge. */
export function readChallenge(value: unknown): Challenge {
  return challenge.parse(value);
}

export function bodyDigest(body: Uint8Array | string): string {
  return createHash('sha256').update(body).digest('base64url');
}

export async function signRequest(request: SignedRequest, key: PrivateKey): Promise<string> {
  const { jwk, kid, algorithm } = key;
  return await new CompactSign(Buffer.from(JSON.stringify(request)))
    .setProtectedHeader({ alg: algorithm, typ: CHALLENGE_TYPE, kid })
    .sign(await importJWK(jwk, algorithm));
}

export type Known =
  | { readonly kind: 'known'; readonly person: string }
  | {
      readonly kind: 'unknown';
      readonly reason: string;
      /** Not by who has the key: why is for the log, or it would tell whose keys there are. */
      readonly isStranger: boolean;
    };

/** Who has signed exactly this request, by the keys as they are now. */
export async function whoSigned(
  token: string,
  expected: SignedRequest,
  by: { readonly approvers: Approvers; readonly nowMs: number },
): Promise<Known> {
  const signed = await verifySignature(token, { ...by, type: CHALLENGE_TYPE });
  if (signed.kind === 'invalid') {
    return { kind: 'unknown', reason: signed.reason, isStranger: signed.isSigned !== true };
  }
  const read = signedRequest.safeParse(signed.payload);
  const reason = read.success ? firstDifference(read.data, expected) : 'it says something else';
  if (reason !== undefined) return { kind: 'unknown', reason, isStranger: false };
  return { kind: 'known', person: signed.key.person };
}

/** What each field is called when it is another one; every field is among them. */
const WORDS: Readonly<Record<keyof SignedRequest, string>> = {
  v: 'it is of another version',
  nonce: 'it answers another challenge',
  store: 'it is for another store of approvals',
  channel: 'it was signed for another connection: something stands between, and ends TLS there',
  method: 'it was signed for another request',
  target: 'it was signed for another request',
  body: 'it was signed for another request',
};

const FIELDS = ['v', 'nonce', 'store', 'channel', 'method', 'target', 'body'] as const;

function firstDifference(said: SignedRequest, expected: SignedRequest): string | undefined {
  const field = FIELDS.find((name) => said[name] !== expected[name]);
  return field === undefined ? undefined : WORDS[field];
}
