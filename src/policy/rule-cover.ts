// Whether one rule does everything that another does, so that the other never decides; and whether
// a rule can match at all. Says so only where it is certain. For lint; never asked of a statement.
import { EFFECTS } from '../sql/effect.js';
import { LINK_STATES } from '../topology/snapshot.js';
import { implies } from './comparison.js';
import type { CompiledRule, Conditions, LinkConditions } from './compiled-rule.js';
import { coversGlob, type Glob, sampleOf } from './glob.js';
import { containsNetwork } from './network.js';
import { candidates, type RuleIndex } from './rule-index.js';
import type { LinkWord } from './rule-schema.js';
import type { VerdictKind } from './verdict.js';

/** A rule that matches whenever this one does and is at least as strict; undefined for none. */
export function coveredBy(rule: CompiledRule, index: RuleIndex): CompiledRule | undefined {
  if (rule.mode === 'off') return undefined;
  for (const other of probed(rule, index)) {
    // Of two that cover each other, the first by name stays.
    if (other.id !== rule.id && covers(other, rule)) {
      if (!covers(rule, other) || other.id < rule.id) return other;
    }
  }
  return undefined;
}

/** Why it can match nothing; undefined where it may. */
export function neverMatches({ conditions, when }: CompiledRule): string | undefined {
  if (when.residue !== undefined && conditions.effect?.has('relink') === false) {
    return 'residue is of relink only, and its effects are others';
  }
  for (const field of ['rows', 'bytes'] as const) {
    const wanted = conditions[field];
    if (wanted?.operator === '<' && wanted.value === 0) return `nothing has fewer ${field} than 0`;
  }
  return undefined;
}

/** Every rule that could cover it: those that would be asked about what it matches. */
function probed(rule: CompiledRule, index: RuleIndex): Iterable<CompiledRule> {
  const { effect, table, schema, user, server, client, program } = rule.conditions;
  const [first = EFFECTS[0]] = effect ?? EFFECTS;
  const object = { name: nameFor(table), schema: nameFor(schema) };
  const [login = NOBODY] = user ?? [];
  return candidates(
    index,
    { effect: first, verb: '', objects: [object], deferred: false },
    {
      ...{ session: 0, threadId: 0, port: 0 },
      user: login,
      server: nameFor(server),
      program: nameFor(program),
      // One that cannot be read may be in any network.
      address: client === undefined ? '' : 'anywhere',
    },
  );
}

const NOBODY = '\u0000';

/** A name that the first of the globs matches; without any, one that no glob spells out. */
function nameFor(globs: readonly Glob[] | undefined): string {
  const [first] = globs ?? [];
  return first === undefined ? NOBODY : sampleOf(first);
}

function covers(wide: CompiledRule, narrow: CompiledRule): boolean {
  return (
    wide.exceptions.length === 0 &&
    isAsStrict(wide, narrow) &&
    coversConditions(wide.conditions, narrow.conditions) &&
    coversLinks(wide.when, narrow.when)
  );
}

const STRICTNESS = ['permit', 'require-approval', 'deny'] as const satisfies VerdictKind[];

function isAsStrict(wide: CompiledRule, narrow: CompiledRule): boolean {
  if (wide.mode === 'shadow' && narrow.mode !== 'shadow') return false;
  if (narrow.afterwards !== undefined && narrow.afterwards !== wide.afterwards) return false;
  const [strict, lax] = [wide, narrow].map(({ verdict }) => STRICTNESS.indexOf(verdict));
  if (strict === undefined || lax === undefined || strict < lax) return false;
  // Who must sign for it is a part of what a rule says.
  return strict > lax || JSON.stringify(wide.approvals) === JSON.stringify(narrow.approvals);
}

function coversConditions(wide: Conditions, narrow: Conditions): boolean {
  return (
    isSubset(narrow.effect, wide.effect) &&
    isSubset(narrow.user, wide.user) &&
    coversGlobs(wide.server, narrow.server) &&
    coversGlobs(wide.schema, narrow.schema) &&
    coversGlobs(wide.table, narrow.table) &&
    coversGlobs(wide.program, narrow.program) &&
    coversAll(wide.client, narrow.client, containsNetwork) &&
    (wide.deferred === undefined || wide.deferred === narrow.deferred) &&
    (wide.logged === undefined || wide.logged === narrow.logged) &&
    (wide.rows === undefined || implies(narrow.rows, wide.rows)) &&
    (wide.bytes === undefined || implies(narrow.bytes, wide.bytes))
  );
}

function isSubset<Word>(
  narrow: ReadonlySet<Word> | undefined,
  wide: ReadonlySet<Word> | undefined,
): boolean {
  if (wide === undefined) return true;
  return narrow !== undefined && [...narrow].every((word) => wide.has(word));
}

function coversGlobs(wide: readonly Glob[] | undefined, narrow: readonly Glob[] | undefined) {
  return coversAll(wide, narrow, coversGlob);
}

/** Each of the narrow ones lies in one of the wide ones. */
function coversAll<Item>(
  wide: readonly Item[] | undefined,
  narrow: readonly Item[] | undefined,
  contains: (wide: Item, narrow: Item) => boolean,
): boolean {
  if (wide === undefined) return true;
  return narrow?.every((one) => wide.some((other) => contains(other, one))) === true;
}

function coversLinks(wide: LinkConditions, narrow: LinkConditions): boolean {
  return (
    isSubset(statesOf(narrow.links), statesOf(wide.links)) &&
    coversReaches(wide.reaches, narrow.reaches) &&
    isSubset(setOf(narrow.residue), setOf(wide.residue))
  );
}

function coversReaches(
  wide: LinkConditions['reaches'],
  narrow: LinkConditions['reaches'],
): boolean {
  if (wide === undefined || wide === narrow) return true;
  if (wide === 'writable' || narrow === 'writable') return false;
  return coversGlobs(wide, narrow);
}

function setOf<Word>(words: readonly Word[] | undefined): ReadonlySet<Word> | undefined {
  return words === undefined ? undefined : new Set(words);
}

function statesOf(words: readonly LinkWord[] = ['any']): ReadonlySet<LinkWord> {
  const linked = LINK_STATES.filter((state) => state !== 'severed');
  return new Set(
    words.flatMap((word): readonly LinkWord[] => {
      if (word === 'any') return LINK_STATES;
      return word === 'linked' ? linked : [word];
    }),
  );
}
