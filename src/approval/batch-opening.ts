// A restore that somebody wants approved: each statement judged as the guard would judge it, and what
// rules leave to people put into one request. What no approval could let pass is named before anybody
// signs: half a restore is worse than none.
import { setImmediate } from 'node:timers/promises';
import type { Known } from '../catalog/catalog.js';
import type { Clock } from '../clock.js';
import type { EnforcementMode } from '../config/config.js';
import { decide } from '../policy/decide.js';
import type { RuleSet } from '../policy/rules.js';
import { travelOf } from '../policy/travel.js';
import type { Decision, Facts } from '../policy/verdict.js';
import { type EffectObject, objectLabel, type StatementEffect } from '../sql/effect.js';
import { reachOf } from '../topology/cascade.js';
import type { Picture } from '../topology/snapshot.js';
import type { Approvals, NewBatch } from './approvals.js';
import type { Assessment } from './assessment.js';
import { ANY_ADDRESS, BATCH_ITEMS_MAX, type BatchItem, itemKey, itemsOf } from './batch.js';
import type { BatchAsk, BatchStatement } from './batch-schema.js';
import { itemTextOf } from './batches.js';
import { identityOf, type Situation, situationOf } from './request.js';
import type { StoreIdentity } from './store.js';

export type BatchOpened =
  | { readonly kind: 'opened'; readonly assessment: Assessment }
  | { readonly kind: 'nothing'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly details: readonly string[] };

export interface BatchOpeningParts {
  readonly approvals: Pick<Approvals, 'openBatch' | 'identity'>;
  readonly topology: { anew(sinceMs: number): Promise<Picture | undefined> };
  readonly catalog: (ask: {
    readonly server: string;
    readonly effects: readonly StatementEffect[];
    readonly database: string | undefined;
  }) => Promise<Pick<Known, 'effects' | 'elsewhere'>>;
  readonly ruleSet: () => RuleSet | undefined;
  readonly modeOf: (server: string) => EnforcementMode;
  readonly clock: Clock;
}

/** One statement of the dump with what the rules say of it. */
interface Judged {
  readonly statement: BatchStatement;
  readonly facts: Facts;
  readonly decision: Decision;
}

const DETAILS_MAX = 10;
/** Of all texts that people are shown: what is asked for is stored, sent and signed whole. */
const WORDS_CHARACTERS = 4 * 1024 * 1024;
/** So many are judged in one turn. */
const TURN_STATEMENTS = 100;

/** Rejects when the store or the catalog fails. */
export async function openBatch(parts: BatchOpeningParts, ask: BatchAsk): Promise<BatchOpened> {
  const { server, accept } = ask;
  const picture = await parts.topology.anew(parts.clock.monotonic());
  const identity = identityOf(picture, server);
  if (picture === undefined || identity === undefined) {
    return refused(`${server} could not be asked which server it is, and who follows it`);
  }
  const judged = await judgeAll(parts, ask, accept.length === 0 ? unlinked(picture) : picture);
  const denied = judged.filter(({ decision }) => decision.verdict === 'deny');
  if (denied.length > 0) {
    const why = 'no approval lets these pass, and the restore would end half way';
    return refused(why, denied.map(deniedWords));
  }
  const asking = judged.filter(({ decision }) => decision.verdict === 'require-approval');
  if (asking.length === 0) return nothingToAsk(ask, picture, parts.modeOf(server));
  const reach = reachOfAll(asking);
  const trouble = acceptanceTrouble(accept, reach);
  if (trouble !== undefined) return refused(trouble);
  const listed = listOf(asking, picture, await parts.approvals.identity());
  if ('kind' in listed) return listed;
  const rules = parts.ruleSet()?.rules ?? [];
  const situations = asking.map(({ facts, decision }) => situationOf({ facts, decision, rules }));
  const opened = await parts.approvals.openBatch({
    server: { name: server, identity },
    requester: { user: ask.user, address: ask.client ?? ANY_ADDRESS },
    source: ask.source,
    items: listed.items,
    uses: asking.reduce((sum, { statement }) => sum + statement.count, 0),
    rules: [
      ...new Map(
        situations.flatMap((each) => each.rules.map((need) => [need.rule, need] as const)),
      ).values(),
    ],
    revision: situations[0]?.revision ?? 'none',
    reach,
  });
  return 'note' in opened ? refused(opened.note) : { kind: 'opened', assessment: opened };
}

function refused(reason: string, details: readonly string[] = []): BatchOpened {
  const more = details.length - DETAILS_MAX;
  const shown = details.slice(0, DETAILS_MAX);
  return { kind: 'refused', reason, details: more > 0 ? [...shown, `and ${more} more`] : shown };
}

/** As it will have to be: it passes only while nobody follows. */
function unlinked(picture: Picture): Picture {
  return { ...picture, links: [] };
}

