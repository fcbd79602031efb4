// A request for approval: everything that people are shown and sign for. It is made from what the
// guard knew when it refused, and compared with what it knows when the statement comes again.
import { createHmac } from 'node:crypto';
import type { CompiledRule, RuleApprovals } from '../policy/compiled-rule.js';
import type { Decision, Facts, Question } from '../policy/verdict.js';
import type { Effect, ObjectSize, StatementEffect } from '../sql/effect.js';
import { LINK_STATES, type LinkState, type Picture } from '../topology/snapshot.js';
import type { BatchRequest } from './batch.js';
import { type CanonicalStatement, canonicalStatement, type KeyedHash } from './canonical.js';
import { digestOf } from './json.js';
import { moreReplayed, type Replayed, replayedOf } from './replayed.js';
import type { StoreIdentity } from './store.js';

/** What one rule asks for: who must sign before it lets the statement pass. */
export interface RuleNeed extends RuleApprovals {
  readonly rule: string;
  readonly title: string;
}

export interface RequestedEffect {
  readonly effect: Effect;
  readonly verb: string;
  readonly objects: readonly {
    readonly schema?: string | undefined;
    readonly name?: string | undefined;
  }[];
  readonly deferred: boolean;
  readonly reason?: string | undefined;
}

/** What the same statement of the same requester has in common each time it comes. */
export interface RequestedStatement {
  readonly server: { readonly name: string; readonly identity: string };
  readonly requester: { readonly user: string; readonly address: string };
  /** The default schema it is run in; null: none, or not known. */
  readonly database: string | null;
  readonly statement: CanonicalStatement;
  readonly effects: readonly RequestedEffect[];
}

/** What may be another thing when it comes again. */
export interface Situation {
  readonly rules: readonly RuleNeed[];
  readonly revision: string;
  readonly reach: readonly {
    readonly server: string;
    readonly path: readonly string[];
    readonly state: LinkState;
    readonly writable: boolean;
  }[];
  /** Of what relinks. */
  readonly replays?: Replayed | undefined;
}

/** What every request has, whatever is asked for. */
export interface RequestTerms extends Situation {
  readonly v: 1;
  readonly id: string;
  /** The id of the store that holds it. */
  readonly store: string;
  readonly openedMs: number;
  readonly gatherUntilMs: number;
  readonly executeMs: number;
  /** How many statements may pass on it. */
  readonly uses: number;
  readonly server: { readonly name: string; readonly identity: string };
  readonly requester: { readonly user: string; readonly address: string };
}

export interface StatementRequest extends RequestedStatement, RequestTerms {
  readonly kind?: undefined;
  /** As the server estimated them when it was asked for; shown, not compared. */
  readonly sizes: readonly ObjectEstimate[];
  /** How long after a sealed key's signature it may be run. */
  readonly breakGlassMs: number;
}

export type ApprovalRequest = StatementRequest | BatchRequest;

export interface ObjectEstimate {
  readonly object: string;
  readonly rows: ObjectSize;
  readonly bytes: ObjectSize;
}

export interface Asked {
  readonly question: Question;
  readonly facts: Facts;
  readonly decision: Decision;
  /** The rules in force, for what those that matched ask for. */
  readonly rules: readonly CompiledRule[];
}

export type Requested =
  | { readonly kind: 'requested'; readonly what: RequestedStatement; readonly situation: Situation }
  | { readonly kind: 'unapprovable'; readonly reason: string };

/** What the guard asks about, as people could sign for it; or why nobody can. */
export function requestOf(asked: Asked, store: Pick<StoreIdentity, 'key'>): Requested {
  const { question, facts } = asked;
  const { requester, isStreamed } = question;
  if (isStreamed === true) return unapprovable('it is larger than 16 MiB');
  const view = facts.picture?.views.get(requester.server);
  const identity = identityOf(facts.picture, requester.server);
  if (view?.kind !== 'answered' || identity === undefined) {
    return unapprovable(`${requester.server} did not say which server it is`);
  }
  const lost = facts.effects.find(hasUnknownSchema);
  if (lost !== undefined) return unapprovable('its default schema is not known: name it (app.t)');
  const { flavour, version } = view;
  const { database } = requester;
  const context = {
    dialect: { flavour, version },
    ...(database === undefined ? {} : { database }),
  };
  const statement = canonicalStatement(question.text, context, keyedHashOf(store));
  if (statement.kind === 'unapprovable') return statement;
  return {
    kind: 'requested',
    what: {
      server: { name: requester.server, identity },
      requester: { user: requester.user, address: requester.address },
      database: database ?? null,
      statement: { forms: statement.forms, secrets: statement.secrets },
      effects: facts.effects.map(requestedEffect),
    },
    situation: situationOf(asked),
  };
}

