// One rule against one effect: a match needs one object of the effect, an exception every object.
// Whatever is unknown counts for a match and against an exception. Never combines rules:
// decide.ts does.
import type { EffectObject, ObjectSize, StatementEffect } from '../sql/effect.js';
import type { ReachEntry } from '../topology/snapshot.js';
import { type Comparison, isSatisfied } from './comparison.js';
import type {
  CompiledException,
  CompiledRule,
  Conditions,
  LinkConditions,
} from './compiled-rule.js';
import { type Glob, matchesGlob } from './glob.js';
import { loggedOf, reachOfEffect } from './logging.js';
import { isInNetwork, type Network, parseIp } from './network.js';
import type { LinkWord, ResidueWord } from './rule-schema.js';
import type { Facts } from './verdict.js';

/** For a match the unknown counts as fitting; for an exception it never does. */
export type Side = 'match' | 'exception';

/** One effect of a statement, with everything a rule may ask about it. */
export interface Subject {
  readonly effect: StatementEffect;
  readonly facts: Facts;
}

export type Field = keyof Conditions;
export const SUBJECT_FIELDS = [
  'effect',
  'server',
  'user',
  'client',
  'program',
  'deferred',
  'logged',
] as const satisfies readonly Field[];

/** What is asked of each object by itself; all of it must hold of one and the same. */
export const OBJECT_FIELDS = [
  'schema',
  'table',
  'rows',
  'bytes',
] as const satisfies readonly Field[];

/** What became of one rule: it matched, or it did and an exception lifted it. */
export type RuleFit =
  | { readonly kind: 'misses' }
  | { readonly kind: 'matches'; readonly exception?: string };

export function fitRule(rule: CompiledRule, subject: Subject): RuleFit {
  if (!fitsLinks(rule.when, reachOfEffect(subject.effect, subject.facts)))
    return { kind: 'misses' };
  if (!fitsResidue(rule.when.residue, subject)) return { kind: 'misses' };
  if (!fits(rule.conditions, subject, 'match')) return { kind: 'misses' };
  const exception = rule.exceptions.find((candidate) => isLifted(candidate, subject));
  return exception === undefined
    ? { kind: 'matches' }
    : { kind: 'matches', exception: exception.name };
}

export function isLifted(exception: CompiledException, subject: Subject): boolean {
  return (
    isCurrent(exception, subject.facts.nowMs) && fits(exception.conditions, subject, 'exception')
  );
}

export function isCurrent(exception: CompiledException, nowMs: number): boolean {
  return exception.endsAtMs === undefined || nowMs < exception.endsAtMs;
}

function fits(conditions: Conditions, subject: Subject, side: Side): boolean {
  const asked = { effect: subject.effect, facts: subject.facts, side };
  return (
    SUBJECT_FIELDS.every((field) => fitsField(field, conditions, asked)) &&
    fitsObjects(conditions, subject, side)
  );
}

/** Whether the effect's objects fit: one of them for a match, all of them for an exception. */
export function fitsObjects(conditions: Conditions, subject: Subject, side: Side): boolean {
  if (OBJECT_FIELDS.every((field) => conditions[field] === undefined)) return true;
  const { objects } = subject.effect;
  // An effect whose objects are not known may be on any: it matches, and no exception lifts it.
  if (objects.length === 0) return side === 'match';
  const fitsOne = (object: EffectObject): boolean => {
    const asked = { effect: subject.effect, facts: subject.facts, side, object };
    return OBJECT_FIELDS.every((field) => fitsObject(field, conditions, asked));
  };
  return side === 'match' ? objects.some(fitsOne) : objects.every(fitsOne);
}

interface Asked extends Subject {
  readonly side: Side;
}

/** Whether one field that is not about objects holds. */
export function fitsField(
  field: (typeof SUBJECT_FIELDS)[number],
  conditions: Conditions,
  asked: Asked,
): boolean {
  if (conditions[field] === undefined) return true;
  const { effect, facts, side } = asked;
  const { requester } = facts;
  switch (field) {
    case 'effect':
      return conditions.effect?.has(effect.effect) === true;
    case 'server':
      return fitsSome(conditions.server, requester.server);
    case 'user':
      return conditions.user?.has(requester.user) === true;
    case 'client':
      return fitsClient(conditions.client ?? [], requester.address, side);
    case 'program':
      return fitsSome(conditions.program, requester.program ?? '');
    case 'deferred':
      return conditions.deferred === effect.deferred;
    case 'logged':
      return fitsLogged(conditions.logged === true, loggedOf(effect, facts), side);
    default:
      return field satisfies never;
  }
}

