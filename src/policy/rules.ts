// From rule files to the one set that judges: lists spelled out, overrides laid over, ids unique,
// compiled and indexed. Either all of it stands, or every fault is reported and nothing is made.
import { createHash } from 'node:crypto';
import type { Diagnostic, Loaded } from '../config/config.js';
import { didYouMean } from '../config/spelling.js';
import { type CompiledRule, compileRule } from './compiled-rule.js';
import { checkRule } from './rule-checks.js';
import type { RuleFile } from './rule-file.js';
import { indexRules, type RuleIndex } from './rule-index.js';
import { collectLists, type RuleLists, spellOut } from './rule-lists.js';
import type { ExceptionFields, OverrideFields, RuleFields, TestFields } from './rule-schema.js';

/** The tests of one file, and the rules they ask: a shipped set's are asked of that set alone. */
export interface RuleSuite {
  readonly file: RuleFile;
  readonly tests: readonly TestFields[];
  readonly rules: readonly CompiledRule[];
}

export interface RuleSet {
  /** SHA-256 of what the rules say, in hex: the same content has the same revision. */
  readonly revision: string;
  /** Sorted by id, those that are off among them. */
  readonly rules: readonly CompiledRule[];
  readonly index: RuleIndex;
  readonly suites: readonly RuleSuite[];
  /** What it was made from, for rule-lint.ts. */
  readonly files: readonly RuleFile[];
}

/** A rule or an override where it stands in its file. */
interface Standing<Fields> {
  readonly fields: Fields;
  readonly file: RuleFile;
  readonly position: number;
}

export function buildRuleSet(files: readonly RuleFile[]): Loaded<RuleSet> {
  const { lists, errors: listErrors } = collectLists(files);
  const { rules, overrides, errors: idErrors } = collectRules(files);
  const laid = layOverrides(rules, overrides);
  const finished = laid.rules.map((rule) => finishRule(rule, lists));
  const errors = [
    ...listErrors,
    ...idErrors,
    ...laid.errors,
    ...finished.flatMap((one) => one.errors),
    ...testErrors(files, laid.rules),
  ];
  if (errors.length > 0) return { kind: 'broken', errors };
  const spelled = finished.map((one) => one.rule).toSorted(byId);
  const compiled = compile(spelled);
  const suites = suitesOf(files, { compiled, lists });
  const revision = revisionOf(spelled.map(({ fields }) => fields));
  const value = { revision, rules: compiled, index: indexRules(compiled), suites, files };
  return { kind: 'loaded', value, warnings: [] };
}

function collectRules(files: readonly RuleFile[]) {
  const rules = new Map<string, Standing<RuleFields>>();
  const overrides: Standing<OverrideFields>[] = [];
  const errors: Diagnostic[] = [];
  for (const file of files) {
    for (const [position, fields] of file.fields.rules.entries()) {
      if ('override' in fields) {
        overrides.push({ fields, file, position });
        continue;
      }
      const other = rules.get(fields.id);
      if (other === undefined) rules.set(fields.id, { fields, file, position });
      else errors.push(duplicateId({ fields, file, position }, other));
    }
  }
  return { rules, overrides, errors };
}

function duplicateId(rule: Standing<RuleFields>, other: Standing<RuleFields>): Diagnostic {
  const message = `there are two rules with the id "${rule.fields.id}": also in ${other.file.file}`;
  const hint = `to change a rule of another file, write override: ${rule.fields.id}`;
  return rule.file.source.complain(['rules', rule.position, 'id'], { message, hint });
}

