// A request for a whole restore: effects on named objects, each with its count, for one session of
// one account on one server. What of it a statement takes is told here. Pure; batches.ts keeps it.
import type { StatementEffect } from '../sql/effect.js';
import { objectLabel } from '../sql/effect.js';
import { digestOf } from './json.js';
import { hasUnknownSchema, type RequestTerms } from './request.js';
import type { Taking } from './store.js';

/** One effect on one object, and how many statements have it. */
export interface BatchItem {
  readonly effect: StatementEffect['effect'];
  readonly verb: string;
  readonly schema?: string | undefined;
  readonly name?: string | undefined;
  readonly deferred: boolean;
  readonly reason?: string | undefined;
  /** Digest of the statement, where effect and object do not say all of what it does. */
  readonly text?: string | undefined;
  /** That statement as people are shown it, one for each meaning; absent where it is too long. */
  readonly words?: readonly string[] | undefined;
  readonly count: number;
}

/** Where the list was read from. Shown; what is bound is the list. */
export interface BatchSource {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly statements: number;
}

export interface BatchRequest extends RequestTerms {
  readonly kind: 'batch';
  /** Counted from its first statement. */
  readonly runMs: number;
  readonly source: BatchSource;
  readonly items: readonly BatchItem[];
}

/** Any address, as `requester.address`. */
export const ANY_ADDRESS = '*';

/** A list that one signature may stand for. */
export const BATCH_ITEMS_MAX = 20_000;

/** The same for all batches of one account on one server. */
export function batchFingerprint(server: string, user: string): string {
  return digestOf({ batch: { server, user } });
}

/** Effects of which the object says all: it is lost whole, whatever else the statement says. */
const SAID_BY_OBJECT: ReadonlySet<StatementEffect['effect']> = new Set([
  'drop-database',
  'drop-table',
  'truncate-table',
  'drop-view',
  'drop-routine',
  'drop-user',
  'delete-unbounded',
] as const);

export function needsText({ effect, objects, deferred }: StatementEffect): boolean {
  return deferred || objects.length === 0 || !SAID_BY_OBJECT.has(effect);
}

/** A statement as an item is bound to it. */
export interface ItemText {
  readonly digest: string;
  readonly forms: readonly string[];
}

/** Of a longer text nobody would read: who signs needs the dump for it. */
const WORDS_LENGTH = 1000;

/** What one statement would take, an item for each effect and object; or why nobody can list it. */
export function itemsOf(
  effects: readonly StatementEffect[],
  textOf: () => ItemText | undefined,
): readonly Omit<BatchItem, 'count'>[] | { readonly reason: string } {
  if (effects.some(hasUnknownSchema)) return { reason: 'its default schema is not known' };
  const bare = effects.find(needsText);
  const text = bare === undefined ? undefined : textOf();
  if (bare !== undefined && text === undefined) {
    return { reason: `${bare.effect} is not said by a name alone, and its text cannot be listed` };
  }
  return effects.flatMap((effect) => {
    const said = saidOf(effect, text);
    const objects = effect.objects.length === 0 ? [{}] : effect.objects;
    return objects.map(({ schema, name }) => ({
      ...said,
      ...(schema === undefined ? {} : { schema }),
      ...(name === undefined ? {} : { name }),
    }));
  });
}

function saidOf(effect: StatementEffect, text: ItemText | undefined) {
  const { verb, deferred, reason } = effect;
  const said = {
    ...{ effect: effect.effect, verb, deferred },
    ...(reason === undefined ? {} : { reason }),
  };
  if (text === undefined || !needsText(effect)) return said;
  const { digest, forms } = text;
  const isShort = forms.join('').length <= WORDS_LENGTH;
  return { ...said, text: digest, ...(isShort ? { words: forms } : {}) };
}

/** What tells one item from another. */
export function itemKey(item: Omit<BatchItem, 'count'>): string {
  const { effect, verb, schema, name, deferred, text, words } = item;
  // What was shown is compared too: it could be another text than the digest's.
  const bound = text === undefined ? null : [text, words ?? null];
  return JSON.stringify([effect, verb, schema ?? null, name ?? null, deferred, bound]);
}

/** `DROP TABLE app.users`, as messages name it. */
export function itemWords({ verb, schema, name }: Omit<BatchItem, 'count'>): string {
  const label = objectLabel({
    ...(schema === undefined ? {} : { schema }),
    ...(name === undefined ? {} : { name }),
  });
  return label === '' ? verb : `${verb} ${label}`;
}

/** By key: the number of the item and how many there are of it. */
export type BatchIndex = ReadonlyMap<string, Taking['items'][number]>;

export function indexOf({ items }: Pick<BatchRequest, 'items'>): BatchIndex {
  return new Map(items.map((item, number) => [itemKey(item), { item: number, of: item.count }]));
}

/** The items that these come to, each once; or the first one that is not in the list. */
export function takingOf(
  index: BatchIndex,
  items: readonly Omit<BatchItem, 'count'>[],
): { readonly takes: Taking['items'] } | { readonly unlisted: Omit<BatchItem, 'count'> } {
  const takes = new Map<number, Taking['items'][number]>();
  for (const item of items) {
    const found = index.get(itemKey(item));
    if (found === undefined) return { unlisted: item };
    takes.set(found.item, found);
  }
  return { takes: [...takes.values()] };
}