export function keyedHashOf({ key }: Pick<StoreIdentity, 'key'>): KeyedHash {
  return (secret) => createHmac('sha256', key).update(secret).digest('base64url');
}

function unapprovable(reason: string): Requested {
  return { kind: 'unapprovable', reason };
}

/** MySQL: its UUID. MariaDB: its uid where it has one, and its server id. */
export function identityOf(picture: Picture | undefined, server: string): string | undefined {
  const view = picture?.views.get(server);
  if (view?.kind !== 'answered') return undefined;
  const { serverUuid, serverUid, serverId } = view.identity;
  if (serverUuid !== undefined) return `server_uuid ${serverUuid}`;
  const own = `server_id ${serverId}`;
  return serverUid === undefined ? own : `server_uid ${serverUid}, ${own}`;
}

/** Outside any schema, and so none is missing. */
const WITHOUT_SCHEMA: ReadonlySet<Effect> = new Set([
  'drop-user',
  'drop-tablespace',
  'destroy-history',
  'relink',
  'unlog',
  'run-opaque',
  'unreadable',
]);

/** The same words would do something else in a session that stands elsewhere. */
export function hasUnknownSchema({ effect, objects }: StatementEffect): boolean {
  if (WITHOUT_SCHEMA.has(effect)) return false;
  return objects.some(({ schema, name }) => schema === undefined && name !== undefined);
}

function requestedEffect(effect: StatementEffect): RequestedEffect {
  const { verb, objects, deferred, reason } = effect;
  return {
    effect: effect.effect,
    verb,
    // Without their sizes, which are others each time.
    objects: objects.map(({ schema, name }) => ({
      ...(schema === undefined ? {} : { schema }),
      ...(name === undefined ? {} : { name }),
    })),
    deferred,
    ...(reason === undefined ? {} : { reason }),
  };
}

export function situationOf({ facts, decision, rules }: Omit<Asked, 'question'>): Situation {
  const replays = replayedOf(facts);
  return {
    ...(replays === undefined ? {} : { replays }),
    rules: needsOf(decision, rules),
    revision: decision.revision,
    reach: facts.reach.map(({ server, path, state, writable }) => ({
      server,
      path,
      state,
      writable,
    })),
  };
}

/** A rule that does not say who must sign asks for one person of any group. */
const ANYBODY: RuleApprovals = { count: 1, from: [], requester: 'known', onePerGroup: false };

export function needsOf(decision: Decision, rules: readonly CompiledRule[]): readonly RuleNeed[] {
  const asking = decision.matches.filter(
    ({ verdict, mode, exception }) =>
      verdict === 'require-approval' && mode === 'enforce' && exception === undefined,
  );
  const ids = [...new Set(asking.map(({ rule }) => rule))];
  return ids.map((id) => {
    const rule = rules.find((each) => each.id === id);
    return { rule: id, title: rule?.title ?? id, ...(rule?.approvals ?? ANYBODY) };
  });
}

/** The same for each repetition. */
export function fingerprintOf(of: RequestedStatement): string {
  const { server, requester, database, statement, effects } = of;
  return digestOf({ server, requester, database, statement, effects });
}

/** How the situation is worse than the one that was signed for, in words; empty: it is not. */
export function worsened(signed: Situation, now: Situation): readonly string[] {
  return [
    ...worseLinks(signed, now),
    ...stricterRules(signed, now),
    ...moreReplayed(signed.replays, now.replays),
  ];
}

function worseLinks(signed: Situation, now: Situation): readonly string[] {
  return now.reach.flatMap(({ server, state, writable }) => {
    const before = signed.reach.find((entry) => entry.server === server);
    const was: LinkState = before?.state ?? 'severed';
    if (danger(state) > danger(was))
      return [`${server} was ${was} when it was asked for and is ${state} now`];
    return writable && before?.writable === false ? [`${server} takes writes now`] : [];
  });
}

function danger(state: LinkState): number {
  return LINK_STATES.indexOf(state);
}

function stricterRules(signed: Situation, now: Situation): readonly string[] {
  return now.rules.flatMap((need) => {
    const before = signed.rules.find(({ rule }) => rule === need.rule);
    if (before === undefined) return [`rule ${need.rule} was not in force when it was asked for`];
    return isStricter(before, need) ? [`rule ${need.rule} has become stricter`] : [];
  });
}

function isStricter(before: RuleNeed, now: RuleNeed): boolean {
  const isNarrower =
    now.from.length > 0 &&
    (before.from.length === 0 || before.from.some((group) => !now.from.includes(group)));
  return (
    now.count > before.count ||
    isNarrower ||
    (now.onePerGroup && !before.onePerGroup) ||
    (now.onePerGroup && now.from.some((group) => !before.from.includes(group))) ||
    (now.requester === 'known' && before.requester !== 'known')
  );
}
