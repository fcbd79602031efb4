// Reads the rule files that the configuration names: shipped sets by name, files, and the .yaml
// files of folders. Judges nothing; what files mean is policy/rules.ts's.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../errors.js';
import { parseRuleFile, type RuleFile } from '../policy/rule-file.js';
import { buildRuleSet, type RuleSet } from '../policy/rules.js';
import type { Config, Diagnostic, Loaded } from './config.js';
import { readCapped } from './load.js';
import { YAML_LIMITS } from './yaml-source.js';

/** Beside the package's src/ or dist/. */
const SHIPPED_FOLDER = fileURLToPath(new URL('../../rules/', import.meta.url));

const RULE_FILES_MAX = 1000;

export function loadRules(config: Pick<Config, 'rules'>): Loaded<RuleSet> {
  const errors: Diagnostic[] = [];
  const files: RuleFile[] = [];
  for (const entry of config.rules) {
    const isShipped = entry.kind === 'shipped';
    const path = isShipped ? join(SHIPPED_FOLDER, `${entry.name}.yaml`) : entry.path;
    for (const read of readRuleFiles(path, isShipped)) {
      if (read.kind === 'loaded') files.push(read.value);
      else errors.push(...read.errors);
    }
  }
  return errors.length > 0 ? { kind: 'broken', errors } : buildRuleSet(files);
}

function readRuleFiles(path: string, isShipped: boolean): readonly Loaded<RuleFile>[] {
  const files = filesAt(path);
  if (files.kind === 'broken') return [files];
  return files.value.map((file) => {
    const text = readCapped(file, YAML_LIMITS.bytes);
    return text.kind === 'broken' ? text : parseRuleFile({ file, text: text.value, isShipped });
  });
}

/** A folder's rule files by name; dot files are an editor's, half written. */
function filesAt(path: string): Loaded<readonly string[]> {
  const broken = (message: string, hint: string): Loaded<readonly string[]> => {
    const error: Diagnostic = { severity: 'error', file: path, message, hint };
    return { kind: 'broken', errors: [error] };
  };
  try {
    if (!statSync(path).isDirectory()) return { kind: 'loaded', value: [path], warnings: [] };
    const names = readdirSync(path)
      .filter((name) => /^[^.].*\.ya?ml$/.test(name))
      .toSorted();
    if (names.length === 0) return broken('the folder has no .yaml file', 'check the path');
    if (names.length > RULE_FILES_MAX) {
      return broken(`the folder has more than ${RULE_FILES_MAX} rule files`, 'join some');
    }
    return { kind: 'loaded', value: names.map((name) => join(path, name)), warnings: [] };
  } catch (thrown) {
    const hint = 'rules are shipped sets (default, peers, strict), files or folders';
    return broken(`cannot read the rules: ${messageOf(thrown)}`, hint);
  }
}
