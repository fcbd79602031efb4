// Finds the rules that may match an effect without trying them all: by effect, then by the names
// of tables, schemas, users, servers or programs they spell out, or by network. It may offer too
// many rules, never too few; match.ts has the last word.
import { EFFECTS, type Effect, type EffectObject, type StatementEffect } from '../sql/effect.js';
import type { CompiledRule } from './compiled-rule.js';
import { NameIndex, NetworkIndex, type Offer } from './name-index.js';
import type { Requester } from './verdict.js';

/** The rules for one effect, each filed under the narrowest that it asks for. */
interface Drawer {
  readonly byTable: NameIndex;
  readonly bySchema: NameIndex;
  readonly byUser: Map<string, CompiledRule[]>;
  readonly byServer: NameIndex;
  readonly byClient: NetworkIndex;
  readonly byProgram: NameIndex;
  readonly anywhere: CompiledRule[];
}

export type RuleIndex = ReadonlyMap<Effect, Drawer>;

/** Rules that are off are in no drawer. */
export function indexRules(rules: readonly CompiledRule[]): RuleIndex {
  const index = new Map<Effect, Drawer>();
  for (const effect of EFFECTS) index.set(effect, emptyDrawer());
  for (const rule of rules) {
    if (rule.mode === 'off') continue;
    for (const effect of rule.conditions.effect ?? EFFECTS) {
      const drawer = index.get(effect);
      if (drawer !== undefined) file(drawer, rule);
    }
  }
  return index;
}

/** Every rule that might match, each once. */
export function candidates(
  index: RuleIndex,
  effect: StatementEffect,
  requester: Requester,
): ReadonlySet<CompiledRule> {
  const found = new Set<CompiledRule>();
  const drawer = index.get(effect.effect);
  if (drawer === undefined) return found;
  const offer: Offer = (rules) => {
    for (const rule of rules ?? []) found.add(rule);
  };
  offer(drawer.anywhere);
  drawer.byTable.offer(namesOf(effect.objects, 'name'), offer);
  drawer.bySchema.offer(namesOf(effect.objects, 'schema'), offer);
  offer(drawer.byUser.get(requester.user));
  drawer.byServer.offer([requester.server], offer);
  drawer.byClient.offer(requester.address, offer);
  drawer.byProgram.offer([requester.program ?? ''], offer);
  return found;
}

function emptyDrawer(): Drawer {
  return {
    byTable: new NameIndex(),
    bySchema: new NameIndex(),
    byUser: new Map(),
    byServer: new NameIndex(),
    byClient: new NetworkIndex(),
    byProgram: new NameIndex(),
    anywhere: [],
  };
}

function file(drawer: Drawer, rule: CompiledRule): void {
  const { table, schema, user, server, client, program } = rule.conditions;
  const isFiled =
    drawer.byTable.file(table, rule) ||
    drawer.bySchema.file(schema, rule) ||
    fileByUser(drawer.byUser, user, rule) ||
    drawer.byServer.file(server, rule) ||
    drawer.byClient.file(client, rule) ||
    drawer.byProgram.file(program, rule);
  if (!isFiled) drawer.anywhere.push(rule);
}

function fileByUser(
  drawer: Drawer['byUser'],
  users: ReadonlySet<string> | undefined,
  rule: CompiledRule,
): boolean {
  for (const user of users ?? []) {
    const rules = drawer.get(user);
    if (rules === undefined) drawer.set(user, [rule]);
    else rules.push(rule);
  }
  return users !== undefined;
}

/** Undefined when a name is missing: then it may be any. */
function namesOf(
  objects: readonly EffectObject[],
  part: 'name' | 'schema',
): readonly string[] | undefined {
  const names = objects.map((object) => object[part]);
  const known = names.filter((name) => name !== undefined);
  return objects.length === 0 || known.length < names.length ? undefined : known;
}
