// One person's signed word on one request: a compact JWS that says everything it is bound to. Signing
// and verifying are here; whose keys count is approvers.ts's, how many are needed quorum.ts's.
import { CompactSign, compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { messageOf } from '../errors.js';
import {
  ALGORITHMS,
  type Algorithm,
  type ApproverKey,
  type Approvers,
  type Seal,
} from './approvers.js';
import { digestOf } from './json.js';
import type { ApprovalRequest } from './request.js';

/** No other system's token is one of ours, whoever signed it. */
export const TOKEN_TYPE = 'interlock-approval+jws';

/** What a token may hold; SET @interlock_token and the admin interface take no more. */
export const TOKEN_BYTES = 8 * 1024;

/** How far the clock of a signer may be ahead. */
export const CLOCK_SKEW_MS = 120_000;

/** Of the signer's own words. */
export const REASON_LENGTH = 200;

export type Decision = 'approve' | 'deny';

/** What is signed. Times are seconds since the epoch. */
export interface Claims {
  readonly v: 1;
  readonly decision: Decision;
  readonly jti: string;
  readonly iat: number;
  /** Why, in the signer's words; a sealed key asks for it. */
  readonly reason?: string | undefined;
  readonly store: string;
  readonly request: string;
  readonly server: string;
  readonly requester: string;
  readonly database: string | null;
  /** Digests of what the request says, in base64url. */
  readonly statement: string;
  readonly objects: string;
  readonly rules: string;
  /** State by server, as seen. */
  readonly links: Readonly<Record<string, string>>;
  readonly uses: number;
  readonly gather_until: number;
  readonly execute_within: number;
  /** Of the whole request, so that nothing in it can be another thing. */
  readonly digest: string;
}

const claimsSchema = z.strictObject({
  v: z.literal(1),
  decision: z.enum(['approve', 'deny']),
  jti: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/),
  iat: z.number().int(),
  reason: z.string().min(1).max(REASON_LENGTH).optional(),
  store: z.string(),
  request: z.string(),
  server: z.string(),
  requester: z.string(),
  database: z.string().nullable(),
  statement: z.string(),
  objects: z.string(),
  rules: z.string(),
  links: z.record(z.string(), z.string()),
  uses: z.number().int(),
  gather_until: z.number(),
  execute_within: z.number(),
  digest: z.string(),
});

export type Bound = Omit<Claims, 'decision' | 'jti' | 'iat' | 'reason'>;

/** Everything a token for this request must say. */
export function boundTo(request: ApprovalRequest): Bound {
  const { server, requester } = request;
  const isBatch = request.kind === 'batch';
  return {
    v: 1,
    store: request.store,
    request: request.id,
    server: `${server.name} ${server.identity}`,
    requester: `${requester.user}@${requester.address}`,
    database: isBatch ? null : request.database,
    statement: digestOf(isBatch ? request.source : request.statement),
    objects: digestOf(isBatch ? request.items : request.effects),
    rules: `${request.revision} ${digestOf(request.rules)}`,
    links: Object.fromEntries(request.reach.map(({ server: name, state }) => [name, state])),
    uses: request.uses,
    gather_until: request.gatherUntilMs / 1000,
    execute_within: request.executeMs / 1000,
    digest: digestOf(request),
  };
}

export async function signToken(
  request: ApprovalRequest,
  by: {
    readonly decision: Decision;
    readonly key: JWK;
    readonly kid: string;
    readonly algorithm: Algorithm;
    readonly nowMs: number;
    readonly id: string;
    readonly reason?: string;
  },
): Promise<string> {
  const iat = Math.floor(by.nowMs / 1000);
  const { decision, reason } = by;
  const why = reason === undefined ? {} : { reason };
  const claims: Claims = { ...boundTo(request), decision, jti: by.id, iat, ...why };
  const key = await importJWK(by.key, by.algorithm);
  return await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: by.algorithm, typ: TOKEN_TYPE, kid: by.kid })
    .sign(key);
}

export type Verified =
  | {
      readonly kind: 'valid';
      readonly person: string;
      readonly claims: Claims;
      /** It was a sealed key: `person` is the key's name. */
      readonly seal?: Seal;
    }
  | { readonly kind: 'invalid'; readonly reason: string };

const invalid = (reason: string): Verified => ({ kind: 'invalid', reason });

/** The request a token says it is for, before anything of it is believed. */
export function requestNamedBy(token: string): string | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined || token.length > TOKEN_BYTES) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null || !('request' in claims)) return undefined;
    return typeof claims.request === 'string' ? claims.request : undefined;
  } catch {
    return undefined;
  }
}

