// What a recorded statement would have got under other rules. A fact that a rule asks for and that
// was not looked up then is never guessed: the answer is known only where it hangs on none. Pure.
import type { EnforcementMode } from '../config/config.js';
import type { StatementEffect } from '../sql/effect.js';
import type { CompiledRule } from './compiled-rule.js';
import { decide, type JudgingRules, withNameCase } from './decide.js';
import { fitRule, type Subject } from './match.js';
import { candidates, indexRules } from './rule-index.js';
import { RESIDUE_WORDS, type ResidueWord } from './rule-schema.js';
import { asksSize } from './size-ask.js';
import type { Decision, Facts } from './verdict.js';

/** What may be missing in a record, by the name of the field that asks for it. */
export type MissingFact = 'rows' | 'bytes' | 'residue' | 'objects' | 'links';

export type Replayed =
  | { readonly kind: 'known'; readonly decision: Decision }
  | {
      readonly kind: 'unknown';
      readonly missing: readonly MissingFact[];
      /** If each unknown fact were as lax, and as strict, as it can be. */
      readonly atLeast: Decision;
      readonly atMost: Decision;
    };

/** A statement as its record tells it. */
export interface RecordedFacts {
  readonly facts: Facts;
  /** The effects whose objects the record does not name one by one. */
  readonly unnamed: ReadonlySet<StatementEffect>;
}

export function replayed(
  recorded: RecordedFacts,
  rules: JudgingRules,
  mode: EnforcementMode,
): Replayed {
  const facts = withNameCase(recorded.facts);
  const asked = askedOf(recorded, facts, rules);
  const missing = [...new Set(asked.flatMap((one) => one.missing))].toSorted();
  if (missing.length === 0) return { kind: 'known', decision: decide(facts, rules, mode) };
  // The strictest of what matches decides, so whatever else holds lies between these two.
  const judge = (some: readonly CompiledRule[]): Decision =>
    decide(facts, { revision: rules.revision, index: indexRules(some) }, mode);
  const atLeast = judge(asked.filter((one) => one.missing.length === 0).map(({ rule }) => rule));
  const atMost = judge(asked.map(({ rule, missing: open }) => settled(rule, open)));
  return isSame(atLeast, atMost)
    ? { kind: 'known', decision: atMost }
    : { kind: 'unknown', missing, atLeast, atMost };
}

/** Whether two decisions are one to whoever gets them. */
export function isSame(one: Decision, other: Decision): boolean {
  const words = ({ verdict, wouldBe, rule }: Decision) => `${verdict} ${wouldBe} ${rule}`;
  return words(one) === words(other);
}

interface Asked {
  readonly rule: CompiledRule;
  /** The facts that its answer hangs on, and that nobody looked up. */
  readonly missing: readonly MissingFact[];
}

function askedOf(recorded: RecordedFacts, facts: Facts, rules: JudgingRules): readonly Asked[] {
  const byRule = new Map<CompiledRule, MissingFact[]>();
  for (const effect of facts.effects) {
    const isUnnamed = recorded.unnamed.has(effect);
    for (const rule of candidates(rules.index, effect, facts.requester)) {
      const missing = byRule.get(rule) ?? [];
      missing.push(...missingFor(rule, { effect, facts }, isUnnamed));
      byRule.set(rule, missing);
    }
  }
  return [...byRule].map(([rule, missing]) => ({ rule, missing }));
}

function missingFor(rule: CompiledRule, subject: Subject, isUnnamed: boolean): MissingFact[] {
  const { effect, facts } = subject;
  const words = possibleResidues(rule, subject);
  // What is unknown counts for a match: a rule that misses now misses whatever the facts were.
  const fits = words.filter((word) => {
    const fit = fitRule(rule, { effect, facts: withResidue(facts, word) });
    return fit.kind === 'matches' && fit.exception === undefined;
  });
  if (fits.length === 0) return [];
  const missing: MissingFact[] = fits.length < words.length ? ['residue'] : [];
  if (isUnnamed && namesObjects(rule)) missing.push('objects');
  if (asksSize(rule)) missing.push(...missingSizes(rule, effect));
  return missing;
}

function missingSizes(rule: CompiledRule, { objects }: StatementEffect): MissingFact[] {
  const all = [rule.conditions, ...rule.exceptions.map(({ conditions }) => conditions)];
  return (['rows', 'bytes'] as const).filter(
    (field) =>
      all.some((conditions) => conditions[field] !== undefined) &&
      objects.some((object) => object[field] === undefined),
  );
}

function namesObjects({ conditions, exceptions }: CompiledRule): boolean {
  const all = [conditions, ...exceptions.map((exception) => exception.conditions)];
  return all.some(({ schema, table }) => schema !== undefined || table !== undefined);
}

/** The one that was recorded; every one for a relink of which none was. */
function possibleResidues(
  { when }: CompiledRule,
  { effect, facts }: Subject,
): readonly (ResidueWord | undefined)[] {
  const isOpen =
    when.residue !== undefined && effect.effect === 'relink' && facts.residue === undefined;
  return isOpen ? RESIDUE_WORDS : [undefined];
}

function withResidue(facts: Facts, word: ResidueWord | undefined): Facts {
  if (word === undefined) return facts;
  return { ...facts, residue: { state: word === 'any' ? 'some' : word, pairs: [] } };
}

/** The rule without a condition on what nobody knows, where that would be against a match. */
function settled(rule: CompiledRule, missing: readonly MissingFact[]): CompiledRule {
  if (!missing.includes('residue')) return rule;
  const { residue: _, ...when } = rule.when;
  return { ...rule, when };
}
