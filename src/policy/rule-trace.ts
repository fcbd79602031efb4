// Why a rule matched or did not, field by field, for `interlock explain`: the same checks as
// match.ts makes, asked one by one. Never decides anything.
import type { EnforcementMode } from '../config/config.js';
import { type Effect, type EffectObject, objectLabel } from '../sql/effect.js';
import type { ReachEntry } from '../topology/snapshot.js';
import type {
  CompiledException,
  CompiledRule,
  Conditions,
  LinkConditions,
} from './compiled-rule.js';
import { decide, withNameCase } from './decide.js';
import { loggedOf, reachOfEffect } from './logging.js';
import {
  type Field,
  fitRule,
  fitsField,
  fitsLinks,
  fitsObjects,
  fitsResidue,
  isCurrent,
  isLifted,
  OBJECT_FIELDS,
  residueWord,
  type Side,
  SUBJECT_FIELDS,
  type Subject,
} from './match.js';
import type { RuleSet } from './rules.js';
import type { Decision, Facts, RuleMode, VerdictKind } from './verdict.js';

/** One field of a rule against what the statement has. */
export interface FieldTrace {
  /** Its name; joined by `+` where several hold, but not of one and the same object. */
  readonly field: string;
  readonly wanted: string;
  readonly found: string;
  readonly holds: boolean;
}

export interface ExceptionTrace {
  readonly name: string;
  readonly lifts: boolean;
  readonly expired: boolean;
  readonly fields: readonly FieldTrace[];
}

/** One rule against one effect. */
export interface RuleTrace {
  readonly rule: string;
  readonly title: string;
  readonly verdict: VerdictKind;
  readonly mode: RuleMode;
  readonly effect: Effect;
  readonly outcome: 'matched' | 'lifted' | 'missed' | 'off';
  readonly fields: readonly FieldTrace[];
  readonly exceptions: readonly ExceptionTrace[];
}

export interface Explanation {
  readonly decision: Decision;
  /** Every rule against every effect: those that matched first, then by how near they came. */
  readonly traces: readonly RuleTrace[];
}

export function explainDecision(
  facts: Facts,
  ruleSet: RuleSet | undefined,
  mode: EnforcementMode,
): Explanation {
  const decision = decide(facts, ruleSet, mode);
  const known = withNameCase(facts);
  const traces = known.effects.flatMap((effect) =>
    (ruleSet?.rules ?? []).map((rule) => traceRule(rule, { effect, facts: known })),
  );
  return { decision, traces: traces.toSorted((a, b) => failures(a) - failures(b)) };
}

export function traceRule(rule: CompiledRule, subject: Subject): RuleTrace {
  const { id, title, verdict, mode } = rule;
  return {
    rule: id,
    title,
    verdict,
    mode,
    effect: subject.effect.effect,
    outcome: outcomeOf(rule, subject),
    fields: [
      ...traceConditions(rule.conditions, subject, 'match'),
      ...traceLinks(rule.when, reachOfEffect(subject.effect, subject.facts)),
      ...traceResidue(rule.when.residue, subject),
    ],
    exceptions: rule.exceptions.map((exception) => traceException(exception, subject)),
  };
}

function outcomeOf(rule: CompiledRule, subject: Subject): RuleTrace['outcome'] {
  if (rule.mode === 'off') return 'off';
  const fit = fitRule(rule, subject);
  if (fit.kind === 'misses') return 'missed';
  return fit.exception === undefined ? 'matched' : 'lifted';
}

function failures({ fields, outcome }: RuleTrace): number {
  if (outcome === 'matched') return -2;
  return outcome === 'lifted' ? -1 : fields.filter(({ holds }) => !holds).length;
}

function traceException(exception: CompiledException, subject: Subject): ExceptionTrace {
  return {
    name: exception.name,
    lifts: isLifted(exception, subject),
    expired: !isCurrent(exception, subject.facts.nowMs),
    fields: traceConditions(exception.conditions, subject, 'exception'),
  };
}

