// Which objects' sizes the rules hang on, and the facts once these are known. Sizes cost a question
// to the server, so only those are looked up that a rule asks for which else would match. Pure.
import type { EffectObject, Sizes, StatementEffect } from '../sql/effect.js';
import type { CompiledRule, Conditions } from './compiled-rule.js';
import { type JudgingRules, withNameCase } from './decide.js';
import { fitRule } from './match.js';
import { candidates } from './rule-index.js';
import type { Facts } from './verdict.js';

/** The objects to ask about, each once; none where no rule's answer hangs on it. */
export function objectsToSize(facts: Facts, rules: JudgingRules | undefined): EffectObject[] {
  if (rules === undefined) return [];
  const known = withNameCase(facts);
  const hanging = known.effects.filter((effect) => {
    for (const rule of candidates(rules.index, effect, known.requester)) {
      if (!asksSize(rule)) continue;
      // What is unknown counts for a match: a rule that misses now misses whatever the sizes are.
      const fit = fitRule(rule, { effect, facts: known });
      if (fit.kind === 'matches' && fit.exception === undefined) return true;
    }
    return false;
  });
  return [...new Set(hanging.flatMap(({ objects }) => objects))];
}

/** The facts with the sizes in their objects; what was asked about and is not here is unknown. */
export function withSizes(facts: Facts, asked: readonly EffectObject[], sizes: Sizes): Facts {
  const about = new Set(asked);
  const sized = (object: EffectObject): EffectObject => {
    if (!about.has(object)) return object;
    const { rows, bytes } = sizes.get(object) ?? { rows: 'unknown', bytes: 'unknown' };
    return { ...object, rows, bytes };
  };
  const effects = facts.effects.map(
    (effect): StatementEffect =>
      effect.objects.some((object) => about.has(object))
        ? { ...effect, objects: effect.objects.map(sized) }
        : effect,
  );
  return { ...facts, effects };
}

/** Whether a rule or one of its exceptions has a condition on sizes. */
export function asksSize({ conditions, exceptions }: CompiledRule): boolean {
  return hasSize(conditions) || exceptions.some((exception) => hasSize(exception.conditions));
}

function hasSize({ rows, bytes }: Conditions): boolean {
  return rows !== undefined || bytes !== undefined;
}
