// A plain reading of the rule format, written apart from src/policy and sharing no code with it:
// slow, obvious, and what random rule sets are compared with.
import type { Facts } from '../../src/policy/verdict.js';
import type { EffectObject, StatementEffect } from '../../src/sql/effect.js';

export interface PlainConditions {
  effect?: string[];
  schema?: string[];
  table?: string[];
  user?: string[];
  server?: string[];
  client?: string[];
  program?: string[];
  deferred?: boolean;
  logged?: boolean;
  rows?: string;
}

export interface PlainRule {
  id: string;
  match: PlainConditions;
  when: { links?: string[]; reaches?: string[]; residue?: string[] };
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
      reaches(rule.when, reachOf(effect, facts)) &&
      replays(rule.when, facts, effect) &&
      holds(rule.match, { facts, effect, sure: false }) &&
      !lifted
    );
  });
}

function holds(given: PlainConditions, asked: Asked): boolean {
  const { facts, effect } = asked;
  return (
    (given.effect ?? [effect.effect]).includes(effect.effect) &&
    (given.user ?? [facts.requester.user]).includes(facts.requester.user) &&
    (given.deferred ?? effect.deferred) === effect.deferred &&
    (given.server ?? ['*']).some((glob) => plainGlob(glob, facts.requester.server, false)) &&
    (given.program ?? ['*']).some((glob) =>
      plainGlob(glob, facts.requester.program ?? '', false),
    ) &&
    comesFrom(given.client, facts.requester.address) &&
    logged(given.logged, asked) &&
    objects(given, asked)
  );
}

/** Networks of whole bytes only: 10.0.0.0/8 is '10.', 10.1.0.0/16 is '10.1.'. */
function comesFrom(networks: string[] | undefined, address: string): boolean {
  if (networks === undefined) return true;
  return networks.some((network) => {
    const [base = '', bits = '32'] = network.split('/');
    const bytes = Number(bits) / 8;
    const start = (text: string) => text.split('.').slice(0, bytes).join('.');
    return address !== '' && start(address) === start(base);
  });
}

function replays(
  { residue: words }: PlainRule['when'],
  { residue }: Facts,
  { effect }: StatementEffect,
): boolean {
  if (words === undefined) return true;
  const found = residue === undefined ? 'unknown' : residue.state;
  return effect === 'relink' && words.includes(found === 'some' ? 'any' : found);
}

function logged(wanted: boolean | undefined, { facts, effect, sure }: Asked): boolean {
  if (wanted === undefined) return true;
  const found = facts.logged === false && !isOfNow(effect) ? 'unknown' : facts.logged;
  if (found === 'unknown') return wanted && !sure;
  return found === wanted;
}

/** What the session says of its log holds for what runs now, and is carried by a log. */
function isOfNow({ deferred, effect, isLoggingOpen }: StatementEffect): boolean {
  return !deferred && isLoggingOpen !== true && effect !== 'relink';
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

function reachOf(effect: StatementEffect, { reach, travelsTo }: Facts): Facts['reach'] {
  return isOfNow(effect) ? (travelsTo ?? reach) : reach;
}

function reaches(when: PlainRule['when'], reach: Facts['reach']): boolean {
  const words = when.links ?? ['any'];
  if (reach.length === 0) {
    return when.reaches === undefined && (words.includes('any') || words.includes('severed'));
  }
  // Without a condition on links, what is reached does not matter.
  if (when.links === undefined && when.reaches === undefined) return true;
  return reach.some(
    ({ state, server, writable }) =>
      words.some((word) => [state, 'any', 'linked'].includes(word)) &&
      (when.reaches ?? ['*']).some((glob) =>
        glob === 'writable' ? writable : plainGlob(glob, server, false),
      ),
  );
}