function traceConditions(
  conditions: Conditions,
  subject: Subject,
  side: Side,
): readonly FieldTrace[] {
  const subjects = SUBJECT_FIELDS.filter((field) => conditions[field] !== undefined).map(
    (field) => ({
      field,
      wanted: wantedText(conditions[field]),
      found: foundText(field, subject),
      holds: fitsField(field, conditions, { ...subject, side }),
    }),
  );
  return [...subjects, ...traceObjects(conditions, subject, side)];
}

/** All of them must hold of one and the same object, so together they are a line too. */
function traceObjects(conditions: Conditions, subject: Subject, side: Side): readonly FieldTrace[] {
  const { objects } = subject.effect;
  const given = OBJECT_FIELDS.flatMap((field) => {
    const asked = conditions[field];
    if (asked === undefined) return [];
    const holds = fitsObjects({ [field]: asked }, subject, side);
    const found = objects.map((object) => objectText(field, object)).join(', ') || 'not known';
    return [{ field, wanted: wantedText(asked), found, holds }];
  });
  if (given.length < 2 || given.some(({ holds }) => !holds)) return given;
  const together = {
    field: given.map(({ field }) => field).join('+'),
    wanted: given.map(({ wanted }) => wanted).join(' with '),
    found: objects.map(objectLabel).join(', ') || 'not known',
    holds: fitsObjects(conditions, subject, side),
  };
  return [...given, together];
}

function traceLinks(when: LinkConditions, reach: readonly ReachEntry[]): readonly FieldTrace[] {
  const { links, reaches } = when;
  const states = [...new Set(reach.map(({ state }) => state))].toSorted().join(', ');
  const traces: FieldTrace[] = [];
  if (links !== undefined) {
    const holds = fitsLinks({ links }, reach);
    traces.push({ field: 'links', wanted: links.join(', '), found: states || 'severed', holds });
  }
  if (reaches !== undefined) {
    const wanted = reaches === 'writable' ? reaches : wantedText(reaches);
    const names = reach.map(({ server, writable }) => (writable ? `${server} (writable)` : server));
    // Both fields must hold of one server, so this one is asked with the other.
    const found = names.join(', ') || 'nobody';
    traces.push({ field: 'reaches', wanted, found, holds: fitsLinks(when, reach) });
  }
  return traces;
}

function traceResidue(words: LinkConditions['residue'], subject: Subject): readonly FieldTrace[] {
  if (words === undefined) return [];
  const holds = fitsResidue(words, subject);
  const found = subject.effect.effect === 'relink' ? residueWord(subject.facts) : 'not a relink';
  return [{ field: 'residue', wanted: words.join(', '), found, holds }];
}

function objectText(field: (typeof OBJECT_FIELDS)[number], object: EffectObject): string {
  const label = objectLabel(object);
  if (field === 'schema' || field === 'table') return label;
  return `${object[field] ?? 'unknown'} (${label})`;
}

function wantedText(wanted: Conditions[Field]): string {
  if (wanted === undefined) return 'anything';
  if (typeof wanted === 'boolean') return String(wanted);
  if ('operator' in wanted) return wanted.text;
  const texts: string[] = [];
  for (const entry of wanted) texts.push(typeof entry === 'string' ? entry : entry.text);
  return texts.join(', ');
}

function foundText(field: (typeof SUBJECT_FIELDS)[number], { effect, facts }: Subject): string {
  const { requester } = facts;
  switch (field) {
    case 'effect':
      return effect.effect;
    case 'server':
      return requester.server;
    case 'user':
      return requester.user;
    case 'client':
      return requester.address || 'a Unix socket';
    case 'program':
      return requester.program ?? 'not told';
    case 'deferred':
      return String(effect.deferred);
    case 'logged':
      return String(loggedOf(effect, facts));
    default:
      return field satisfies never;
  }
}
