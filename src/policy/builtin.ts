// The denials that no rule file can switch off, as decisions. Their words for the client are
// built-in-message.ts's.
import type { BuiltInRule, Decision } from './verdict.js';

/** Refused, whatever the mode. `reason` says what went wrong, for the message and the record. */
export function builtInDenial(rule: BuiltInRule, reason: string, revision: string): Decision {
  return { verdict: 'deny', rule, wouldBe: 'deny', mode: 'enforce', matches: [], reason, revision };
}