/** Each field that an override gives replaces the rule's; what it leaves out stays. */
function layOverrides(
  rules: ReadonlyMap<string, Standing<RuleFields>>,
  overrides: readonly Standing<OverrideFields>[],
) {
  const result = new Map(rules);
  const overridden = new Map<string, string>();
  const errors: Diagnostic[] = [];
  for (const { fields, file, position } of overrides) {
    const { override: id, ...changes } = fields;
    const complain = (message: string, hint?: string): void => {
      const complaint = { message, ...(hint === undefined ? {} : { hint }) };
      errors.push(file.source.complain(['rules', position, 'override'], complaint));
    };
    const target = rules.get(id);
    const earlier = overridden.get(id);
    if (target === undefined) {
      complain(`no rule with the id "${id}"`, didYouMean(id, [...rules.keys()]));
    } else if (target.file.file === file.file) {
      complain(`"${id}" is in this very file: change it there`);
    } else if (earlier !== undefined) {
      complain(`there are two overrides of "${id}": also in ${earlier}`);
    } else {
      overridden.set(id, file.file);
      // Errors point at the override: it is what made the combination.
      result.set(id, { fields: changed(target.fields, changes), file, position });
    }
  }
  return { rules: [...result.values()], errors };
}

type Changes = Omit<OverrideFields, 'override'>;

function changed(rule: RuleFields, changes: Changes): RuleFields {
  const { match, verdict, ...others } = changes;
  return {
    ...rule,
    // An absent key of zod's output is absent, never undefined: nothing is taken away here.
    ...others,
    match: match ?? rule.match,
    verdict: verdict ?? rule.verdict,
  };
}

function finishRule(
  rule: Standing<RuleFields>,
  lists: RuleLists,
): { readonly rule: Standing<RuleFields>; readonly errors: readonly Diagnostic[] } {
  const { fields, file, position } = rule;
  const path = ['rules', position];
  const match = spellOut(fields.match, lists, { file, path: [...path, 'match'] });
  const except = (fields.except ?? []).map((exception: ExceptionFields, index) =>
    spellOut(exception, lists, { file, path: [...path, 'except', index] }),
  );
  const spelled: RuleFields = {
    ...fields,
    match: match.conditions,
    ...(fields.except === undefined ? {} : { except: except.map((one) => one.conditions) }),
  };
  const errors = [
    ...match.errors,
    ...except.flatMap((one) => one.errors),
    ...checkRule(spelled, { file, path }),
  ];
  return { rule: { fields: spelled, file, position }, errors };
}

function compile(rules: readonly Standing<RuleFields>[]): readonly CompiledRule[] {
  return rules.map(({ fields, file }) => compileRule(fields, file.file));
}

function suitesOf(
  files: readonly RuleFile[],
  all: { readonly compiled: readonly CompiledRule[]; readonly lists: RuleLists },
): readonly RuleSuite[] {
  return files
    .filter(({ fields }) => fields.tests.length > 0)
    .map((file) => ({
      file,
      tests: file.fields.tests,
      rules: file.isShipped ? compileAlone(file, all.lists) : all.compiled,
    }));
}

/** A shipped set as it was shipped, so that an override does not fail the tests beside it. */
function compileAlone(file: RuleFile, lists: RuleLists): readonly CompiledRule[] {
  const { rules } = collectRules([file]);
  return compile([...rules.values()].map((rule) => finishRule(rule, lists).rule));
}

function testErrors(
  files: readonly RuleFile[],
  rules: readonly Standing<RuleFields>[],
): readonly Diagnostic[] {
  const ids = new Set(rules.map(({ fields }) => fields.id));
  return files.flatMap(({ fields, source }) =>
    fields.tests.flatMap(({ rule }, position) => {
      if (rule === undefined || ids.has(rule) || rule === 'none') return [];
      const hint = didYouMean(rule, [...ids]);
      const complaint = { message: `no rule with the id "${rule}"`, ...(hint && { hint }) };
      return [source.complain(['tests', position, 'rule'], complaint)];
    }),
  );
}

/** The same for the same rules, in whatever files and order they stand. */
function revisionOf(sorted: readonly RuleFields[]): string {
  const hash = createHash('sha256');
  for (const rule of sorted) hash.update(`${canonical(rule)}\n`);
  return hash.digest('hex');
}

/** JSON with sorted keys and without what is absent. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  let text = '';
  const entries = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(entries).sort()) {
    const entry = entries[key];
    if (entry !== undefined) text += `${text === '' ? '' : ','}"${key}":${canonical(entry)}`;
  }
  return `{${text}}`;
}

function byId(a: Standing<RuleFields>, b: Standing<RuleFields>): number {
  return a.fields.id < b.fields.id ? -1 : Number(a.fields.id > b.fields.id);
}