/** Whether somebody who may signed exactly this request, by the keys as they are now. */
export async function verifyToken(
  token: string,
  request: ApprovalRequest,
  by: { readonly approvers: Approvers; readonly nowMs: number; readonly bound?: Bound },
): Promise<Verified> {
  if (token.length > TOKEN_BYTES) return invalid(`it is longer than ${TOKEN_BYTES} bytes`);
  const signed = await verifySignature(token, by);
  if (signed.kind === 'invalid') return signed;
  const read = claimsSchema.safeParse(signed.payload);
  if (!read.success) return invalid(`its claim ${read.error.issues[0]?.path.join('.')} is not one`);
  const claims: Claims = read.data;
  const difference =
    firstDifference(claims, by.bound ?? boundTo(request)) ?? wrongTime(claims, request, by.nowMs);
  if (difference !== undefined) return invalid(difference);
  const { person, seal } = signed.key;
  return { kind: 'valid', person, claims, ...(seal === undefined ? {} : { seal }) };
}

type Signed =
  | { readonly kind: 'signed'; readonly key: ApproverKey; readonly payload: unknown }
  | {
      readonly kind: 'invalid';
      readonly reason: string;
      /** Whoever sent it has the private key all the same. */
      readonly isSigned?: true;
    };

/** Also for what is no approval: `type` is the private type it must have. */
export async function verifySignature(
  token: string,
  by: { readonly approvers: Approvers; readonly nowMs: number; readonly type?: string },
): Promise<Signed> {
  const failed = (reason: string): Signed => ({ kind: 'invalid', reason });
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    header = decodeProtectedHeader(token);
  } catch {
    return failed('it is no signed token');
  }
  const type = by.type ?? TOKEN_TYPE;
  if (header.typ !== type) return failed(`its type is not ${type}`);
  if (!ALGORITHMS.some((algorithm) => algorithm === header.alg)) {
    return failed('its algorithm is not allowed');
  }
  const key = by.approvers.keys.get(header.kid ?? '');
  if (key === undefined) return failed('nobody among the approvers has its key');
  if (header.alg !== key.algorithm) return failed('its algorithm is not that of its key');
  try {
    const imported = await importJWK(key.jwk, key.algorithm);
    const { payload } = await compactVerify(token, imported, { algorithms: [key.algorithm] });
    // Told only to who has the key: when it ends is nobody else's business.
    const lapsed = keyTrouble(key, by.nowMs);
    if (lapsed !== undefined) return { kind: 'invalid', reason: lapsed, isSigned: true };
    return { kind: 'signed', key, payload: JSON.parse(Buffer.from(payload).toString('utf8')) };
  } catch (thrown) {
    return failed(`its signature does not hold (${messageOf(thrown)})`);
  }
}

function keyTrouble(key: ApproverKey, nowMs: number): string | undefined {
  const whose = `the key of ${key.person}`;
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  if (key.revokedMs !== undefined && key.revokedMs <= nowMs) {
    return `${whose} was revoked on ${day(key.revokedMs)}`;
  }
  if (key.notBeforeMs !== undefined && nowMs < key.notBeforeMs) {
    return `${whose} is not valid before ${day(key.notBeforeMs)}`;
  }
  if (key.notAfterMs !== undefined && nowMs >= key.notAfterMs) {
    return `${whose} expired on ${day(key.notAfterMs - 1)}`;
  }
  return undefined;
}

/** What each claim is called when it is another one. */
const CLAIM_WORDS: readonly (readonly [keyof Bound, string])[] = [
  ['store', 'it is for another store of approvals'],
  ['request', 'it is for another request'],
  ['server', 'it is for another server'],
  ['requester', 'it is for another account or address'],
  ['database', 'it is for another default schema'],
  ['statement', 'it is for another statement, or another literal in it'],
  ['objects', 'it is for other objects'],
  ['rules', 'it was signed under other rules'],
  ['links', 'it was signed for other link states'],
  ['uses', 'it is for another number of uses'],
  ['gather_until', 'its time to gather signatures is another'],
  ['execute_within', 'its time to run the statement is another'],
  ['v', 'it is of another version'],
  ['digest', 'it is for a request that said something else'],
];

function firstDifference(claims: Claims, bound: Bound): string | undefined {
  return CLAIM_WORDS.find(([name]) => digestOf(claims[name]) !== digestOf(bound[name]))?.[1];
}

function wrongTime(claims: Claims, request: ApprovalRequest, nowMs: number): string | undefined {
  const signedMs = claims.iat * 1000;
  if (signedMs > nowMs + CLOCK_SKEW_MS) return 'it was signed in the future: compare the clocks';
  if (signedMs < request.openedMs - CLOCK_SKEW_MS) return 'it was signed before it was asked for';
  return signedMs >= request.gatherUntilMs ? 'it was signed too late' : undefined;
}
