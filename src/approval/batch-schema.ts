// A restore as it is asked for over the admin socket, and what is answered. Read here before anything
// of it is believed.
import { z } from 'zod';
import { EFFECTS } from '../sql/effect.js';
import { batchSource, type RequestView, requestView } from './request-schema.js';

const name = z.string().min(1).max(255);

const statement = z.object({
  /** Of the dump, for messages. */
  line: z.number().int().min(1),
  count: z.number().int().min(1),
  database: z.string().optional(),
  /** In base64, where effect and object do not say all of it. */
  text: z.string().optional(),
  effects: z
    .array(
      z.object({
        effect: z.enum(EFFECTS),
        verb: z.string().max(256),
        objects: z.array(z.object({ schema: z.string().optional(), name: z.string().optional() })),
        deferred: z.boolean(),
        reason: z.string().optional(),
      }),
    )
    .min(1),
});

const ask = z.strictObject({
  server: name,
  user: name,
  client: z.string().max(64).optional(),
  /** Servers that may follow meanwhile. None: it passes only while nobody does. */
  accept: z.array(name).max(1000),
  source: batchSource,
  statements: z.array(statement).max(100_000),
});

export type BatchAsk = z.output<typeof ask>;
export type BatchStatement = BatchAsk['statements'][number];

/** Throws for what is none. */
export function readBatchAsk(value: unknown): BatchAsk {
  return ask.parse(value);
}

const answer = z.union([
  z.object({ kind: z.literal('opened'), view: requestView }),
  z.object({ kind: z.literal('nothing'), reason: z.string() }),
  z.object({ kind: z.literal('refused'), reason: z.string(), details: z.array(z.string()) }),
]);

export type BatchAnswer =
  | { readonly kind: 'opened'; readonly view: RequestView }
  /** Nothing in it needs an approval. */
  | { readonly kind: 'nothing'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly details: readonly string[] };

export function readBatchAnswer(value: unknown): BatchAnswer {
  return answer.parse(value);
}

const dialect = z.object({ flavour: z.enum(['mariadb', 'mysql']), version: z.number() });

/** What the server behind is, for whoever reads a dump; undefined while it is not known. */
export function readDialectAnswer(value: unknown): z.output<typeof dialect> | undefined {
  return value === null ? undefined : dialect.parse(value);
}