/** Whether one object fits one field that is about objects. */
export function fitsObject(
  field: (typeof OBJECT_FIELDS)[number],
  conditions: Conditions,
  asked: Asked & { readonly object: EffectObject },
): boolean {
  if (field === 'rows' || field === 'bytes') {
    return fitsSize(conditions[field], asked.object[field], asked.side);
  }
  const globs = conditions[field];
  if (globs === undefined) return true;
  const name = field === 'schema' ? asked.object.schema : asked.object.name;
  // A schema that is not known may be any; a whole schema holds tables of any name.
  if (name === undefined) return asked.side === 'match';
  const caseSensitive = comparesCase(field, asked);
  return globs.some((glob) => matchesGlob(glob, name, caseSensitive));
}

/**
 * Whether the server tells names apart by case: schemas and tables by lower_case_table_names,
 * routines never, though triggers (the same effect) may be. In doubt, case is ignored in a match
 * and counts in an exception.
 */
function comparesCase(field: 'schema' | 'table', asked: Asked): boolean {
  const isDoubtful =
    asked.facts.lowerCaseTableNames === undefined ||
    (field === 'table' && asked.effect.effect === 'drop-routine');
  if (field === 'table' && asked.effect.effect === 'drop-user') return true;
  return isDoubtful ? asked.side === 'exception' : asked.facts.lowerCaseTableNames === 0;
}

function fitsSome(globs: readonly Glob[] | undefined, name: string): boolean {
  return globs?.some((glob) => matchesGlob(glob, name, true)) === true;
}

/** A client on a Unix socket has no address, and is in no network. */
function fitsClient(networks: readonly Network[], address: string, side: Side): boolean {
  if (address === '') return false;
  const ip = parseIp(address);
  if (ip === undefined) return side === 'match';
  return networks.some((network) => isInNetwork(ip, network));
}

/** What may be logged counts as logged, so an exception for unlogged statements needs certainty. */
function fitsLogged(wanted: boolean, logged: Facts['logged'], side: Side): boolean {
  if (logged === 'unknown') return wanted && side === 'match';
  return logged === wanted;
}

function fitsSize(
  comparison: Comparison | undefined,
  size: ObjectSize | undefined,
  side: Side,
): boolean {
  if (comparison === undefined) return true;
  return typeof size === 'number' ? isSatisfied(comparison, size) : side === 'match';
}

/** Whether what the effect would reach is as the rule says: one server must fit both fields. */
export function fitsLinks(when: LinkConditions, reach: readonly ReachEntry[]): boolean {
  const words: readonly LinkWord[] = when.links ?? ['any'];
  if (reach.length === 0) {
    return when.reaches === undefined && (words.includes('severed') || words.includes('any'));
  }
  if (when.links === undefined && when.reaches === undefined) return true;
  return reach.some((entry) => fitsState(words, entry) && fitsReach(when.reaches, entry));
}

/** What an effect other than relink leaves behind is no condition of it: no such rule fits. */
export function fitsResidue(
  words: readonly ResidueWord[] | undefined,
  { effect, facts }: Subject,
): boolean {
  if (words === undefined) return true;
  return effect.effect === 'relink' && words.includes(residueWord(facts));
}

export function residueWord({ residue }: Subject['facts']): ResidueWord {
  const state = residue?.state ?? 'unknown';
  return state === 'some' ? 'any' : state;
}

function fitsState(words: readonly LinkWord[], entry: ReachEntry): boolean {
  return words.some((word) => word === 'any' || word === 'linked' || word === entry.state);
}

function fitsReach(reaches: LinkConditions['reaches'], entry: ReachEntry): boolean {
  if (reaches === undefined) return true;
  if (reaches === 'writable') return entry.writable;
  return fitsSome(reaches, entry.server);
}
