// Which names fire code that destroys rows: from all functions, triggers and views of a server, those
// that do it themselves and those that lead to one that does. Pure but for `follow`, which reads
// the procedures that functions and triggers call.
import type { StatementEffect } from '../sql/effect.js';
import {
  entriesNamed,
  type FiringEntry,
  type FiringNames,
  firingNames,
} from '../sql/firing-names.js';
import { readText } from '../sql/statement-facts.js';
import { tablesIn } from './elsewhere.js';
import { causedBy, effectsOfCode, type StoredCode } from './stored-code.js';

/** Code that a harmless statement may fire, and by which name. */
export interface FiringCode {
  readonly entry: Omit<FiringEntry, 'effects'>;
  readonly code: StoredCode;
}

/** A view, in the server's own words for what it selects. */
export interface View {
  readonly schema: string;
  readonly name: string;
  readonly definition: string;
}

export interface Kept {
  readonly codes: readonly FiringCode[];
  readonly views: readonly View[];
}

export interface ListContext {
  readonly dialect: Parameters<typeof effectsOfCode>[1]['dialect'];
  /** Follows CALLs in what a code does. */
  follow(
    effects: readonly StatementEffect[],
    database: string,
    firing: FiringNames | undefined,
  ): Promise<readonly StatementEffect[]>;
}

/** Code that fires code that fires code: each round finds one step more. */
const MOST_ROUNDS = 16;

export async function firingList(
  kept: Kept,
  context: ListContext,
): Promise<readonly FiringEntry[]> {
  let entries: readonly FiringEntry[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const next = await oneRound(kept, firingNames(entries), context);
    if (next.length === entries.length) return next;
    entries = next;
  }
  return entries;
}

async function oneRound(
  { codes, views }: Kept,
  firing: FiringNames | undefined,
  context: ListContext,
): Promise<readonly FiringEntry[]> {
  const { dialect } = context;
  const found: FiringEntry[] = [];
  for (const { entry, code } of codes) {
    const own = effectsOfCode(code, { dialect, firing });
    const effects = own.length === 0 ? own : await context.follow(own, code.schema, firing);
    if (effects.length === 0) continue;
    found.push({ ...entry, effects: deeds(effects.map((one) => causedBy(one, code.label))) });
  }
  if (firing === undefined) return found;
  return [...found, ...views.flatMap((view) => viewEntries(view, firing, dialect))];
}

/** Reading a view calls its functions; changing rows through it fires its tables' triggers. */
function viewEntries(
  { schema, name, definition }: View,
  firing: FiringNames,
  dialect: ListContext['dialect'],
): readonly FiringEntry[] {
  const read = readText(Buffer.from(definition), {
    sqlMode: '',
    charset: 'utf8mb4',
    database: schema,
    ...(dialect === undefined ? {} : { dialect }),
    firing,
  });
  const through = tablesIn(definition)
    .flatMap((table) => entriesNamed(firing, table.name).filter((entry) => isTable(entry, table)))
    .map(({ events = [], effects }) => ({ kind: 'table' as const, events, effects }));
  const readers = read.effects.length === 0 ? [] : [{ kind: 'view' as const, ...read }];
  return [...readers, ...through].map(({ effects, ...entry }) => ({
    kind: entry.kind,
    ...('events' in entry ? { events: entry.events } : {}),
    schema,
    name,
    effects: deeds(effects.map((one) => causedBy(one, `view ${schema}.${name}`))),
  }));
}

function isTable(entry: FiringEntry, { schema }: { readonly schema: string }): boolean {
  return entry.kind === 'table' && entry.schema.toLowerCase() === schema.toLowerCase();
}

/** Each thing that is done once, whichever ways lead to it: the first, which is the shortest. */
function deeds(effects: readonly StatementEffect[]): readonly StatementEffect[] {
  const found = new Map<string, StatementEffect>();
  for (const one of effects) {
    const { reason: _, by: __, ...deed } = one;
    const key = JSON.stringify(deed);
    if (!found.has(key)) found.set(key, one);
  }
  return [...found.values()];
}
