// Reusable lists: `$name` in a list field of a rule stands for the names of that list. Lists are
// shared by all files of a set. Pure.
import type { Diagnostic } from '../config/config.js';
import { didYouMean } from '../config/spelling.js';
import type { YamlPath } from '../config/yaml-source.js';
import type { RuleFile } from './rule-file.js';
import type { ConditionFields } from './rule-schema.js';

export type RuleLists = ReadonlyMap<string, readonly string[]>;

const LIST_FIELDS = ['server', 'schema', 'table', 'user', 'client', 'program'] as const;

/** All lists of all files; one name twice is an error. */
export function collectLists(files: readonly RuleFile[]): {
  readonly lists: RuleLists;
  readonly errors: readonly Diagnostic[];
} {
  const lists = new Map<string, readonly string[]>();
  const errors: Diagnostic[] = [];
  for (const { fields, source } of files) {
    for (const [name, entries] of Object.entries(fields.lists ?? {})) {
      const path = ['lists', name];
      if (lists.has(name)) {
        const message = `there are two lists named "${name}"`;
        errors.push(source.complain(path, { message, atKey: true }));
      }
      const nested = entries.findIndex((entry) => entry.startsWith('$'));
      if (nested >= 0) {
        const message = 'a list holds names, not other lists';
        errors.push(source.complain([...path, nested], { message }));
      }
      lists.set(name, entries);
    }
  }
  return { lists, errors };
}

/** Where a field's text stands, for what is wrong with it. */
export interface Place {
  readonly file: RuleFile;
  readonly path: YamlPath;
}

/** The same conditions with every `$name` spelled out. */
export function spellOut<Fields extends ConditionFields>(
  conditions: Fields,
  lists: RuleLists,
  place: Place,
): { readonly conditions: Fields; readonly errors: readonly Diagnostic[] } {
  if (!LIST_FIELDS.some((field) => conditions[field]?.some(isReference) === true)) {
    return { conditions, errors: [] };
  }
  const errors: Diagnostic[] = [];
  const spelled = LIST_FIELDS.flatMap((field) => {
    const entries = conditions[field];
    if (entries === undefined) return [];
    const names = entries.flatMap((entry, index) => {
      if (!isReference(entry)) return [entry];
      const list = lists.get(entry.slice(1));
      if (list !== undefined) return list;
      const hint = didYouMean(
        entry,
        [...lists.keys()].map((name) => `$${name}`),
      );
      const message = `no list named "${entry.slice(1)}"`;
      const complaint = { message, ...(hint === undefined ? {} : { hint }) };
      errors.push(place.file.source.complain([...place.path, field, index], complaint));
      return [];
    });
    return [[field, names] as const];
  });
  return { conditions: { ...conditions, ...Object.fromEntries(spelled) }, errors };
}

function isReference(entry: string): boolean {
  return entry.startsWith('$');
}
