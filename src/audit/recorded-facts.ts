// A decision record read back: what was known of the statement then, as the rules are asked about
// it. The counterpart of record.ts. What a record does not say stays unknown.
import { z } from 'zod';
import type { MissingFact, RecordedFacts } from '../policy/replay.js';
import type { Facts } from '../policy/verdict.js';
import { EFFECTS, type EffectObject, type StatementEffect } from '../sql/effect.js';
import type { ReachEntry } from '../topology/snapshot.js';

const size = z.union([z.number(), z.literal('unknown')]);
const object = z.object({
  schema: z.string().optional(),
  name: z.string().optional(),
  rows: size.optional(),
  bytes: size.optional(),
});
const effect = z.object({
  effect: z.enum(EFFECTS),
  verb: z.string(),
  names: z.array(object).optional(),
  objects: z.array(z.string()),
  deferred: z.boolean(),
  isLoggingOpen: z.literal(true).optional(),
  reason: z.string().optional(),
});
const verdict = z.enum(['permit', 'deny', 'require-approval']);
const state = z.enum(['live', 'armed', 'unknown']);

const reach = z.array(
  z.object({ server: z.string(), path: z.array(z.string()), state, writable: z.boolean() }),
);

const decisionSchema = z.object({
  v: z.literal(1),
  kind: z.literal('decision'),
  id: z.string(),
  time: z.iso.datetime(),
  server: z.string(),
  user: z.string(),
  client: z.object({ address: z.string(), port: z.number() }),
  session: z.number(),
  threadId: z.number(),
  program: z.string().optional(),
  database: z.string().optional(),
  statement: z.string(),
  statementSha256: z.string(),
  effects: z.array(effect),
  logged: z.union([z.boolean(), z.literal('unknown')]),
  mode: z.enum(['enforce', 'shadow']),
  verdict,
  wouldBe: verdict,
  rule: z.string(),
  revision: z.string(),
  reach,
  travelsTo: reach.optional(),
  residue: z.object({ state: z.enum(['none', 'some', 'unknown']) }).optional(),
  lowerCaseTableNames: z.number().optional(),
});

/** As much of a decision record as replaying needs. */
export type RecordedDecision = z.output<typeof decisionSchema>;

export type RecordedLine =
  | { readonly kind: 'decision'; readonly decision: RecordedDecision }
  /** Another kind of record: no statement was judged. */
  | { readonly kind: 'other' }
  | { readonly kind: 'unreadable'; readonly reason: string };

export function readRecordedLine(line: string): RecordedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'unreadable', reason: 'it is no JSON' };
  }
  if (typeof value !== 'object' || value === null || !('kind' in value)) {
    return { kind: 'unreadable', reason: 'it is no audit record' };
  }
  if (value.kind !== 'decision') return { kind: 'other' };
  const read = decisionSchema.safeParse(value);
  if (read.success) return { kind: 'decision', decision: read.data };
  const [issue] = read.error.issues;
  const where = issue?.path.join('.') ?? '';
  return { kind: 'unreadable', reason: `its ${where} is not as expected: ${issue?.message ?? ''}` };
}

/**
 * What the session itself refused was never put to the rules, and what failed while it was judged
 * left no links behind.
 */
export function isOutsideRules({ rule }: RecordedDecision): boolean {
  return rule.startsWith('built-in-') && rule !== 'built-in-no-rules' && !lacksLinks(rule);
}

function lacksLinks(rule: string): boolean {
  return rule === 'built-in-failure';
}

/** What no rule could be asked without. */
export function missingOf({ rule }: RecordedDecision): readonly MissingFact[] {
  return lacksLinks(rule) ? ['links'] : [];
}

export function recordedFacts(decision: RecordedDecision): RecordedFacts {
  const effects = decision.effects.map((one): StatementEffect => {
    const { names, objects: _, reason, isLoggingOpen, ...rest } = one;
    return {
      ...rest,
      objects: (names ?? []).map(objectOf),
      ...(isLoggingOpen === undefined ? {} : { isLoggingOpen }),
      ...(reason === undefined ? {} : { reason }),
    };
  });
  const unnamed = effects.filter((_, index) => isUnnamed(decision.effects[index]));
  return { facts: factsOf(decision, effects), unnamed: new Set(unnamed) };
}

/** Labels alone do not tell a schema from a table, nor where a name has a dot in it. */
function isUnnamed(one: RecordedDecision['effects'][number] | undefined): boolean {
  return one?.names === undefined && one?.objects.length !== 0;
}

function objectOf(one: z.output<typeof object>): EffectObject {
  const { schema, name, rows, bytes } = one;
  return {
    ...(schema === undefined ? {} : { schema }),
    ...(name === undefined ? {} : { name }),
    ...(rows === undefined ? {} : { rows }),
    ...(bytes === undefined ? {} : { bytes }),
  };
}

function reachEntry(entry: z.output<typeof reach>[number]): ReachEntry {
  return { ...entry, reason: 'as it was recorded' };
}

function factsOf(decision: RecordedDecision, effects: readonly StatementEffect[]): Facts {
  const { client, program, database, residue, lowerCaseTableNames, travelsTo } = decision;
  return {
    requester: {
      server: decision.server,
      session: decision.session,
      threadId: decision.threadId,
      user: decision.user,
      address: client.address,
      port: client.port,
      ...(program === undefined ? {} : { program }),
      ...(database === undefined ? {} : { database }),
    },
    effects,
    logged: decision.logged,
    reach: decision.reach.map(reachEntry),
    ...(travelsTo === undefined ? {} : { travelsTo: travelsTo.map(reachEntry) }),
    ...(residue === undefined ? {} : { residue: { state: residue.state, pairs: [] } }),
    ...(lowerCaseTableNames === undefined ? {} : { lowerCaseTableNames }),
    nowMs: Date.parse(decision.time),
  };
}
