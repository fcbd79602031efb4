// Reads the rule files that the configuration names: shipped sets by name, files, and the .yaml
// files of folders. Judges nothing; what files mean is policy/rules.ts's.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileTroubleOf } from '../errors.js';
import { parseRuleFile, type RuleFile } from '../policy/rule-file.js';
import { buildRuleSet, type RuleSet } from '../policy/rules.js';
import type { Config, Loaded } from './config.js';
import { readCapped } from './load.js';
import { isRuleFileName, RULE_FILES_MAX, stampOf, unreadableStamp } from './rule-stamp.js';
import { YAML_LIMITS } from './yaml-source.js';

/** Beside the package's src/ or dist/. */
const SHIPPED_FOLDER = fileURLToPath(new URL('../../rules/', import.meta.url));

/** What came of reading rule files, and which state of them it was. */
export interface RulesRead {
  readonly loaded: Loaded<RuleSet>;
  /** As rule-stamp.ts writes it, of all that are not shipped; changed files are another stamp. */
  readonly stamp: string;
}

export function loadRules(config: Pick<Config, 'rules'>): Loaded<RuleSet> {
  return readRules(config).loaded;
}

export function readRules(config: Pick<Config, 'rules'>): RulesRead {
  const entries = config.rules.map(readEntry);
  const read = entries.flatMap(({ files }) => files);
  const files = read.flatMap((one) => (one.kind === 'loaded' ? [one.value] : []));
  const errors = read.flatMap((one) => (one.kind === 'broken' ? one.errors : []));
  const loaded: Loaded<RuleSet> =
    errors.length > 0 ? { kind: 'broken', errors } : buildRuleSet(files);
  return { loaded, stamp: entries.map(({ stamp }) => stamp).join('') };
}

function readEntry(entry: Config['rules'][number]): {
  readonly files: readonly Loaded<RuleFile>[];
  readonly stamp: string;
} {
  const isShipped = entry.kind === 'shipped';
  const path = isShipped ? join(SHIPPED_FOLDER, `${entry.name}.yaml`) : entry.path;
  const { files, stamp } = filesAt(path);
  const read =
    files.kind === 'broken' ? [files] : files.value.map((file) => readRuleFile(file, isShipped));
  return { files: read, stamp: isShipped ? '' : stamp };
}

function readRuleFile(file: string, isShipped: boolean): Loaded<RuleFile> {
  const text = readCapped(file, YAML_LIMITS.bytes);
  if (text.kind === 'broken') return text;
  if (text.value.trim() === '') {
    const hint = 'to have a file without rules, write a comment in it';
    return broken(file, 'the file is empty: is it being written just now?', hint);
  }
  return parseRuleFile({ file, text: text.value, isShipped });
}

interface FilesFound {
  readonly files: Loaded<readonly string[]>;
  readonly stamp: string;
}

/** A folder's rule files by name, or the one file. */
function filesAt(path: string): FilesFound {
  try {
    const found = statSync(path);
    if (!found.isDirectory()) {
      return { files: loadedPaths([path]), stamp: stampOf(path, found) };
    }
    const names = readdirSync(path).filter(isRuleFileName).toSorted();
    const files = names.slice(0, RULE_FILES_MAX + 1).map((name) => join(path, name));
    const stamp = files.map((file) => stampOf(file, statSync(file))).join('');
    if (files.length === 0) {
      return { files: broken(path, 'the folder has no .yaml file', 'check the path'), stamp };
    }
    if (files.length > RULE_FILES_MAX) {
      const message = `the folder has more than ${RULE_FILES_MAX} rule files`;
      return { files: broken(path, message, 'join some'), stamp };
    }
    return { files: loadedPaths(files), stamp };
  } catch (thrown) {
    const hint = 'rules are shipped sets (default, peers, strict), files or folders';
    const files = broken(path, `cannot read the rules: ${fileTroubleOf(thrown)}`, hint);
    return { files, stamp: unreadableStamp(path, thrown) };
  }
}

function loadedPaths(value: readonly string[]): Loaded<readonly string[]> {
  return { kind: 'loaded', value, warnings: [] };
}

function broken(file: string, message: string, hint: string): Loaded<never> {
  return { kind: 'broken', errors: [{ severity: 'error', file, message, hint }] };
}
