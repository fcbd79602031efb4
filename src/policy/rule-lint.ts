// What is allowed in rule files and still worth a word: nobody answers for a rule, nothing tests
// it, it can never decide, an exception has ended or soon will. Warnings only; shipped sets are
// tested where they ship.
import type { Diagnostic } from '../config/config.js';
import type { YamlPath } from '../config/yaml-source.js';
import type { CompiledRule } from './compiled-rule.js';
import { endOfDayMs } from './expiry.js';
import { type Glob, matchesGlob } from './glob.js';
import { coveredBy, neverMatches } from './rule-cover.js';
import type { RuleFile } from './rule-file.js';
import type { RuleIndex } from './rule-index.js';
import type { ExceptionFields, OverrideFields, RuleFields } from './rule-schema.js';
import type { RuleSet } from './rules.js';

const SOON_MS = 30 * 86_400_000;

/** What lint knows besides the rules. */
export interface Surroundings {
  readonly nowMs: number;
  /** The configured servers; absent where no configuration is at hand. */
  readonly servers?: readonly { readonly name: string; readonly isGuarded: boolean }[];
}

export function lintRules(
  { files, rules, index }: Pick<RuleSet, 'files' | 'rules' | 'index'>,
  around: Surroundings,
): readonly Diagnostic[] {
  const tested = new Set(files.flatMap(({ fields }) => fields.tests.map(({ rule }) => rule)));
  const compiled = new Map(rules.map((rule) => [rule.id, rule]));
  return files
    .filter(({ isShipped }) => !isShipped)
    .flatMap((file) =>
      file.fields.rules.flatMap((rule, position) => {
        const path = ['rules', position];
        const { nowMs } = around;
        const id = 'id' in rule ? rule.id : rule.override;
        return [
          ...lintRule(rule, { file, path, tested }),
          ...lintSense(compiled.get(id), { file, path, index, around }),
          ...lintExceptions(rule.except ?? [], { file, path: [...path, 'except'], nowMs }),
        ];
      }),
    );
}

/** Whether the rule, as it stands after overrides, can make any difference. */
function lintSense(
  rule: CompiledRule | undefined,
  at: {
    readonly file: RuleFile;
    readonly path: YamlPath;
    readonly index: RuleIndex;
    readonly around: Surroundings;
  },
): readonly Diagnostic[] {
  if (rule === undefined || rule.mode === 'off') return [];
  const warn = (field: string | undefined, message: string, hint?: string): Diagnostic =>
    at.file.source.complain(field === undefined ? at.path : [...at.path, field], {
      severity: 'warning',
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  const never = neverMatches(rule);
  if (never !== undefined) return [warn('match', `${rule.id} can never match: ${never}`)];
  const strange = strangeServers(rule, at.around.servers ?? []);
  const cover = coveredBy(rule, at.index);
  return [
    ...strange.map((message) => warn(undefined, `${rule.id} can never match: ${message}`)),
    ...(cover === undefined
      ? []
      : [
          warn(
            undefined,
            `${rule.id} never decides: ${cover.id} (${cover.file}) matches all that it does, and is as strict`,
            'take one of them out, or make this one stricter',
          ),
        ]),
    ...idleExceptions(rule).map((name) =>
      warn('except', `the exception ${name} lifts nothing: ${rule.id} is about other effects`),
    ),
  ];
}

/** Names of servers that no configured server has. */
function strangeServers(
  { conditions, when }: CompiledRule,
  servers: NonNullable<Surroundings['servers']>,
): readonly string[] {
  if (servers.length === 0) return [];
  const named = (globs: readonly Glob[], isGuarded: boolean): boolean =>
    servers.some(
      (server) =>
        (!isGuarded || server.isGuarded) &&
        globs.some((glob) => matchesGlob(glob, server.name, true)),
    );
  const { reaches } = when;
  const found: string[] = [];
  if (conditions.server !== undefined && !named(conditions.server, true)) {
    found.push(`no guarded server is called ${textOf(conditions.server)}`);
  }
  if (reaches !== undefined && reaches !== 'writable' && !named(reaches, false)) {
    found.push(`no server is called ${textOf(reaches)}`);
  }
  return found;
}

function textOf(globs: readonly Glob[]): string {
  return globs.map(({ text }) => text).join(' or ');
}

function idleExceptions({ conditions, exceptions }: CompiledRule): readonly string[] {
  const { effect } = conditions;
  return exceptions
    .filter((one) =>
      [...(one.conditions.effect ?? [])].every((word) => effect?.has(word) === false),
    )
    .filter((one) => one.conditions.effect !== undefined)
    .map(({ name }) => name);
}

function lintRule(
  rule: RuleFields | OverrideFields,
  at: {
    readonly file: RuleFile;
    readonly path: YamlPath;
    readonly tested: ReadonlySet<string | undefined>;
  },
): readonly Diagnostic[] {
  if (!('id' in rule)) return [];
  const messages: string[] = [];
  if (rule.owner === undefined) messages.push(`nobody owns ${rule.id}: who is asked about it?`);
  if (!at.tested.has(rule.id)) messages.push(`no test names ${rule.id}: does it do what it says?`);
  const path = [...at.path, 'id'];
  return messages.map((message) => at.file.source.complain(path, { severity: 'warning', message }));
}

function lintExceptions(
  exceptions: readonly ExceptionFields[],
  at: { readonly file: RuleFile; readonly path: YamlPath; readonly nowMs: number },
): readonly Diagnostic[] {
  return exceptions.flatMap(({ name, expires }, position) => {
    const endsAtMs = expires === undefined ? undefined : endOfDayMs(expires);
    if (endsAtMs === undefined || endsAtMs > at.nowMs + SOON_MS) return [];
    const message =
      endsAtMs <= at.nowMs
        ? `the exception ${name} has ended: it lifts nothing any more`
        : `the exception ${name} ends within 30 days`;
    const path = [...at.path, position, 'expires'];
    return [at.file.source.complain(path, { severity: 'warning', message })];
  });
}
