// Reads the configuration for a subcommand, and says what is wrong with it.
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import { renderDiagnostics } from './diagnostics-view.js';
import type { CommonOptions, Terminal } from './terminal.js';

/** Undefined when it cannot be used; what is wrong has been printed by then. */
export function configurationOf(options: CommonOptions, terminal: Terminal): Config | undefined {
  const loaded = loadConfig(options.config);
  const color = terminal.color;
  if (loaded.kind === 'broken') {
    terminal.err(renderDiagnostics(loaded.errors, { color }));
    return undefined;
  }
  if (loaded.warnings.length > 0) terminal.err(renderDiagnostics(loaded.warnings, { color }));
  return loaded.value;
}
