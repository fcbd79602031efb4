// One rule file's text, read by the schema, with the place of everything in it. What files mean
// together (ids, overrides, lists) is rules.ts's.
import type { Loaded } from '../config/config.js';
import { readFields } from '../config/fields.js';
import { readYaml, type YamlSource } from '../config/yaml-source.js';
import { type RuleFileFields, ruleFileSchema } from './rule-schema.js';

export interface RuleFile {
  /** As messages name it: an absolute path. */
  readonly file: string;
  readonly isShipped: boolean;
  readonly source: YamlSource;
  readonly fields: RuleFileFields;
}

export function parseRuleFile(from: {
  readonly file: string;
  readonly text: string;
  readonly isShipped: boolean;
}): Loaded<RuleFile> {
  const { file, text, isShipped } = from;
  const source = readYaml(file, text);
  if (source.kind === 'broken') return source;
  const read = readFields(ruleFileSchema, source.value);
  if (read.kind === 'broken') return read;
  const value = { file, isShipped, source: source.value, fields: read.value };
  return { kind: 'loaded', value, warnings: [] };
}
