// Finds the rules that may match an effect without trying them all: by effect, then by the names
// of tables, schemas or users they spell out. It may offer too many rules, never too few; match.ts
// has the last word.
import { EFFECTS, type Effect, type EffectObject, type StatementEffect } from '../sql/effect.js';
import type { CompiledRule, Conditions } from './compiled-rule.js';
import { foldName, type Glob } from './glob.js';
import type { Requester } from './verdict.js';

type ByName = ReadonlyMap<string, readonly CompiledRule[]>;

/** The rules for one effect, each filed under the narrowest names it spells out. */
interface Drawer {
  readonly byTable: ByName;
  readonly bySchema: ByName;
  readonly byUser: ByName;
  readonly anywhere: readonly CompiledRule[];
}

export type RuleIndex = ReadonlyMap<Effect, Drawer>;

interface OpenDrawer {
  readonly byTable: Map<string, CompiledRule[]>;
  readonly bySchema: Map<string, CompiledRule[]>;
  readonly byUser: Map<string, CompiledRule[]>;
  readonly anywhere: CompiledRule[];
}

/** Rules that are off are in no drawer. */
export function indexRules(rules: readonly CompiledRule[]): RuleIndex {
  const index = new Map<Effect, OpenDrawer>();
  for (const effect of EFFECTS) {
    index.set(effect, { byTable: new Map(), bySchema: new Map(), byUser: new Map(), anywhere: [] });
  }
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
  const offer = (rules: readonly CompiledRule[] | undefined): void => {
    for (const rule of rules ?? []) found.add(rule);
  };
  offer(drawer.anywhere);
  offer(drawer.byUser.get(requester.user));
  offerByName(drawer.byTable, namesOf(effect.objects, 'name'), offer);
  offerByName(drawer.bySchema, namesOf(effect.objects, 'schema'), offer);
  return found;
}

function file(drawer: OpenDrawer, rule: CompiledRule): void {
  const { conditions } = rule;
  const tables = spelledOut(conditions.table);
  const schemas = spelledOut(conditions.schema);
  if (tables !== undefined) fileUnder(drawer.byTable, tables, rule);
  else if (schemas !== undefined) fileUnder(drawer.bySchema, schemas, rule);
  else if (conditions.user !== undefined) fileUnder(drawer.byUser, [...conditions.user], rule);
  else drawer.anywhere.push(rule);
}

/** The folded names, when every entry is one. Case is match.ts's: here it is always ignored. */
function spelledOut(globs: Conditions['table']): readonly string[] | undefined {
  if (globs?.every(({ isLiteral }: Glob) => isLiteral) !== true) return undefined;
  return [...new Set(globs.map(({ text }) => foldName(text)))];
}

function fileUnder(
  drawer: Map<string, CompiledRule[]>,
  names: readonly string[],
  rule: CompiledRule,
): void {
  for (const name of names) {
    const rules = drawer.get(name);
    if (rules === undefined) drawer.set(name, [rule]);
    else rules.push(rule);
  }
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

function offerByName(
  rules: ByName,
  names: readonly string[] | undefined,
  offer: (rules: readonly CompiledRule[] | undefined) => void,
): void {
  if (names === undefined) {
    for (const filed of rules.values()) offer(filed);
    return;
  }
  for (const name of names) offer(rules.get(foldName(name)));
}
