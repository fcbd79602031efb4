// What the client is told when no rule but Interlock itself refuses: what is wrong, that nothing
// was forwarded, and who can mend it.
import { cutToBytes, plainWords } from './message-parts.js';
import type { BuiltInRule } from './verdict.js';

const REASON_BYTES = 160;

export function builtInText(rule: BuiltInRule, rawReason: string): string {
  const reason = cutToBytes(plainWords(rawReason).replace(/\.$/, ''), REASON_BYTES);
  const because = reason === '' ? '' : ` (${reason})`;
  switch (rule) {
    case 'built-in-unknown-command':
      return `this command is not one that Interlock can judge${because}. Nothing was forwarded; send SQL text or a prepared statement instead.`;
    case 'built-in-malformed':
      return `the packet cannot be read${because}, so what it would do cannot be judged. Nothing was forwarded; check the client or its driver.`;
    case 'built-in-audit-unavailable':
      return `its audit record cannot be written${because}, and what is not recorded is not forwarded. Nothing reached the server; tell whoever runs Interlock.`;
    case 'built-in-no-rules':
      return `no rules could be loaded${because === ' (no rules could be loaded)' ? '' : because}, so nothing that destroys data passes. Nothing was forwarded; tell whoever runs Interlock to run interlock check.`;
    case 'built-in-failure':
      return `judging it failed${because}, and what is not judged is not forwarded. Nothing reached the server; tell whoever runs Interlock.`;
    case 'built-in-not-asked':
      return `what it means hangs on the session, and the server could not be asked${because}. Nothing was forwarded; reconnect and try again.`;
    case 'built-in-in-flight':
      return `it would link what is still in flight${because} and passed because nobody followed. Nothing was forwarded; let that end, or end it, and try again.`;
    default:
      return rule satisfies never;
  }
}
