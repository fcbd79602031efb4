// Finds the rules that may match an effect without trying them all: by effect, then by the names
// of tables, schemas, users or servers they spell out, or begin or end with. It may offer too many
// rules, never too few; match.ts has the last word.
import { EFFECTS, type Effect, type EffectObject, type StatementEffect } from '../sql/effect.js';
import type { CompiledRule, Conditions } from './compiled-rule.js';
import { foldName, type Glob } from './glob.js';
import type { Requester } from './verdict.js';

type Rules = readonly CompiledRule[];
type ByText = Map<string, CompiledRule[]>;

/** Rules by the part of a name that their globs spell out: all of it, its beginning or its end. */
interface NameIndex {
  readonly whole: ByText;
  readonly beginning: ByText;
  readonly end: ByText;
}

/** The rules for one effect, each filed under the narrowest names it spells out. */
interface Drawer {
  readonly byTable: NameIndex;
  readonly bySchema: NameIndex;
  readonly byUser: ByText;
  readonly byServer: ByText;
  readonly anywhere: CompiledRule[];
}

export type RuleIndex = ReadonlyMap<Effect, Drawer>;

/** Rules that are off are in no drawer. */
export function indexRules(rules: Rules): RuleIndex {
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
  const offer = (rules: Rules | undefined): void => {
    for (const rule of rules ?? []) found.add(rule);
  };
  offer(drawer.anywhere);
  offer(drawer.byUser.get(requester.user));
  offer(drawer.byServer.get(foldName(requester.server)));
  offerByName(drawer.byTable, namesOf(effect.objects, 'name'), offer);
  offerByName(drawer.bySchema, namesOf(effect.objects, 'schema'), offer);
  return found;
}

function emptyDrawer(): Drawer {
  const names = (): NameIndex => ({ whole: new Map(), beginning: new Map(), end: new Map() });
  return {
    byTable: names(),
    bySchema: names(),
    byUser: new Map(),
    byServer: new Map(),
    anywhere: [],
  };
}

function file(drawer: Drawer, rule: CompiledRule): void {
  const { table, schema, user, server } = rule.conditions;
  const tables = keysOf(table);
  const schemas = keysOf(schema);
  if (tables !== undefined) fileByName(drawer.byTable, tables, rule);
  else if (schemas !== undefined) fileByName(drawer.bySchema, schemas, rule);
  else if (user !== undefined) fileUnder(drawer.byUser, user, rule);
  else if (server?.every(({ isLiteral }) => isLiteral) === true) {
    fileUnder(drawer.byServer, new Set(server.map(({ folded }) => folded)), rule);
  } else drawer.anywhere.push(rule);
}

interface Key {
  readonly part: keyof NameIndex;
  readonly text: string;
}

/** Undefined when one of the globs spells out neither end. Case is match.ts's: here it is ignored. */
function keysOf(globs: Conditions['table']): readonly Key[] | undefined {
  const keys = globs?.map(keyOf);
  return keys?.every((key) => key !== undefined) === true ? keys : undefined;
}

function keyOf({ folded, isLiteral }: Glob): Key | undefined {
  if (isLiteral) return { part: 'whole', text: folded };
  const [beginning = ''] = folded.split(/[*?]/, 1);
  if (beginning !== '') return { part: 'beginning', text: beginning };
  const end = folded.slice(Math.max(folded.lastIndexOf('*'), folded.lastIndexOf('?')) + 1);
  return end === '' ? undefined : { part: 'end', text: end };
}

function fileByName(index: NameIndex, keys: readonly Key[], rule: CompiledRule): void {
  for (const { part, text } of keys) fileUnder(index[part], [text], rule);
}

function fileUnder(drawer: ByText, texts: Iterable<string>, rule: CompiledRule): void {
  for (const text of texts) {
    const rules = drawer.get(text);
    if (rules === undefined) drawer.set(text, [rule]);
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
  index: NameIndex,
  names: readonly string[] | undefined,
  offer: (rules: Rules | undefined) => void,
): void {
  if (names === undefined) {
    for (const part of [index.whole, index.beginning, index.end]) {
      for (const filed of part.values()) offer(filed);
    }
    return;
  }
  for (const name of new Set(names.map(foldName))) {
    offer(index.whole.get(name));
    if (index.beginning.size > 0) offerBeginnings(name, index.beginning, offer);
    if (index.end.size > 0) offerEnds(name, index.end, offer);
  }
}

function offerBeginnings(
  name: string,
  filed: ByText,
  offer: (rules: Rules | undefined) => void,
): void {
  for (let length = 1; length <= name.length; length += 1) offer(filed.get(name.slice(0, length)));
}

function offerEnds(name: string, filed: ByText, offer: (rules: Rules | undefined) => void): void {
  for (let at = 0; at < name.length; at += 1) offer(filed.get(name.slice(at)));
}
