// A request for approval as text: in the store, over the admin interface, in an exported file. What
// comes from any of these is read here before anybody is shown it.
import { z } from 'zod';
import { EFFECTS } from '../sql/effect.js';
import { LINK_STATES } from '../topology/snapshot.js';
import type { ApprovalRequest } from './request.js';
import type { StoredHold } from './store.js';

const texts = z.array(z.string());

/**
 * Words of Interlock's own, shown as they are. Whoever may write to the store could put there what moves
 * the cursor, and an approver would see another request than the one they sign.
 */
const plain = z.string().regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
const plains = z.array(plain);

const effect = z.strictObject({
  effect: z.enum(EFFECTS),
  verb: z.string(),
  objects: z.array(z.strictObject({ schema: z.string().optional(), name: z.string().optional() })),
  deferred: z.boolean(),
  reason: z.string().optional(),
});

const size = z.union([z.number(), z.literal('unknown')]);

const need = z.strictObject({
  rule: plain,
  title: z.string(),
  count: z.number().int(),
  from: plains,
  onePerGroup: z.boolean(),
  requester: z.enum(['known', 'any']),
});

const reached = z.strictObject({
  server: plain,
  path: plains,
  state: z.enum(LINK_STATES),
  writable: z.boolean(),
});

const replayed = z.strictObject({
  state: z.enum(['none', 'some', 'unknown']),
  from: z.array(z.strictObject({ source: plain, count: z.number().int(), events: texts })),
});

const terms = {
  v: z.literal(1),
  id: plain,
  store: plain,
  openedMs: z.number(),
  gatherUntilMs: z.number(),
  executeMs: z.number(),
  uses: z.number().int().min(1),
  server: z.strictObject({ name: plain, identity: z.string() }),
  requester: z.strictObject({ user: z.string(), address: plain }),
  rules: z.array(need),
  revision: plain,
  reach: z.array(reached),
  replays: replayed.optional(),
};

const forStatement = z.strictObject({
  ...terms,
  kind: z.undefined().optional(),
  uses: z.literal(1),
  database: z.string().nullable(),
  statement: z.strictObject({ forms: texts.min(1), secrets: texts }),
  effects: z.array(effect),
  sizes: z.array(z.strictObject({ object: z.string(), rows: size, bytes: size })),
  breakGlassMs: z.number(),
});

const count = z.number().int().min(1);

/** Where the list of a batch was read from. */
export const batchSource = z.strictObject({
  name: z.string().max(255),
  bytes: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  statements: z.number().int().min(0),
});

const forBatch = z.strictObject({
  ...terms,
  kind: z.literal('batch'),
  runMs: z.number(),
  source: batchSource,
  items: z.array(
    z.strictObject({
      effect: z.enum(EFFECTS),
      verb: z.string(),
      schema: z.string().optional(),
      name: z.string().optional(),
      deferred: z.boolean(),
      reason: z.string().optional(),
      text: z.string().optional(),
      words: texts.min(1).optional(),
      count,
    }),
  ),
});

const request = z.union([forBatch, forStatement]);

/** As the running Interlock answers. */
export const requestView = z.object({
  request,
  phase: z.enum(['gathering', 'approved', 'lapsed', 'used', 'denied', 'expired', 'restored']),
  signed: z.array(z.object({ person: plain, atMs: z.number(), sealed: z.boolean().optional() })),
  deniedBy: plain.optional(),
  missing: texts,
  executeUntilMs: z.number().optional(),
  used: z.array(z.object({ recordId: plain, usedMs: z.number() })),
  hold: z
    .object({
      session: plain,
      sinceMs: z.number(),
      statements: z.number(),
      last: z.object({ recordId: plain, usedMs: z.number() }),
    })
    .optional(),
});

/** A request with how far it has come. */
export interface RequestView {
  readonly request: ApprovalRequest;
  readonly phase: z.output<typeof requestView>['phase'];
  readonly signed: readonly {
    readonly person: string;
    readonly atMs: number;
    /** A sealed key, which counts whatever rules ask for. */
    readonly sealed?: boolean | undefined;
  }[];
  readonly deniedBy?: string | undefined;
  readonly missing: readonly string[];
  readonly executeUntilMs?: number | undefined;
  readonly used: readonly { readonly recordId: string; readonly usedMs: number }[];
  /** Of a batch that has begun: whose it is, and how far it has come. */
  readonly hold?: StoredHold | undefined;
}

const tokenAnswer = z.union([
  z.object({
    kind: z.literal('taken'),
    decision: z.enum(['approve', 'deny']),
    person: z.string(),
    isNew: z.boolean(),
    view: requestView,
  }),
  z.object({ kind: z.literal('refused'), reason: z.string() }),
]);

/** What became of a signature that was handed in. */
export type TokenAnswer =
  | {
      readonly kind: 'taken';
      readonly decision: 'approve' | 'deny';
      readonly person: string;
      readonly isNew: boolean;
      readonly view: RequestView;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** As the running Interlock answers; undefined when it knows no such request. Throws for another. */
export function readRequestView(value: unknown): RequestView | undefined {
  return value === null ? undefined : requestView.parse(value);
}

export function readRequestViews(value: unknown): readonly RequestView[] {
  return z.array(requestView).parse(value);
}

export function readTokenAnswer(value: unknown): TokenAnswer {
  return tokenAnswer.parse(value);
}

/** Undefined for what is no request: nobody can sign it, and nothing passes on it. */
export function readRequest(text: string): ApprovalRequest | undefined {
  try {
    const read = request.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}
