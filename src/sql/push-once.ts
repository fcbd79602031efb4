// Keeps a list of effects short where a text says the same again and again: what was just found is
// not listed once more. Whether that was said before is all it looks at; unite.ts removes what is
// said twice further apart.
import type { EffectObject, StatementEffect } from './effect.js';

/** Effects that take turns in a loop of this many are still seen to repeat. */
const LOOKED_BACK = 4;

export function pushOnce(effects: StatementEffect[], effect: StatementEffect): void {
  const from = Math.max(0, effects.length - LOOKED_BACK);
  for (let i = effects.length - 1; i >= from; i -= 1) {
    const before = effects[i];
    if (before !== undefined && isSame(before, effect)) return;
  }
  effects.push(effect);
}

function isSame(one: StatementEffect, other: StatementEffect): boolean {
  return (
    one.effect === other.effect &&
    one.verb === other.verb &&
    one.deferred === other.deferred &&
    one.reason === other.reason &&
    one.by === other.by &&
    one.isLoggingOpen === other.isLoggingOpen &&
    one.mayBeTemporary === other.mayBeTemporary &&
    one.runs?.kind === other.runs?.kind &&
    one.runs?.name === other.runs?.name &&
    areSame(one.objects, other.objects)
  );
}

function areSame(some: readonly EffectObject[], others: readonly EffectObject[]): boolean {
  if (some === others) return true;
  if (some.length !== others.length) return false;
  return some.every(({ schema, name, rows, bytes }, index) => {
    const other = others[index];
    return (
      schema === other?.schema &&
      name === other?.name &&
      rows === other?.rows &&
      bytes === other?.bytes
    );
  });
}
