// A plain reading of the rule format, written apart from src/policy and sharing no code with it:
// slow, obvious, and what random rule sets are compared with.
import type { Facts } from '../../src/policy/verdict.js';
import type { EffectObject, StatementEffect } from '../../src/sql/effect.js';

export interface PlainConditions {
  effect?: string[];
  schema?: string[];
  table?: string[];
  user?: string[];
  logged?: boolean;
  rows?: string;
}

export interface PlainRule {
  id: string;
  match: PlainConditions;
  when: { links?: string[]; reaches?: string[] };
  verdict: 'permit' | 'deny' | 'require-approval';
  mode: 'enforce' | 'shadow' | 'off';
  except: (PlainConditions & { name: string })[];
}

/** What is asked of one effect. `sure`: what is not known does not hold (an exception). */
interface Asked {
  readonly facts: Facts;
  readonly effect: StatementEffect;
  readonly sure: boolean;
}

const STAGES = ['permit', 'require-approval', 'deny'];

/** [verdict, would be]. */
export function plainVerdict(rules: readonly PlainRule[], facts: Facts): readonly string[] {
  const strictest = (mode: string): string => {
    const stages = rules
      .filter((rule) => rule.mode === mode && applies(rule, facts))
      .map((rule) => STAGES.indexOf(rule.verdict));
    return STAGES[Math.max(0, ...stages)] ?? '';
  };
  const enforced = strictest('enforce');
  return [enforced, enforced === 'permit' ? strictest('shadow') : enforced];
}

function applies(rule: PlainRule, facts: Facts): boolean {
  return facts.effects.some((effect) => {
    const lifted = rule.except.some((one) => holds(one, { facts, effect, sure: true }));
    return (
      reaches(rule.when, facts) && holds(rule.match, { facts, effect, sure: false }) && !lifted
    );
  });
}

function holds(given: PlainConditions, asked: Asked): boolean {
  const { facts, effect } = asked;
  return (
    (given.effect ?? [effect.effect]).includes(effect.effect) &&
    (given.user ?? [facts.requester.user]).includes(facts.requester.user) &&
    logged(given.logged, asked) &&
    objects(given, asked)
  );
}

function logged(wanted: boolean | undefined, { facts, sure }: Asked): boolean {
  if (wanted === undefined) return true;
  if (facts.logged === 'unknown') return wanted && !sure;
  return facts.logged === wanted;
}

function rows(wanted: string | undefined, object: EffectObject, { sure }: Asked): boolean {
  if (wanted === undefined) return true;
  if (typeof object.rows !== 'number') return !sure;
  return wanted === '>5' ? object.rows > 5 : object.rows <= 5;
}

function objects(given: PlainConditions, asked: Asked): boolean {
  const { effect, sure } = asked;
  if (given.schema === undefined && given.table === undefined && given.rows === undefined) {
    return true;
  }
  if (effect.objects.length === 0) return !sure;
  const fits = (object: EffectObject): boolean =>
    named(given.schema, object.schema, { ...asked, isName: false }) &&
    named(given.table, object.name, { ...asked, isName: true }) &&
    rows(given.rows, object, asked);
  return sure ? effect.objects.every(fits) : effect.objects.some(fits);
}

function named(
  globs: string[] | undefined,
  name: string | undefined,
  asked: Asked & { readonly isName: boolean },
): boolean {
  if (globs === undefined) return true;
  if (name === undefined) return !asked.sure;
  const isRoutine = asked.isName && asked.effect.effect === 'drop-routine';
  const folds = isRoutine ? !asked.sure : asked.facts.lowerCaseTableNames !== 0;
  return globs.some((glob) => plainGlob(glob, name, folds));
}

function plainGlob(glob: string, name: string, folds: boolean): boolean {
  const quoted = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const pattern = quoted.replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, folds ? 'i' : '').test(name);
}

function reaches(when: PlainRule['when'], facts: Facts): boolean {
  const words = when.links ?? ['any'];
  if (facts.reach.length === 0) return when.reaches === undefined && words.includes('any');
  return facts.reach.some(
    ({ state, server }) =>
      words.some((word) => [state, 'any', 'linked'].includes(word)) &&
      (when.reaches ?? ['*']).some((glob) => plainGlob(glob, server, false)),
  );
}
