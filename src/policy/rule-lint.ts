// What is allowed in rule files and still worth a word: nobody answers for a rule, nothing tests
// it, an exception has ended or soon will. Warnings only; shipped sets are tested where they ship.
import type { Diagnostic } from '../config/config.js';
import type { YamlPath } from '../config/yaml-source.js';
import { endOfDayMs } from './expiry.js';
import type { RuleFile } from './rule-file.js';
import type { ExceptionFields, OverrideFields, RuleFields } from './rule-schema.js';
import type { RuleSet } from './rules.js';

const SOON_MS = 30 * 86_400_000;

export function lintRules({ files }: Pick<RuleSet, 'files'>, nowMs: number): readonly Diagnostic[] {
  const tested = new Set(files.flatMap(({ fields }) => fields.tests.map(({ rule }) => rule)));
  return files
    .filter(({ isShipped }) => !isShipped)
    .flatMap((file) =>
      file.fields.rules.flatMap((rule, position) => [
        ...lintRule(rule, { file, path: ['rules', position], tested }),
        ...lintExceptions(rule.except ?? [], { file, path: ['rules', position, 'except'], nowMs }),
      ]),
    );
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
