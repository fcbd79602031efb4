// What the schema cannot know of one rule: fields that contradict each other, exceptions that lift
// everything, networks that are none. Pure.
import type { Diagnostic } from '../config/config.js';
import type { Complaint, YamlPath } from '../config/yaml-source.js';
import { parseNetwork } from './network.js';
import type { Place } from './rule-lists.js';
import type { ConditionFields, RuleFields } from './rule-schema.js';

/** Every error of one rule whose lists are spelled out. */
export function checkRule(rule: RuleFields, place: Place): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const complain = (path: YamlPath, complaint: Complaint): void => {
    found.push(place.file.source.complain([...place.path, ...path], complaint));
  };
  checkNetworks(rule.match, ['match'], complain);
  checkWhen(rule, complain);
  if (rule.approvals !== undefined && rule.verdict !== 'require-approval') {
    const message = `approvals only count for verdict: require-approval, and this is ${rule.verdict}`;
    complain(['approvals'], { message, atKey: true });
  }
  // Of a program's sessions a permit says what a denial, by whatever rule, does to them.
  if (rule.then !== undefined && rule.verdict === 'permit' && rule.match.program === undefined) {
    complain(['then'], { message: '"then" only follows a denial', atKey: true });
  }
  checkExceptions(rule, complain);
  return found;
}

type Complain = (path: YamlPath, complaint: Complaint) => void;

function checkWhen({ when }: RuleFields, complain: Complain): void {
  if (when?.reaches === undefined) return;
  if (when.links?.includes('severed') === true) {
    const message = 'what is severed reaches nobody: this rule can never match both';
    complain(['when', 'reaches'], { message, hint: 'leave out reaches, or links: severed' });
  }
  if (when.reaches.includes('writable') && when.reaches.length > 1) {
    const message = '"writable" stands alone, not beside names of servers';
    complain(['when', 'reaches'], { message });
  }
}

function checkExceptions(rule: RuleFields, complain: Complain): void {
  const names = new Set<string>();
  for (const [index, { name, expires, owner, ...conditions }] of (rule.except ?? []).entries()) {
    const path = ['except', index];
    if (names.has(name)) {
      complain([...path, 'name'], { message: `there are two exceptions named "${name}"` });
    }
    names.add(name);
    if (Object.values(conditions).every((value) => value === undefined)) {
      const message = 'an exception without a field would lift the rule for everything';
      complain(path, { message, hint: 'to stop the rule, set its mode: off' });
    }
    checkNetworks(conditions, path, complain);
  }
}

function checkNetworks(conditions: ConditionFields, path: YamlPath, complain: Complain): void {
  for (const [index, text] of (conditions.client ?? []).entries()) {
    if (parseNetwork(text) !== undefined) continue;
    const message = `"${text}" is no network: expected one such as 10.1.0.0/16 or 2001:db8::/32`;
    complain([...path, 'client', index], { message });
  }
}