async function judgeAll(
  parts: BatchOpeningParts,
  { server, user, client, statements }: BatchAsk,
  picture: Picture,
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  const nowMs = parts.clock.now();
  for (const [at, statement] of statements.entries()) {
    // There may be a hundred thousand, and sessions wait meanwhile.
    if (at % TURN_STATEMENTS === 0) await setImmediate();
    const { database } = statement;
    const known = await parts.catalog({
      server,
      effects: statement.effects.map(effectOf),
      database,
    });
    if (known.effects.length === 0) continue;
    const requester = {
      ...{ server, session: 0, threadId: 0, user, address: client ?? '0.0.0.0', port: 0 },
      ...(database === undefined ? {} : { database }),
    };
    const travel = travelOf(picture, { requester, facts: known }, known.elsewhere);
    const facts = { requester, effects: known.effects, picture, nowMs, ...travel };
    const decision = decide(facts, parts.ruleSet(), parts.modeOf(server));
    judged.push({ statement, facts, decision });
  }
  return judged;
}

function effectOf({
  objects,
  reason,
  ...rest
}: BatchStatement['effects'][number]): StatementEffect {
  return {
    ...rest,
    objects: objects.map(
      ({ schema, name }): EffectObject => ({
        ...(schema === undefined ? {} : { schema }),
        ...(name === undefined ? {} : { name }),
      }),
    ),
    ...(reason === undefined ? {} : { reason }),
  };
}

function deniedWords({ statement, decision, facts }: Judged): string {
  const effect = decision.effect ?? facts.effects[0];
  const [object] = effect?.objects ?? [];
  const label = object === undefined ? '' : ` ${objectLabel(object)}`;
  const why = decision.reason === undefined ? '' : ` (${decision.reason})`;
  return `line ${statement.line}: ${effect?.verb ?? 'a statement'}${label}: rule ${decision.rule}${why}`;
}

function nothingToAsk(
  { server, accept }: BatchAsk,
  picture: Picture,
  mode: EnforcementMode,
): BatchOpened {
  const nothing = (reason: string): BatchOpened => ({ kind: 'nothing', reason });
  if (mode === 'shadow') return nothing('In shadow mode nothing is refused.');
  if (accept.length > 0) return nothing('No rule asks for an approval of anything in it.');
  const now = reachOf(picture, server);
  const unneeded = 'While no server follows, nothing in it needs an approval';
  if (now.length === 0) return nothing(`${unneeded}, and none does: it passes as it is.`);
  const who = now.map(({ server: name, state }) => `${name} (${state})`).join(', ');
  const names = now.map(({ server: name }) => name).join(',');
  return refused(
    `${unneeded}; but now it would reach ${who}. Sever first, as interlock reseed-check --server ` +
      `${server} says; or accept that they follow: --accept-reach ${names}`,
  );
}

function reachOfAll(asking: readonly Judged[]): Situation['reach'] {
  const entries = asking.flatMap(({ facts }) => facts.reach);
  const byServer = new Map(entries.map((entry) => [entry.server, entry]));
  return [...byServer.values()].map(({ server, path, state, writable }) => ({
    ...{ server, path, state, writable },
  }));
}

function acceptanceTrouble(
  accept: readonly string[],
  reach: Situation['reach'],
): string | undefined {
  const names = reach.map(({ server }) => server);
  const missing = reach.filter(({ server }) => !accept.includes(server));
  if (missing.length > 0) {
    const who = missing.map(({ server, state }) => `${server} (${state})`).join(', ');
    return `it would reach ${who} too: sever them first, or accept all: --accept-reach ${names.join(',')}`;
  }
  const strange = accept.filter((name) => !names.includes(name));
  if (strange.length === 0) return undefined;
  return `it would not reach ${strange.join(', ')}: leave that out of --accept-reach`;
}

/** The items of all that asks, each with its count; or what of it cannot be listed. */
function listOf(
  asking: readonly Judged[],
  picture: Picture,
  identity: StoreIdentity,
): Pick<NewBatch, 'items'> | BatchOpened {
  const items = new Map<string, BatchItem>();
  const troubles: string[] = [];
  for (const { statement, facts } of asking) {
    const { requester } = facts;
    const text = Buffer.from(statement.text ?? '', 'base64');
    const textOf = () =>
      text.length === 0 ? undefined : itemTextOf({ requester, text, picture }, identity);
    const own = itemsOf(facts.effects, textOf);
    if ('reason' in own) {
      troubles.push(`line ${statement.line}: ${own.reason}`);
      continue;
    }
    for (const [key, item] of new Map(own.map((each) => [itemKey(each), each]))) {
      const count = (items.get(key)?.count ?? 0) + statement.count;
      items.set(key, { ...item, count });
    }
  }
  if (troubles.length > 0) return refused('these cannot be put into a list', troubles);
  if (items.size > BATCH_ITEMS_MAX) {
    return refused(`it has more than ${BATCH_ITEMS_MAX.toLocaleString('en-US')} different effects`);
  }
  const texts = [...items.values()].flatMap(({ words = [] }) => words);
  if (texts.reduce((sum, { length }) => sum + length, 0) > WORDS_CHARACTERS) {
    return refused('what its names do not say in full is more than 4 MiB of text');
  }
  return { items: [...items.values()] };
}
