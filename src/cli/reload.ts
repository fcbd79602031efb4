// `interlock reload`: has the running Interlock read its rules again, and says what came of it. What
// is wrong is shown as `interlock check` shows it; the rules in force stay meanwhile.
import { askAdmin, NobodyAnswers } from '../admin/client.js';
import type { Diagnostic } from '../config/config.js';
import type { Reloaded } from '../config/rule-book.js';
import { messageOf } from '../errors.js';
import { configurationOf } from './configuration.js';
import { renderDiagnostics } from './diagnostics-view.js';
import { type CommonOptions, EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export async function reloadCommand(options: CommonOptions, terminal: Terminal): Promise<ExitCode> {
  const config = configurationOf(options, terminal);
  if (config === undefined) return EXIT.usage;
  let answer: unknown;
  try {
    answer = await askAdmin(config.admin.socket, '/rules/reload', 'POST');
  } catch (thrown) {
    terminal.err(`${messageOf(thrown)}\n`);
    return thrown instanceof NobodyAnswers ? EXIT.unreachable : EXIT.notOk;
  }
  if (!isReloaded(answer)) {
    terminal.err('The running Interlock answered something else: is it of another version?\n');
    return EXIT.notOk;
  }
  if (options.json) printJson(terminal, answer);
  else tell(answer, terminal);
  return answer.result === 'loaded' ? EXIT.ok : EXIT.notOk;
}

function tell({ result, revision, rules, diagnostics }: Reloaded, terminal: Terminal): void {
  terminal.err(renderDiagnostics(diagnostics, { color: terminal.color }));
  const inForce = `${rules} rules, revision ${revision ?? 'none'}`;
  if (result === 'loaded') terminal.out(`rules loaded: ${inForce}\n`);
  else if (revision === undefined) {
    terminal.out('not loaded, and there are no others: every guarded statement is refused\n');
  } else terminal.out(`not loaded; the rules in force stay: ${inForce}\n`);
}

function isReloaded(answer: unknown): answer is Reloaded {
  if (typeof answer !== 'object' || answer === null) return false;
  const { result, rules, diagnostics } = answer as Partial<Record<keyof Reloaded, unknown>>;
  return (
    (result === 'loaded' || result === 'broken') &&
    typeof rules === 'number' &&
    Array.isArray(diagnostics) &&
    diagnostics.every(isDiagnostic)
  );
}

function isDiagnostic(value: unknown): value is Diagnostic {
  return (
    typeof value === 'object' &&
    value !== null &&
    'severity' in value &&
    'file' in value &&
    typeof value.file === 'string' &&
    'message' in value &&
    typeof value.message === 'string'
  );
}
