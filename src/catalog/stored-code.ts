// Code that a server keeps, as it keeps it: the text, and what it was made under. What such code
// does when it runs is read here; who runs it is follow.ts's and firing-list.ts's. Pure.
import type { Dialect } from '../sql/dialect.js';
import { type EffectObject, objectLabel, type StatementEffect } from '../sql/effect.js';
import type { FiringNames } from '../sql/firing-names.js';
import { readText } from '../sql/statement-facts.js';

/** One routine or trigger. It runs under what it was made under, whatever the session's modes. */
export interface StoredCode {
  /** `procedure app.p`, for people. */
  readonly label: string;
  readonly schema: string;
  /** Its CREATE statement, in the bytes of `charset`. */
  readonly create: Uint8Array;
  readonly sqlMode: string;
  readonly charset: string;
}

/** What is known of code that somebody would run. */
export type CodeLook =
  | { readonly kind: 'found'; readonly code: StoredCode }
  /** It cannot be known, and why. */
  | { readonly kind: 'hidden'; readonly reason: string };

/** What the reading of code depends on besides itself. */
export interface CodeContext {
  readonly dialect: Dialect | undefined;
  readonly firing: FiringNames | undefined;
}

/** What the code does when it runs. CALLs in it are not followed. */
export function effectsOfCode(
  { create, sqlMode, charset, schema }: StoredCode,
  { dialect, firing }: CodeContext,
): readonly StatementEffect[] {
  const { effects } = readText(create, {
    sqlMode,
    charset,
    database: schema,
    ...(dialect === undefined ? {} : { dialect }),
    ...(firing === undefined ? {} : { firing }),
  });
  // That it is kept for later is over now; where its end was not certain, both were said.
  return distinct(effects.map((effect) => ({ ...effect, deferred: false })));
}

export function distinct(effects: readonly StatementEffect[]): readonly StatementEffect[] {
  return [...new Map(effects.map((effect) => [JSON.stringify(effect), effect])).values()];
}

/** The effect as seen from what runs the code: `by` says which code, for explain and the record. */
export function causedBy(effect: StatementEffect, by: string): StatementEffect {
  const reason = effect.reason === undefined ? by : `${effect.reason} (${by})`;
  return { ...effect, reason, by: effect.by === undefined ? by : `${effect.by} (${by})` };
}

/** Code that a statement would run, or have run, without holding it. */
export type NamedCode =
  | { readonly kind: 'routine'; readonly object: EffectObject }
  | {
      readonly kind: 'event';
      readonly object: EffectObject;
      readonly objects: readonly EffectObject[];
    };

export function namedCode(effect: StatementEffect): NamedCode | undefined {
  const routine = calledRoutine(effect);
  if (routine !== undefined) return { kind: 'routine', object: routine };
  const { objects } = effect;
  const [event] = objects;
  const isEvent = effect.effect === 'run-opaque' && effect.verb === 'ALTER EVENT';
  return isEvent && event !== undefined ? { kind: 'event', object: event, objects } : undefined;
}

/** The reader's word for a CALL whose routine is yet to be looked at. */
export function calledRoutine(effect: StatementEffect): EffectObject | undefined {
  if (effect.effect !== 'run-opaque' || effect.verb !== 'CALL') return undefined;
  return effect.objects[0];
}

export function routineLabel(object: EffectObject): string {
  return objectLabel(object) || 'a routine without a name';
}
